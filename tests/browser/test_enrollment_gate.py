"""A coordinator at the gate: told what is missing, mends it, enrolls; wide, narrow, without scripts, by keyboard."""

from __future__ import annotations

from datetime import date

import pytest

from enrollment.actions import record_deviation
from enrollment.models import Enrollment
from tests.browser.portal import WIDE, WIDTHS, Portal, Tab
from tests.factories import AT, IcfVersionFactory
from tests.integration.enrollment.moment import stop_the_clock
from tests.integration.enrollment.signed import open_recruitment, signed
from tests.integration.screening.worked import World, ready


@pytest.fixture(autouse=True)
def then(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch)


def consent_again(tab: Tab, world: World) -> None:
    """Fill the form of consent for the version in force, and save it."""
    page = tab.page
    page.get_by_label("v9.0 (Chinese) · in force").check()
    for part, value in (("year", "2026"), ("month", "10"), ("day", "20")):
        page.locator(f"[name=signed_on-{part}]").fill(value)
    page.locator("[name=signed_time]").fill("09:30")
    page.locator("[name=signed_by]").first.check()
    page.locator("[name=held_by]").select_option(str(world.coordinator.pk))
    page.locator("label[for=id_copy_given_0]").click()
    page.get_by_role("button", name="Record the consent").click()


@pytest.mark.parametrize(("width", "javascript"), [(width, True) for width in WIDTHS] + [(WIDE, False)])
def test_what_is_missing_is_mended_and_the_participant_enrolled(portal: Portal, width: int, javascript: bool) -> None:
    world = signed()
    open_recruitment(target=10)
    IcfVersionFactory(site=world.site, label="v9.0", effective_from=date(2026, 10, 19))
    number = world.record.participant.number

    tab = portal.open("enrollment:gate", number, 1, user=world.coordinator, width=width, javascript=javascript)
    page = tab.page
    assert page.get_by_role("heading", name="Not yet: one thing to do first").is_visible()
    tab.check()
    page.get_by_role("link", name="Record re-consent").click()
    tab.is_at("participants:consent-add", number)
    consent_again(tab, world)
    tab.is_at("participants:participant", number)

    tab.go("home")
    page.get_by_role("link", name="Open the gate").click()
    tab.is_at("enrollment:gate", number, 1)
    assert page.get_by_role("heading", name="Nothing stands in the way").is_visible()
    tab.check()
    page.get_by_role("button", name=f"Enroll {number}").click()
    tab.is_at("enrollment:status", number)
    assert page.get_by_text("01-001", exact=True).is_visible()
    assert page.get_by_text("1 of 10 places are filled.").is_visible()
    tab.check()

    page.get_by_role("link", name="Enrollment log").click()
    tab.is_at("logs:enrollment")
    assert page.get_by_role("link", name="01-001").is_visible()
    tab.check()


def test_the_last_step_by_keyboard_alone(portal: Portal) -> None:
    world = signed()
    number = world.record.participant.number
    tab = portal.open("enrollment:gate", number, 1, user=world.coordinator)
    tab.tab_to(tab.page.get_by_role("button", name=f"Enroll {number}"))
    tab.press("Enter")
    tab.is_at("enrollment:status", number)
    assert Enrollment.objects.get().number == "01-001"
    tab.tab_to(tab.page.get_by_role("link", name="Withdrawn from the study"))
    tab.press("Enter")
    tab.is_at("enrollment:withdraw", number)
    tab.check()


@pytest.mark.parametrize("width", WIDTHS)
def test_logs_and_flow_hold_to_the_rules(portal: Portal, width: int) -> None:
    world = ready("SUBJ-03")
    world.sign("screen_failure")
    record_deviation(
        by=world.investigator,
        at=AT,
        participant=world.record.participant,
        kind="other",
        what="The chest X-ray was done before consent.",
        happened_on=date(2026, 10, 12),
        discovered_on=date(2026, 10, 19),
    )
    tab = portal.open("logs:screening", user=world.investigator, width=width)
    page = tab.page
    assert page.get_by_text("E3", exact=True).first.is_visible()
    tab.check()
    page.get_by_label("Failing criterion").select_option("I4")
    page.get_by_role("button", name="Show").click()
    assert page.get_by_text("No row matches.").is_visible()
    tab.check()
    page.get_by_label("As of").fill("yesterday")
    page.get_by_role("button", name="Show").click()
    assert tab.status == 422
    tab.check()
    for name in ("logs:enrollment", "deviations:list", "deviations:add", "flow:overview"):
        tab.go(name)
        tab.check()
    page.locator("a[href*=screen-failure]:visible").first.click()
    tab.is_at("flow:rows", "screen-failure")
    assert page.get_by_role("link", name=world.record.participant.number).is_visible()
    tab.check()
    tab.go("home")
    tab.check()


def test_a_log_is_downloaded(portal: Portal) -> None:
    world = signed()
    tab = portal.open("logs:screening", user=world.coordinator)
    with tab.page.expect_download() as download:
        tab.page.get_by_role("link", name="Download CSV").click()
    assert download.value.suggested_filename == "screening-log-2026-10-20.csv"
    with open(download.value.path(), encoding="utf-8-sig") as file:
        assert world.record.participant.number in file.read()
