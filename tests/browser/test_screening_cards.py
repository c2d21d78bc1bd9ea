"""The screening record in a browser: cards save by themselves, ask in place, work by keyboard and without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from screening.actions.answers import Typed, save_card
from screening.actions.records import open_screening
from screening.models import AnswerRevision, ResultSet, ScreeningRecord
from tests.browser.portal import NARROW, WIDTHS, Portal, Tab
from tests.factories import consented, person, site_ready
from trial_portal.accounts.models import User


@pytest.fixture
def coordinator(transactional_db: None) -> User:
    return person("coordinator", site_ready(), printed_name="Chen Yulan")


@pytest.fixture
def record(coordinator: User) -> ScreeningRecord:
    site, at = coordinator.delegations.get().site, timezone.now()
    participant = consented(site, on=site.day(at) - timedelta(days=1), number="S-01-0001")
    return open_screening(by=coordinator, at=at, participant=participant, screening_date=site.day(at))


def at_record(portal: Portal, record: ScreeningRecord, user: User, **kwargs: object) -> Tab:
    return portal.open("screening:record", record.participant.number, record.attempt, user=user, **kwargs)


def choose(page: Page, name: str, word: str) -> None:
    page.locator(f"#ask-{name}").get_by_text(word, exact=True).click()


def is_saved(page: Page, card: str) -> None:
    expect(page.locator(f"#saved-{card}")).to_contain_text("Saved")


def fill_date(page: Page, name: str, record: ScreeningRecord, days: int = 0) -> None:
    day = record.screening_date - timedelta(days=days)
    for part, text in zip(("year", "month", "day"), day.isoformat().split("-"), strict=True):
        page.locator(f"[name={name}-{part}]").fill(text)


@pytest.mark.parametrize("width", WIDTHS)
def test_record_is_accessible(portal: Portal, record: ScreeningRecord, coordinator: User, width: int) -> None:
    tab = at_record(portal, record, coordinator, width=width)
    tab.check()


def test_card_saves_by_itself_and_updates_what_follows(
    portal: Portal, record: ScreeningRecord, coordinator: User
) -> None:
    page = at_record(portal, record, coordinator).page
    expect(page.locator("#rail")).to_contain_text("1 of 20 decided")
    choose(page, "abuse_history", "No")
    is_saved(page, "E12")
    expect(page.locator("#state-E12")).to_contain_text("E12 is clear")
    expect(page.locator("#mark-E12")).to_contain_text("Clear")
    expect(page.locator("#rail")).to_contain_text("2 of 20 decided")
    expect(page.locator("#needed")).not_to_contain_text("history of abuse")
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "no"}


def test_typed_text_is_saved_on_leaving_the_card(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    page = at_record(portal, record, coordinator).page
    fill_date(page, "cbc_date", record, days=2)
    page.locator("[name=hgb_value]").fill("84")
    assert ResultSet.objects.count() == 0, "not before the card is left"
    page.locator("[name=major_surgery_ever] + label").first.click()
    is_saved(page, "E3")
    is_saved(page, "E13")
    expect(page.locator("#state-E3")).to_contain_text("E3 excludes this participant")
    assert ResultSet.objects.get().values["hgb_value"] == "84"


def test_question_appears_once_it_applies(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    page = at_record(portal, record, coordinator).page
    choose(page, "heart_failure", "No")
    is_saved(page, "E3")
    expect(page.locator("#ask-nyha_class")).to_be_hidden()
    choose(page, "heart_failure", "Yes")
    page.get_by_label("Reason", exact=True).select_option("typing")
    page.get_by_role("button", name="Save with this reason").click()
    expect(page.locator("#ask-nyha_class")).to_be_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_change_asks_for_its_reason_in_place(
    portal: Portal, record: ScreeningRecord, coordinator: User, width: int
) -> None:
    tab = at_record(portal, record, coordinator, width=width)
    page = tab.page
    choose(page, "abuse_history", "No")
    is_saved(page, "E12")
    choose(page, "abuse_history", "Yes")
    prompt = page.get_by_role("alert").filter(has_text="Why did “History of abuse” change?")
    expect(prompt).to_be_visible()
    expect(page.locator("#state-E12")).to_contain_text("As saved, E12 is clear")
    expect(page.get_by_label("Reason", exact=True)).to_be_focused()
    tab.check()
    page.get_by_label("Reason", exact=True).select_option("source")
    page.get_by_label("What does the source say?").fill("The chart says yes.")
    page.get_by_role("button", name="Save with this reason").click()
    is_saved(page, "E12")
    expect(page.locator("#state-E12")).not_to_contain_text("As saved")
    assert AnswerRevision.objects.latest("id").reason == "The chart says yes."


def test_escape_keeps_what_was_saved(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    tab = at_record(portal, record, coordinator)
    choose(tab.page, "abuse_history", "No")
    is_saved(tab.page, "E12")
    choose(tab.page, "abuse_history", "Yes")
    expect(tab.page.get_by_label("Reason", exact=True)).to_be_focused()
    tab.press("Escape")
    is_saved(tab.page, "E12")
    expect(tab.page.locator("[name=abuse_history][value=no]")).to_be_checked()
    assert AnswerRevision.objects.count() == 1


def test_conflict_shows_both_and_loses_none(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    tab = at_record(portal, record, coordinator)
    page = tab.page
    zhou = person("coordinator", record.participant.site, printed_name="Zhou Min")
    typed = Typed(0, {"abuse_history": "yes"})
    save_card(by=zhou, at=timezone.now(), record=record, card_id="E12", typed=typed)
    choose(page, "abuse_history", "No")
    expect(page.get_by_text("Zhou Min changed “History of abuse” to yes")).to_be_visible()
    tab.check()
    page.get_by_text("yes, from Zhou Min").click()
    page.get_by_role("button", name="Save what is chosen").click()
    is_saved(page, "E12")
    expect(page.locator("[name=abuse_history][value=yes]")).to_be_checked()


def test_wrong_value_is_said_at_its_field(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    tab = at_record(portal, record, coordinator, width=NARROW)
    page = tab.page
    page.locator("[name=hgb_value]").fill("8.5")
    page.locator("[name=plt_value]").fill("210")
    page.locator("#ask-major_surgery_ever").get_by_text("No", exact=True).click()
    expect(page.locator("#ask-hgb_value")).to_contain_text("Is the unit g/dL?")
    expect(page.locator("[name=plt_value]")).to_have_value("210")
    is_saved(page, "E13")
    tab.check()


def test_nothing_is_lost_without_a_connection(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    page = at_record(portal, record, coordinator).page
    page.context.set_offline(True)
    choose(page, "abuse_history", "No")
    expect(page.locator("#saved-E12")).to_contain_text("Not saved: no connection")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    is_saved(page, "E12")
    portal.problems.clear()


def test_without_javascript_each_card_has_its_button(
    portal: Portal, record: ScreeningRecord, coordinator: User
) -> None:
    tab = at_record(portal, record, coordinator, javascript=False)
    page = tab.page
    tab.check()
    choose(page, "abuse_history", "No")
    page.get_by_role("button", name="Save E12").click()
    expect(page.locator("#saved-E12")).to_contain_text("Saved")
    choose(page, "abuse_history", "Yes")
    page.get_by_role("button", name="Save E12").click()
    assert tab.status == 422
    tab.check()
    page.get_by_label("Reason", exact=True).select_option("typing")
    page.get_by_role("button", name="Save with this reason").click()
    expect(page.locator("[name=abuse_history][value=yes]")).to_be_checked()
    page.get_by_role("button", name="Add a row").first.click()
    expect(page.locator("[name=treatments-TOTAL_FORMS]")).to_have_value("1")


def test_by_keyboard_alone(portal: Portal, record: ScreeningRecord, coordinator: User) -> None:
    tab = at_record(portal, record, coordinator)
    page = tab.page
    page.locator("[name=abuse_history]").first.focus()
    tab.press("Alt+ArrowDown")
    expect(page.locator("#ask-major_surgery_ever input").first).to_be_focused()
    tab.press("Alt+ArrowUp")
    expect(page.locator("#ask-abuse_history input").first).to_be_focused()
    tab.press("Space")
    tab.press("ArrowRight")
    tab.press("Control+Enter")
    is_saved(page, "E12")
    expect(page.locator("#ask-major_surgery_ever input").first).to_be_focused()
    record.refresh_from_db()
    assert record.answers["abuse_history"] in ("yes", "no")


@pytest.mark.parametrize("width", WIDTHS)
def test_worksheet_scores_by_digits(portal: Portal, record: ScreeningRecord, coordinator: User, width: int) -> None:
    tab = portal.open(
        "screening:sheet", record.participant.number, record.attempt, "cdasi_worksheet", user=coordinator, width=width
    )
    page = tab.page
    tab.check()
    fill_date(page, "cdasi_date", record)
    page.locator("#cdasi_worksheet-scalp-ery_0").focus()
    tab.type("21")
    expect(page.locator("[name=cdasi_worksheet-scalp-ery][value='2']")).to_be_checked()
    is_saved(page, "I4")
    page.get_by_role("button", name="Rest 0").first.click()
    expect(page.locator("[name=cdasi_worksheet-scalp-calc][value='0']")).to_be_checked()
    expect(page.locator("#sheet-totals + span")).to_contain_text("1 of 15 areas complete")
    is_saved(page, "I4")
    assert ResultSet.objects.get().values["cdasi_worksheet"]["areas"]["scalp"] == {
        "ery": 2, "scale": 1, "ero": 0, "poik": 0, "calc": 0
    }  # fmt: skip
    tab.check()
    page.get_by_role("button", name="Done, back to I4").click()
    tab.is_at("screening:record", record.participant.number, record.attempt)


def test_monitor_reads(portal: Portal, record: ScreeningRecord) -> None:
    tab = at_record(portal, record, person("monitor"), width=NARROW)
    expect(tab.page.locator("form.p-cardform")).to_have_count(0)
    tab.check()
