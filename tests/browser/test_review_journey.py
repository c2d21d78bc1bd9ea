"""An investigator's ten minutes: a clean case in three saves and a password; a return; a refused signature."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from screening.actions.review import return_record
from screening.models import AnswerRevision, ResultSet, SourceDocument
from tests.browser.portal import NARROW, WIDE, WIDTHS, Portal, Tab
from tests.factories import AT, PASSWORD
from tests.integration.screening.worked import World, handed_in, opened, ready


def reviewed(portal: Portal, world: World, **how: object) -> Tab:
    args = (world.record.participant.number, world.record.attempt)
    return portal.open("review:record", *args, user=world.investigator, **how)


def judge(tab: Tab) -> None:
    for question, answer in (("no better explanation", "Yes"), ("myositis or ILD", "No"), ("these systems", "No")):
        group = tab.page.get_by_role("radiogroup", name=question)
        group.get_by_text(answer, exact=True).click()
    tab.page.get_by_role("button", name="Save your judgement").click()
    expect(tab.page.get_by_role("status").get_by_text("Your judgement is saved.")).to_be_visible()


def confirm(tab: Tab) -> None:
    for tick in tab.page.locator("#confirm").get_by_role("checkbox").all():
        tick.check()
    tab.page.get_by_role("button", name="Confirm what is ticked").click()
    expect(tab.page.get_by_role("status").get_by_text("Your confirmations are saved.")).to_be_visible()


def sign(tab: Tab, password: str = PASSWORD) -> None:
    tab.page.get_by_label("Your password").fill(password)
    tab.page.get_by_role("button", name="Sign as").click()
    tab.page.wait_for_load_state()


@pytest.mark.parametrize(("width", "javascript"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_a_clean_case_takes_three_saves_and_a_password(portal: Portal, width: int, javascript: bool) -> None:
    world = handed_in()
    tab = portal.open("review:list", user=world.investigator, width=width, javascript=javascript)
    if javascript:
        tab.check()
    tab.page.get_by_role("link", name=world.record.participant.number).click()
    expect(tab.page.get_by_text("Nothing stands out")).to_be_visible()
    judge(tab)
    confirm(tab)
    if javascript:
        tab.check()
    sign(tab)
    expect(tab.page.get_by_text("Confirmed eligible")).to_be_visible()
    expect(tab.page.get_by_label("Signature").get_by_text("Dr Liu Wenhai")).to_be_visible()
    if javascript:
        tab.check()
    world.record.refresh_from_db()
    assert world.record.status == "eligible"


def test_by_keyboard_alone(portal: Portal) -> None:
    world = handed_in()
    tab = reviewed(portal, world)
    page = tab.page
    for question, presses in (("no better explanation", 1), ("myositis or ILD", 2), ("these systems", 2)):
        tab.tab_to(page.get_by_role("radiogroup", name=question).get_by_role("radio").first)
        tab.press("Space")
        for _press in range(presses - 1):
            tab.press("ArrowRight")
    tab.tab_to(page.get_by_role("button", name="Save your judgement"))
    tab.press("Enter")
    expect(page.get_by_text("Your judgement is saved.")).to_be_visible()
    for tick in page.locator("#confirm").get_by_role("checkbox").all():
        tab.tab_to(tick)
        tab.press("Space")
    tab.tab_to(page.get_by_role("button", name="Confirm what is ticked"))
    tab.press("Enter")
    expect(page.get_by_text("Your confirmations are saved.")).to_be_visible()
    tab.tab_to(page.get_by_label("Your password"))
    tab.type(PASSWORD)
    tab.press("Enter")
    expect(page.get_by_text("Confirmed eligible")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_exceptions_stand_first_with_their_evidence(portal: Portal, width: int) -> None:
    world = opened("SUBJ-01")
    low = {"wbc_value": "2.8", "wbc_unit": "10^9/L", "cbc_routine_care": "yes"}
    earlier = ResultSet.objects.create(
        record=world.record,
        examination="cbc",
        specimen_date="2026-10-05",
        values=low,
        source="LIS report",
        recorded_by=world.coordinator,
    )
    AnswerRevision.objects.create(
        record=world.record, result_set=earlier, item="wbc_value", new="2.8", revision=1, by=world.coordinator
    )
    SourceDocument.objects.create(
        record=world.record, criteria=["E3"], title="Ward round", location="folder 3", recorded_by=world.coordinator
    )
    world.save("I3", iim_neck_flexors_weaker="unknown", reason_code="source", reason="Not tested that day.")
    world.submit()
    tab = reviewed(portal, world, width=width)
    blood = tab.page.get_by_role("article", name="E3 Severe concomitant disease")
    expect(blood.get_by_text("Repeat after an excluding value")).to_be_visible()
    expect(blood.get_by_text("White blood cells 2.8 ×10⁹/L on 5 Oct 2026 are below 3 ×10⁹/L.")).to_be_visible()
    expect(blood.get_by_text("Ward round")).to_be_visible()
    expect(blood.get_by_text("Entered by Chen Yulan")).to_be_visible()
    skin = tab.page.get_by_role("article", name="I3 Dermatomyositis")
    expect(skin.get_by_text("Unknown: neck flexors weaker.")).to_be_visible()
    tab.check()
    blood.locator("summary", has_text="Ask").click()
    blood.get_by_label("Your question").fill("Why was it repeated?")
    tab.check()
    blood.get_by_role("button", name="Ask the coordinator").click()
    expect(tab.page.locator("#queries").get_by_text("Why was it repeated?")).to_be_visible()
    tab.page.locator("summary", has_text="Return to the coordinator").click()
    tab.page.get_by_role("button", name="Return the record").click()
    tab.is_at("review:list")
    world.record.refresh_from_db()
    assert world.record.status == "returned"


@pytest.mark.parametrize("width", WIDTHS)
def test_what_changed_under_the_page_is_shown_instead_of_signed(portal: Portal, width: int) -> None:
    world = ready()
    tab = reviewed(portal, world, width=width)
    sign(tab, "a wrong one")
    expect(tab.page.get_by_text("This is not your password.").last).to_be_visible()
    tab.check()
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look at E12 again.")
    world.save("E12", reason="The letter says so.", reason_code="source", abuse_ongoing="yes")
    world.submit()
    sign(tab)
    alert = tab.page.get_by_role("alert")
    expect(alert).to_contain_text("E12 changed from Clear to Excludes")
    expect(alert).to_be_focused()
    tab.check()
    alert.get_by_role("link", name="See the change").first.click()
    expect(tab.page.get_by_role("article", name="E12")).to_be_in_viewport()
    world.record.refresh_from_db()
    assert world.record.status == "submitted"


@pytest.mark.parametrize("width", WIDTHS)
def test_a_signed_record_is_opened_again_with_a_reason(portal: Portal, width: int) -> None:
    world = ready()
    world.sign()
    args = (world.record.participant.number, world.record.attempt)
    tab = portal.open("screening:reopen", *args, user=world.coordinator, width=width)
    tab.check()
    tab.page.get_by_label("reason").fill("The biopsy report came.")
    tab.page.get_by_role("button", name="Open the record again").click()
    tab.is_at("screening:record", *args)
    shown = reviewed(portal, world, width=width)
    expect(shown.page.get_by_text("The biopsy report came.")).to_be_visible()
    shown.check()
