"""The whole way, for worked people of the specification: coordinator, investigator, gate, log; all typed in a browser.

Every date is moved by the same number of days, so that the screening visit is today; a year alone stays.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from screening.cards import VISIT, Card, cards_of
from screening.models import CriterionOutcome, ScreeningRecord
from tests.browser.portal import Portal, Tab
from tests.factories import PASSWORD, consented, person, site_ready
from tests.integration.enrollment.signed import open_recruitment
from tests.integration.screening.typing_in import moved, sent
from trial_portal.accounts.models import User

SUBJECTS = {row["id"]: row for row in json.loads(Path("tests/data/protocol/subjects.json").read_text(encoding="utf-8"))}


class Way:
    """One person on the way, with the coordinator and the investigator of their site."""

    def __init__(self, subject: str) -> None:
        self.expected = SUBJECTS[subject]["expected"]
        self.site = site_ready()
        self.coordinator: User = person("coordinator", self.site, printed_name="Chen Yulan")
        self.investigator: User = person("investigator", self.site, printed_name="Dr Liu Wenhai")
        items = SUBJECTS[subject]["items"]
        self.today = self.site.day(timezone.now())
        self.items = moved(items, (self.today - date.fromisoformat(items["screening_date"])).days)
        signed = date.fromisoformat(self.items["consent_date"])
        self.number = consented(self.site, on=signed, birth_date=self.items["birth_date"], number="S-01-0001").number

    @property
    def record(self) -> ScreeningRecord:
        """The record as it stands."""
        return ScreeningRecord.objects.get(participant__number=self.number)

    def cards(self) -> Iterator[tuple[Card, dict[str, str]]]:
        """Each card with what is typed on it, by field name."""
        for card in cards_of(settings.PROTOCOL).values():
            typed: dict[str, str] = {}
            for item in card.entered:
                if card.id != VISIT and self.items.get(item.name) is not None:
                    typed |= sent(item, self.items[item.name])
            # "None" is said by the question above the rows, which then are not asked.
            typed = {
                name: text for name, text in typed.items() if text and not name.endswith(("-TOTAL_FORMS", "-none"))
            }
            if typed:
                yield card, typed

    def outcomes(self) -> dict[str, str]:
        """The outcome of each criterion on file."""
        return dict(CriterionOutcome.objects.filter(record=self.record).values_list("criterion", "outcome"))


def open_attempt(portal: Portal, way: Way, *, javascript: bool = True) -> Tab:
    tab = portal.open("screening:open", way.number, user=way.coordinator, javascript=javascript)
    for part, text in zip(("year", "month", "day"), way.today.isoformat().split("-"), strict=True):
        tab.page.locator(f"[name=screening_date-{part}]").fill(text)
    tab.page.locator("main button[type=submit].btn-primary").click()
    tab.is_at("screening:record", way.number, 1)
    return tab


def asked(page: Page, name: str) -> bool:
    """Whether a question is still asked: an answer may have settled that it does not apply."""
    return page.locator(f"#ask-{name}[hidden]").count() == 0


def type_without_scripts(page: Page, card: Card, typed: Mapping[str, str]) -> None:
    """Fill one card by pointer and keys, and press its button."""
    for name, text in typed.items():
        field = page.locator(f"[name='{name}']")
        kind = field.first.get_attribute("type")
        if kind == "radio":
            chosen = page.locator(f"[name='{name}'][value='{text}']")
            page.locator(f"label[for='{chosen.get_attribute('id')}']").click()
        elif kind == "checkbox":
            field.check()
        elif kind == "hidden":
            continue
        elif field.first.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    page.locator(f"form[data-card='{card.id}'] .p-save button[type=submit]").click()
    page.wait_for_load_state()


def read_back(page: Page, name: str) -> str:
    """What a field of the page holds."""
    field = page.locator(f"[name='{name}']")
    if field.first.get_attribute("type") == "radio":
        return page.locator(f"[name='{name}']:checked").get_attribute("value") or ""
    return field.first.input_value()


def holds_what_was_typed(tab: Tab, way: Way) -> None:
    tab.go("screening:record", way.number, 1)
    wanted = {name: text for _card, typed in way.cards() for name, text in typed.items() if asked(tab.page, name)}
    assert len(wanted) > 80
    assert {name: read_back(tab.page, name) for name in wanted} == wanted


def submit(tab: Tab) -> None:
    tab.page.get_by_role("button", name="Submit to the investigator").click()
    tab.page.wait_for_load_state()


def review(portal: Portal, way: Way, *, javascript: bool = True) -> Tab:
    tab = portal.open("review:list", user=way.investigator, javascript=javascript)
    tab.page.get_by_role("link", name=way.number).first.click()
    tab.is_at("review:record", way.number, 1)
    return tab


def judge_and_confirm(tab: Tab, way: Way) -> None:
    page = tab.page
    for item in (item for card in cards_of(settings.PROTOCOL).values() for item in card.judgement):
        value = way.items.get(item.name)
        if value is not None and page.locator(f"[name='{item.name}']").count():
            chosen = page.locator(f"[name='{item.name}'][value='{value}']")
            page.locator(f"label[for='{chosen.get_attribute('id')}']").click()
    page.get_by_role("button", name="Save your judgement").click()
    page.wait_for_load_state()
    for tick in page.locator("#confirm").get_by_role("checkbox").all():
        tick.check()
    page.get_by_role("button", name="Confirm what is ticked").click()
    page.wait_for_load_state()


def sign(tab: Tab) -> None:
    tab.page.get_by_label("Your password").fill(PASSWORD)
    tab.page.get_by_role("button", name="Sign as").click()
    tab.page.wait_for_load_state()


def test_eligible_person_is_signed_enrolled_and_logged(portal: Portal, transactional_db: None) -> None:
    way = Way("SUBJ-01")
    open_recruitment(target=10)
    tab = open_attempt(portal, way, javascript=False)
    for card, typed in way.cards():
        type_without_scripts(tab.page, card, typed)
    expect(tab.page.locator("#rail")).to_contain_text("17 of 20 decided")
    holds_what_was_typed(tab, way)
    submit(tab)

    tab = review(portal, way)
    judge_and_confirm(tab, way)
    assert way.outcomes() == way.expected["criteria"]
    sign(tab)
    assert way.record.status == "eligible"

    tab = portal.open("enrollment:gate", way.number, 1, user=way.coordinator)
    tab.page.get_by_role("button", name=f"Enroll {way.number}").click()
    tab.is_at("enrollment:status", way.number)
    tab.go("logs:enrollment")
    expect(tab.page.get_by_role("row").filter(has_text=way.number)).to_contain_text("01-001")


def test_screen_failure_without_scripts_is_logged_with_its_criterion(portal: Portal, transactional_db: None) -> None:
    way = Way("SUBJ-03")
    tab = open_attempt(portal, way, javascript=False)
    for card, typed in way.cards():
        type_without_scripts(tab.page, card, typed)
    holds_what_was_typed(tab, way)
    submit(tab)

    tab = review(portal, way, javascript=False)
    judge_and_confirm(tab, way)
    assert way.outcomes() == way.expected["criteria"]
    sign(tab)
    assert way.record.status == "screen_failure"

    tab = portal.open("logs:screening", user=way.coordinator, javascript=False)
    failing = [code for code, outcome in way.expected["criteria"].items() if outcome == "met" and code[0] == "E"]
    expect(tab.page.get_by_role("row").filter(has_text=way.number)).to_contain_text(failing[0])


def test_pending_person_goes_back_with_a_query(portal: Portal, transactional_db: None) -> None:
    way = Way("SUBJ-02")
    tab = open_attempt(portal, way, javascript=False)
    for card, typed in way.cards():
        type_without_scripts(tab.page, card, typed)
    submit(tab)

    tab = review(portal, way)
    judge_and_confirm(tab, way)
    assert way.outcomes() == way.expected["criteria"]
    page = tab.page
    page.locator("summary", has_text="criteria:").first.click()
    page.locator("summary:visible", has_text="Ask").first.click()
    page.get_by_label("Your question").locator("visible=true").first.fill("Which source says so?")
    page.get_by_role("button", name="Ask the coordinator").locator("visible=true").first.click()
    page.wait_for_load_state()
    page.locator("summary", has_text="Return to the coordinator").click()
    page.get_by_role("button", name="Return").click()
    page.wait_for_load_state()
    assert way.record.status == "returned"
    tab = portal.open("screening:record", way.number, 1, user=way.coordinator)
    expect(tab.page.get_by_text("Which source says so?").first).to_be_visible()
