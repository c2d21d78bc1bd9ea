"""A coordinator registers somebody who may be known already, records consent on a wrong and on the right ICF version,
looks at who it is, and records the withdrawal: on a desk, on a telephone, by keyboard alone, without scripts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.portal import NARROW, WIDE, Portal, Tab
from tests.factories import person
from tests.integration.participants.test_icf_versions import PDF
from tests.integration.participants.world import approved_site, register, version
from trial_portal.accounts.models import Site, SiteApproval, User
from trial_portal.accounts.permissions import Role
from trial_portal.participants.models import (
    Consent,
    ConsentWithdrawal,
    Deviation,
    IdentityShown,
    Participant,
    PossibleDuplicate,
)


class Given(NamedTuple):
    """A site whose v2.0 is in force for three days, with one participant, Li Hua, born on 2 March 1979."""

    site: Site
    coordinator: User
    today: date


def given() -> Given:
    site = approved_site("01")
    SiteApproval.objects.update(ethics_approved_on=date(2020, 1, 1), site_approved_on=date(2020, 1, 1))
    coordinator = person(Role.COORDINATOR, site, printed_name="Chen Yulan")
    now = timezone.now()
    today = site.day(now)
    version(site, "v1.0", today - timedelta(100))
    version(site, "v2.0", today - timedelta(3))
    register(coordinator, site, at=now)
    return Given(site, coordinator, today)


def fill_date(page: Page, name: str, day: str) -> None:
    for part, text in zip(("year", "month", "day"), day.split("-"), strict=True):
        page.locator(f"[name={name}-{part}]").fill(text)


def is_focused(page: Page, selector: str) -> bool:
    return bool(page.locator(selector).evaluate("element => element === document.activeElement"))


@pytest.mark.parametrize(("width", "javascript"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_from_registering_to_withdrawal(portal: Portal, width: int, javascript: bool) -> None:
    _site, coordinator, today = given()
    tab = portal.open("participants:list", user=coordinator, width=width, javascript=javascript)
    page = tab.page
    tab.check()

    # When she registers somebody of the same name and birth date, she is told before anything is saved.
    page.get_by_role("link", name="Register a participant").click()
    tab.check()
    page.get_by_role("button", name="Register the participant").click()
    assert tab.status == 422
    tab.check()
    page.get_by_label("Name").fill("Li Hua")
    page.get_by_text("Female", exact=True).click()
    fill_date(page, "birth_date", "1979-03-02")
    page.get_by_label("Medical record number").fill("MR-77")
    page.get_by_role("button", name="Register the participant").click()
    assert tab.status == 422
    panel = page.get_by_role("alert")
    assert "S-01-0001" in panel.inner_text()
    assert page.get_by_label("Medical record number").input_value() == "MR-77"
    assert Participant.objects.count() == 1
    tab.check()
    page.get_by_role("button", name="Register as another person").click()
    assert page.get_by_text("Say why this is another person.").first.is_visible()
    tab.check()
    page.get_by_label("Why is this another person?").fill("twin sister, both were here")
    page.get_by_role("button", name="Register as another person").click()
    tab.is_at("participants:participant", "S-01-0002")
    assert PossibleDuplicate.objects.get().explanation == "twin sister, both were here"
    assert page.get_by_text("Not resolved: nobody enrolls this participant").is_visible()
    tab.check()

    # When consent was signed on a version that was replaced, the right one is named; it is kept as it happened.
    page.get_by_role("link", name="Record consent").click()
    tab.check()
    record_consent(tab, "v1.0", today)
    assert tab.status == 422
    assert "the version in force was v2.0 (Chinese)" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("Time").input_value() == "00:00"
    assert not Consent.objects.exists()
    tab.check()
    page.get_by_role("button", name="Record it as it happened").click()
    tab.is_at("participants:participant", "S-01-0002")
    assert page.get_by_text("Not in force that day").is_visible()
    assert Deviation.objects.get().kind == "icf_version"
    tab.check()

    # When the right version is signed too, it counts.
    page.get_by_role("link", name="Record a further consent").click()
    record_consent(tab, "v2.0", today)
    tab.is_at("participants:participant", "S-01-0002")
    assert page.get_by_text("In force that day", exact=True).is_visible()
    assert [given.version_valid for given in Consent.objects.order_by("id")] == [False, True]

    # Who it is opens in place.
    page.get_by_role("button", name="Show identity").click()
    page.get_by_text("MR-77").wait_for()
    assert IdentityShown.objects.get().by == coordinator
    tab.check()

    # When she withdraws, it is a row of its own.
    tab.go("participants:withdraw", "S-01-0002")
    tab.check()
    fill_date(page, "withdrawn_on", today.isoformat())
    page.get_by_label("Reason given").fill("moves to another city")
    page.get_by_role("button", name="Record the withdrawal").click()
    tab.is_at("participants:participant", "S-01-0002")
    assert ConsentWithdrawal.objects.get().reason_given == "moves to another city"
    tab.check()
    tab.go("participants:list")
    assert page.get_by_text("Withdrew consent").last.is_visible()


def record_consent(tab: Tab, label: str, today: date) -> None:
    """Fill in the form of consent, as an interrupted person would: from top to bottom, with the mouse."""
    page = tab.page
    choice = page.get_by_label(f"{label} (Chinese)")
    if not choice.is_visible():
        page.get_by_text("Another version was signed").click()
    choice.check()
    fill_date(page, "signed_on", today.isoformat())
    page.get_by_label("Time").fill("00:00")
    page.get_by_label("The patient").check()
    page.get_by_label("Discussion held by").select_option(label="Chen Yulan")
    page.get_by_role("radiogroup", name="Did the participant get a copy?").get_by_text("Yes").click()
    page.get_by_role("button", name="Record the consent").click()


def test_by_keyboard_alone(portal: Portal) -> None:
    _site, coordinator, today = given()
    tab = portal.open("participants:register", user=coordinator)
    page = tab.page

    tab.tab_to(page.get_by_label("Name"))
    tab.type("Li Hua")
    for part, text in (("year", "1979"), ("month", "3"), ("day", "2")):
        tab.tab_to(page.locator(f"[name=birth_date-{part}]"))
        tab.type(text)
    tab.tab_to(page.locator("[name=sex_at_birth]").first)
    tab.press("ArrowRight")
    tab.tab_to(page.get_by_role("button", name="Register the participant"))
    tab.press("Enter")
    page.get_by_role("alert").wait_for()
    assert is_focused(page, "section.p-why"), "what is told has the focus"
    tab.tab_to(page.get_by_label("Why is this another person?"))
    tab.type("twin brother")
    tab.tab_to(page.get_by_role("button", name="Register as another person"))
    tab.press("Enter")
    tab.is_at("participants:participant", "S-01-0002")
    assert Participant.objects.get(number="S-01-0002").sex_at_birth == "male"

    tab.tab_to(page.get_by_role("link", name="Record consent"))
    tab.press("Enter")
    tab.is_at("participants:consent-add", "S-01-0002")
    tab.tab_to(page.get_by_label("v2.0 (Chinese)"))
    tab.press("Space")
    for part, text in zip(("year", "month", "day"), today.isoformat().split("-"), strict=True):
        tab.tab_to(page.locator(f"[name=signed_on-{part}]"))
        tab.type(text)
    tab.tab_to(page.get_by_label("The patient"))
    tab.press("Space")
    tab.tab_to(page.get_by_label("Discussion held by"))
    tab.type("Chen")
    tab.tab_to(page.locator("[name=copy_given]").first)
    tab.press("Space")
    tab.tab_to(page.get_by_role("button", name="Record the consent"))
    tab.press("Enter")
    tab.is_at("participants:participant", "S-01-0002")
    assert Consent.objects.get().version_valid

    tab.tab_to(page.get_by_role("button", name="Show identity"))
    tab.press("Enter")
    page.locator("section#identity").wait_for()
    expect(page.locator("section#identity")).to_be_focused()
    tab.tab_to(page.get_by_role("link", name="Correct the identity"))

    tab.tab_to(page.get_by_role("link", name="Withdraw consent"))
    tab.press("Enter")
    tab.is_at("participants:withdraw", "S-01-0002")
    for part, text in zip(("year", "month", "day"), today.isoformat().split("-"), strict=True):
        tab.tab_to(page.locator(f"[name=withdrawn_on-{part}]"))
        tab.type(text)
    tab.tab_to(page.get_by_role("button", name="Record the withdrawal"))
    tab.press("Enter")
    tab.is_at("participants:participant", "S-01-0002")
    assert Participant.objects.get(number="S-01-0002").status == "withdrawn"


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_an_admin_enters_an_icf_version(portal: Portal, width: int) -> None:
    site, _coordinator, _today = given()
    tab = portal.open("icf:list", user=person(Role.ADMIN), width=width)
    page = tab.page
    tab.check()
    page.get_by_role("link", name="Add an ICF version").click()
    tab.check()
    page.get_by_text("Chinese", exact=True).click()
    page.get_by_label("Version").fill("v3.0")
    fill_date(page, "ethics_approved_on", "2024-01-10")
    fill_date(page, "effective_from", "2024-01-09")
    page.get_by_label("Approved PDF").set_input_files({"name": "x.txt", "mimeType": "text/plain", "buffer": b"words"})
    page.get_by_role("button", name="Add the version").click()
    assert tab.status == 422
    assert page.get_by_text("A version takes effect on the day of its approval").first.is_visible()
    tab.check()
    fill_date(page, "effective_from", "2024-01-10")
    page.get_by_label("Approved PDF").set_input_files({"name": "icf.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Add the version").click()
    page.get_by_text("SHA-256").wait_for()
    tab.check()
    assert site.icf_versions.filter(label="v3.0").exists()


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_prescreening_and_finding_read_well(portal: Portal, width: int) -> None:
    _site, coordinator, today = given()
    tab = portal.open("prescreening:add", user=coordinator, width=width)
    page = tab.page
    tab.check()
    fill_date(page, "approached_on", today.isoformat())
    page.get_by_text("Not suitable", exact=True).click()
    page.get_by_role("button", name="Add the entry").click()
    assert tab.status == 422
    tab.check()
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Add the entry").click()
    tab.is_at("prescreening:list")
    tab.check()
    tab.go("participants:find")
    tab.check()
    page.get_by_label("Name").fill("li hua")
    page.get_by_role("button", name="Find").click()
    assert page.get_by_role("link", name="S-01-0001").is_visible()
    tab.check()
    tab.go("participants:identity-change", "S-01-0001")
    tab.check()
    tab.go("participants:strike", "S-01-0001")
    tab.check()
