"""Cards over HTTP, with and without htmx: reasons, confirmations, conflicts, who may, what it costs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.actions.records import open_screening, submit
from screening.models import AnswerRevision, ResultSet, ScreeningRecord
from tests.factories import SiteFactory, consented, person, site_ready
from tests.integration.screening.typing_in import HTMX, address, now, post_card, signed_in
from trial_portal.accounts.models import User

pytestmark = pytest.mark.django_db
AT = now()


@pytest.fixture
def coordinator() -> User:
    return person("coordinator", site_ready(), printed_name="Chen Yulan")


@pytest.fixture
def record(coordinator: User) -> ScreeningRecord:
    site = coordinator.delegations.get().site
    participant = consented(site, on=site.day(AT) - timedelta(days=1))
    return open_screening(by=coordinator, at=AT, participant=participant, screening_date=site.day(AT))


@pytest.fixture
def browser(coordinator: User) -> Client:
    return signed_in(coordinator)


def taken(days_before: int = 0) -> dict[str, str]:
    """The date of a blood count, some days before today."""
    site = SiteFactory(code="01")
    day = site.day(AT) - timedelta(days=days_before)
    return {"cbc_date-year": f"{day:%Y}", "cbc_date-month": f"{day:%m}", "cbc_date-day": f"{day:%d}"}


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("how", [{}, HTMX], ids=["whole page", "htmx"])
def test_first_answer_is_saved_without_a_reason(record: ScreeningRecord, browser: Client, how: dict[str, str]) -> None:
    response = post_card(browser, record, "E12", {"abuse_history": "no"}, **how)
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "no"}
    if how:
        assert response.status_code == 200
        assert 'id="form-E12"' in text(response)
        assert 'id="rail" aria-label="Criteria" hx-swap-oob="true"' in text(response)
        assert 'id="needed"' in text(response)
        assert json.loads(response["HX-Trigger"])["saved"] == {"card": "E12", "before": 0, "revision": 1}
        assert "E12 is clear" in text(response)
    else:
        assert (response.status_code, response["Location"]) == (303, address(record, "record") + "#E12")


@pytest.mark.parametrize("how", [{}, HTMX], ids=["whole page", "htmx"])
def test_change_asks_why_and_shows_no_new_outcome(
    record: ScreeningRecord, browser: Client, how: dict[str, str]
) -> None:
    post_card(browser, record, "E12", {"abuse_history": "no"})
    changed = {"abuse_history": "yes", "abuse_substance": "alcohol"}
    asked = post_card(browser, record, "E12", changed, **how)
    page = text(asked)
    assert asked.status_code == 422
    assert "As saved, E12 is clear" in page
    assert "<del>no</del>" in page
    assert "<ins>yes</ins>" in page
    assert re.search(r'name="abuse_history" value="yes" id="[^"]*" checked', page)
    assert "alcohol</textarea>" in page
    assert AnswerRevision.objects.count() == 1
    silent = post_card(browser, record, "E12", {**changed, "reason_code": "", "reason": "x"}, **how)
    assert "Choose why the answer changes." in text(silent)
    told = {**changed, "reason_code": "typing", "reason": "Typed wrong."}
    assert post_card(browser, record, "E12", told, **how).status_code in (200, 303)
    latest = AnswerRevision.objects.get(item="abuse_history", old="no")
    assert (latest.new, latest.reason_code, latest.reason) == ("yes", "typing", "Typed wrong.")
    assert AnswerRevision.objects.get(item="abuse_substance").reason_code == ""


def test_reason_other_wants_words(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E12", {"abuse_history": "no"})
    asked = post_card(browser, record, "E12", {"abuse_history": "yes", "reason_code": "other", "reason": " "})
    assert asked.status_code == 422
    assert "Say in words why the answer changes." in text(asked)


def test_reason_names_nobody(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E12", {"abuse_history": "no"})
    named = {"abuse_history": "yes", "reason_code": "source", "reason": "The sister of Li Hua says so."}
    asked = post_card(browser, record, "E12", named)
    assert asked.status_code == 422
    assert "This text says who the participant is." in text(asked)
    assert "The sister of Li Hua says so." in text(asked)


def test_keep_takes_back_the_change_and_saves_the_rest(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E12", {"abuse_history": "no"})
    kept = {"abuse_history": "yes", "abuse_substance": "alcohol", "reason_code": "", "keep": "yes"}
    assert post_card(browser, record, "E12", kept).status_code == 303
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "no", "abuse_substance": "alcohol"}


def test_answer_is_taken_back_with_a_reason(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E12", {"abuse_history": "no"})
    assert post_card(browser, record, "E12", {"abuse_history": ""}).status_code == 422
    post_card(browser, record, "E12", {"abuse_history": "", "reason_code": "typing", "reason": ""})
    record.refresh_from_db()
    assert record.answers == {}


def test_what_is_not_sent_stays(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E13", {"major_surgery_ever": "no", "major_surgery_planned": "no"})
    post_card(browser, record, "E13", {"surgery_description": "none"})
    record.refresh_from_db()
    assert record.answers["major_surgery_planned"] == "no"


@pytest.mark.parametrize("how", [{}, HTMX], ids=["whole page", "htmx"])
def test_conflict_shows_both_values_and_loses_none(
    record: ScreeningRecord, browser: Client, how: dict[str, str]
) -> None:
    zhou = signed_in(person("coordinator", record.participant.site, printed_name="Zhou Min"))
    post_card(zhou, record, "E12", {"abuse_history": "yes"})
    mine = {"revision": "0", "abuse_history": "no", "abuse_substance": "alcohol"}
    met = post_card(browser, record, "E12", mine, **how)
    page = text(met)
    assert met.status_code == 422
    assert "Zhou Min changed “History of abuse” to Yes at" in page
    assert "while you typed No." in page
    assert "alcohol</textarea>" in page
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "yes"}
    undecided = post_card(browser, record, "E12", {**mine, "clash": "abuse_history", "revision-seen": "1"}, **how)
    assert "Zhou Min changed" in text(undecided)
    chosen = {**mine, "clash": "abuse_history", "revision-seen": "1", "choose-abuse_history": "mine"}
    asked = post_card(browser, record, "E12", chosen, **how)
    assert "Why did “History of abuse” change?" in text(asked)
    post_card(browser, record, "E12", {**chosen, "reason_code": "source", "reason": "chart"}, **how)
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "no", "abuse_substance": "alcohol"}
    assert set(AnswerRevision.objects.filter(item="abuse_history").values_list("new", flat=True)) == {"yes", "no"}


def test_conflict_settled_for_the_other_keeps_theirs(record: ScreeningRecord, browser: Client) -> None:
    zhou = signed_in(person("coordinator", record.participant.site))
    post_card(zhou, record, "E12", {"abuse_history": "yes"})
    theirs = {"revision": "0", "abuse_history": "no", "abuse_substance": "alcohol"}
    theirs |= {"clash": "abuse_history", "revision-seen": "1", "choose-abuse_history": "theirs"}
    assert post_card(browser, record, "E12", theirs).status_code == 303
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "yes", "abuse_substance": "alcohol"}


def test_left_as_it_was_is_no_conflict(record: ScreeningRecord, browser: Client) -> None:
    zhou = signed_in(person("coordinator", record.participant.site))
    post_card(zhou, record, "E12", {"abuse_history": "yes"})
    assert post_card(browser, record, "E12", {"revision": "0", "abuse_substance": "alcohol"}).status_code == 303
    record.refresh_from_db()
    assert record.answers == {"abuse_history": "yes", "abuse_substance": "alcohol"}


def test_unusual_value_is_confirmed_in_place(record: ScreeningRecord, browser: Client) -> None:
    low = {**taken(), "hgb_value": "35"}
    asked = post_card(browser, record, "E3", low)
    assert asked.status_code == 422
    assert "Is this right?" in text(asked)
    assert 'name="confirmed" value="hgb_value"' in text(asked)
    assert ResultSet.objects.count() == 0
    assert post_card(browser, record, "E3", {**low, "confirmed": "hgb_value"}).status_code == 303
    assert AnswerRevision.objects.get(item="hgb_value").confirmed


def test_unit_of_another_site_is_refused_at_its_number(record: ScreeningRecord, browser: Client) -> None:
    refused = post_card(browser, record, "E3", {**taken(), "hgb_value": "8.5", "hgb_unit": "mmol/L"})
    assert refused.status_code == 422
    assert "Reports here are in g/L." in text(refused)
    assert 'value="8.5"' in text(refused)
    assert ResultSet.objects.count() == 0


def test_value_of_another_unit_is_recognised(record: ScreeningRecord, browser: Client) -> None:
    refused = post_card(browser, record, "E3", {**taken(), "hgb_value": "8.5"})
    assert "8.5 g/L is below 10 g/L, the least this field accepts. Check the value. Is the unit g/dL?" in text(refused)


def test_another_result_is_entered_beside_the_first(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E3", {**taken(3), "hgb_value": "120"})
    opened = post_card(browser, record, "E3", {"open": "cbc:"})
    assert opened["Location"] == address(record, "record") + "?new=cbc#E3"
    page = text(browser.get(opened["Location"]))
    assert "Blood count: a new result" in page
    post_card(browser, record, "E3", {"cbc-set": "", **taken(0), "hgb_value": "84", "cbc-source": "ward"})
    assert ResultSet.objects.count() == 2
    page = text(browser.get(address(record, "record")))
    assert "Usable: on the day of screening" in page
    assert "not used: a later one counts" in page
    older = ResultSet.objects.get(values__hgb_value="120")
    page = text(browser.get(address(record, "record") + f"?set={older.pk}"))
    assert f'name="cbc-set" value="{older.pk}"' in page


def test_source_alone_is_not_lost_unseen(record: ScreeningRecord, browser: Client) -> None:
    refused = post_card(browser, record, "E3", {"cbc-set": "", "cbc-source": "ward"})
    assert refused.status_code == 422
    assert "a source alone is not kept" in text(refused)


def test_result_is_struck_with_a_reason(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E3", {**taken(), "hgb_value": "84"})
    row = ResultSet.objects.get()
    strike = address(record, "result-strike", row.pk)
    assert browser.get(strike).status_code == 200
    assert browser.post(strike, {"reason": ""}).status_code == 422
    assert browser.post(strike, {"reason": "Other patient."}).status_code == 303
    page = text(browser.get(address(record, "record")))
    assert "Results entered in error" in page
    assert "Other patient." in page


def test_rows_are_added_and_removed_without_javascript(record: ScreeningRecord, browser: Client) -> None:
    row = {"treatments-TOTAL_FORMS": "1", "treatments-0-class": "biologic"}
    added = post_card(browser, record, "I4", {**row, "treatments-add": "1"})
    assert added["Location"] == address(record, "record") + "?add=treatments#I4"
    page = text(browser.get(added["Location"]))
    assert 'name="treatments-TOTAL_FORMS" value="2"' in page
    second = {"treatments-TOTAL_FORMS": "2", "treatments-0-class": "biologic", "treatments-1-class": "ivig"}
    assert post_card(browser, record, "I4", second).status_code == 303, "an added row is a first answer"
    removed = post_card(browser, record, "I4", {**second, "treatments-0-remove": "1"})
    assert removed.status_code == 422
    assert "Why did" in text(removed)
    assert 'name="treatments-TOTAL_FORMS" value="1"' in text(removed)
    gone = {"treatments-TOTAL_FORMS": "1", "treatments-0-class": "ivig", "reason_code": "typing"}
    post_card(browser, record, "I4", gone)
    record.refresh_from_db()
    assert record.answers["treatments"] == [{"class": "ivig"}]


def test_none_and_rows_contradict_each_other(record: ScreeningRecord, browser: Client) -> None:
    both = {"treatments-TOTAL_FORMS": "1", "treatments-0-class": "ivig", "treatments-none": "yes"}
    refused = post_card(browser, record, "I4", both)
    assert refused.status_code == 422
    assert "“None” is ticked, but there are rows" in text(refused)
    post_card(browser, record, "I4", {"treatments-TOTAL_FORMS": "0", "treatments-none": "yes"})
    record.refresh_from_db()
    assert record.answers["treatments"] == []


def test_question_that_does_not_apply_is_hidden_and_keeps_its_answer(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E3", {"heart_failure": "yes", "nyha_class": "II"})
    post_card(browser, record, "E3", {"heart_failure": "no", "reason_code": "typing"})
    page = text(browser.get(address(record, "record")))
    assert re.search(r'id="ask-nyha_class" hidden', page)
    record.refresh_from_db()
    assert record.answers["nyha_class"] == "II"


def test_visit_before_consent_is_refused(record: ScreeningRecord, browser: Client) -> None:
    early = record.screening_date - timedelta(days=30)
    day = {
        "screening_date-year": f"{early:%Y}",
        "screening_date-month": f"{early:%m}",
        "screening_date-day": f"{early:%d}",
    }
    refused = post_card(browser, record, "visit", {**day, "reason_code": "typing"})
    assert refused.status_code == 422
    assert "before consent" in text(refused)


def test_unknown_field_is_refused(record: ScreeningRecord, browser: Client) -> None:
    refused = post_card(browser, record, "E12", {"abuse_history": "no", "heart_failure": "no"})
    assert refused.status_code == 422
    assert "does not know the field heart_failure" in text(refused)
    assert AnswerRevision.objects.count() == 0


def test_judgement_and_derived_items_are_not_typed(record: ScreeningRecord, browser: Client) -> None:
    for card, name in (("E7", "e7_investigator"), ("I2", "birth_date"), ("E7", "e7_rationale")):
        assert post_card(browser, record, card, {name: "no"}).status_code == 422
    page = text(browser.get(address(record, "record")))
    assert 'name="e7_investigator"' not in page
    assert "Is there uncontrolled or rapidly progressive myositis or ILD" in page


def test_only_who_enters_data_here_may_save(record: ScreeningRecord) -> None:
    for role in ("monitor", "admin"):
        reader = signed_in(person(role))
        assert reader.get(address(record, "record")).status_code == 200
        assert post_card(reader, record, "E12", {"abuse_history": "nonsense"}).status_code == 403
        page = text(reader.get(address(record, "record")))
        assert 'class="p-cardform' not in page
        assert "1979-03-02" not in page
        assert "2 Mar 1979" not in page
        assert "Show identity" not in page


def test_record_of_another_site_does_not_exist(record: ScreeningRecord) -> None:
    stranger = signed_in(person("coordinator", site_ready("77")))
    for name, more in (("record", ()), ("card", ("E12",)), ("discontinue", ()), ("sheet", ("cdasi_worksheet",))):
        assert stranger.get(address(record, name, *more)).status_code == 404
    assert post_card(stranger, record, "E12", {"abuse_history": "no"}).status_code == 404
    assert stranger.post(address(record, "submit")).status_code == 404
    assert stranger.get(reverse("screening:open", args=[record.participant.number])).status_code == 404


def test_submitted_record_is_read_only(record: ScreeningRecord, browser: Client, coordinator: User) -> None:
    post_card(browser, record, "E12", {"abuse_history": "no"})
    submit(by=coordinator, at=AT, record=record)
    page = text(browser.get(address(record, "record")))
    assert 'class="p-cardform' not in page
    assert "Submit to the investigator" not in page
    refused = post_card(browser, record, "E12", {"abuse_history": "yes", "reason_code": "typing"})
    assert refused.status_code == 422
    assert "its answers are not changed now" in text(refused)


UNCOUNTED = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SELECT set_config")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements of a block, but those of transactions, sessions and the ledger's context."""
    counted: list[str] = []
    with CaptureQueriesContext(
        connection,
    ) as captured:
        yield counted
    for query in captured.captured_queries:
        sql = query["sql"]
        if not sql.startswith(UNCOUNTED) and "django_session" not in sql:
            counted.append(sql)


@pytest.mark.parametrize("how", [{}, HTMX], ids=["whole page", "htmx"])
def test_saving_a_card_takes_at_most_twelve_statements(
    record: ScreeningRecord, browser: Client, how: dict[str, str]
) -> None:
    post_card(browser, record, "E3", {**taken(3), "hgb_value": "120", "heart_failure": "no"})
    key = ResultSet.objects.get().pk
    changed = {"cbc-set": str(key), "hgb_value": "119", "heart_failure": "no", "reason_code": "typing"}
    post_card(browser, record, "E12", {"abuse_history": "no"})
    where = address(record, "card", "E3")
    with statements() as counted:
        response = browser.post(where, {"revision": "1", **changed}, **how)
    assert response.status_code in (200, 303)
    assert len(counted) <= 12, "\n".join(counted)


def test_page_costs_the_same_however_much_is_on_file(record: ScreeningRecord, browser: Client) -> None:
    browser.get(address(record, "record"))
    with statements() as before:
        browser.get(address(record, "record"))
    for number in range(4):
        post_card(browser, record, "E3", {"cbc-set": "", **taken(number), "hgb_value": "120"})
        place = {"title": f"Report {number}", "location": "ward", "criteria": ["E3"]}
        assert browser.post(address(record, "document-add", "E3"), place).status_code == 303
    browser.get(address(record, "record"))
    with statements() as after:
        browser.get(address(record, "record"))
    assert len(after) == len(before), "\n".join(after)


def test_sent_date_may_stand_in_one_field(record: ScreeningRecord, browser: Client) -> None:
    post_card(browser, record, "E13", {"major_surgery_ever": "yes", "major_surgery_date": "2019-07"})
    record.refresh_from_db()
    assert record.answers["major_surgery_date"] == "2019-07"
    assert "Read as: some day in July 2019" in text(browser.get(address(record, "record")))
