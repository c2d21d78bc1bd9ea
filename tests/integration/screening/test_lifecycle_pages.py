"""Opening, submitting, discontinuing, opening anew; the answers to queries; what a participant's page shows of it."""

from __future__ import annotations

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from screening.actions.queries import ask_query
from screening.actions.records import submit
from screening.models import Query, ResultSet, ScreeningRecord
from tests.factories import ParticipantFactory, consented, identity, person, site_ready
from tests.integration.screening.typing_in import PARTS, address, now, post_card, signed_in
from trial_portal.accounts.models import Site, User
from trial_portal.participants.actions import strike_participant
from trial_portal.participants.models import Participant

pytestmark = pytest.mark.django_db
AT = now()


@pytest.fixture
def site() -> Site:
    return site_ready()


@pytest.fixture
def coordinator(site: Site) -> User:
    return person("coordinator", site)


@pytest.fixture
def browser(coordinator: User) -> Client:
    return signed_in(coordinator)


@pytest.fixture
def participant(site: Site) -> Participant:
    return consented(site, on=site.day(AT) - timedelta(days=1))


def on(name: str, day: date) -> dict[str, str]:
    """A date as its three boxes."""
    return dict(zip((f"{name}-{part}" for part in PARTS), day.isoformat().split("-"), strict=True))


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def opened(browser: Client, participant: Participant, day: date) -> Any:
    return browser.post(reverse("screening:open", args=[participant.number]), on("screening_date", day))


def test_open_a_screening(browser: Client, participant: Participant) -> None:
    where = reverse("screening:open", args=[participant.number])
    assert browser.get(where).status_code == 200
    assert browser.post(where, {}).status_code == 422
    today = participant.site.day(AT)
    assert "cannot be in the future" in text(opened(browser, participant, today + timedelta(days=1)))
    assert "cannot be before consent" in text(opened(browser, participant, today - timedelta(days=9)))
    assert opened(browser, participant, today).status_code == 303
    assert "not ended" in text(opened(browser, participant, today))
    page = text(browser.get(reverse("participants:participant", args=[participant.number])))
    assert f'href="{address(ScreeningRecord.objects.get(), "record")}"' in page


def test_nobody_is_screened_without_consent(browser: Client, site: Site) -> None:
    bare = ParticipantFactory(site=site)
    identity(bare)
    assert "has no consent that stands" in text(opened(browser, bare, site.day(AT)))
    page = text(browser.get(reverse("participants:participant", args=[bare.number])))
    assert reverse("screening:open", args=[bare.number]) not in page


def test_discontinue_and_try_again(browser: Client, participant: Participant) -> None:
    today = participant.site.day(AT)
    opened(browser, participant, today)
    record = ScreeningRecord.objects.get()
    where = address(record, "discontinue")
    assert browser.get(where).status_code == 200
    assert browser.post(where, {}).status_code == 422
    other = browser.post(where, {"code": "other", **on("happened_on", today)})
    assert "Say in words why the attempt ends." in text(other)
    assert browser.post(where, {"code": "declined", **on("happened_on", today)}).status_code == 303
    record.refresh_from_db()
    assert record.status == "discontinued"
    assert "Submit to the investigator" not in text(browser.get(address(record, "record")))
    assert opened(browser, participant, today).status_code == 303
    assert ScreeningRecord.objects.filter(attempt=2).count() == 1


def test_reasons_say_nobodys_name(browser: Client, participant: Participant) -> None:
    today = participant.site.day(AT)
    opened(browser, participant, today)
    record = ScreeningRecord.objects.get()
    for reason in ("Li Hua moved away", "call 0791 8689 5555", "a@b.cn"):
        sent = {"code": "other", "reason": reason, **on("happened_on", today)}
        assert "Coded pages show it" in text(browser.post(address(record, "discontinue"), sent))
    post_card(browser, record, "E3", {"hgb_value": "120", "hgb_unit": "g/L", **on("cbc_date", today)})
    strike = address(record, "result-strike", ResultSet.objects.get().pk)
    assert "Coded pages show it" in text(browser.post(strike, {"reason": "of Li Hua's brother"}))
    assert not ResultSet.objects.get().is_struck


def test_nothing_but_its_end_is_recorded_of_somebody_entered_in_error(
    browser: Client, participant: Participant, coordinator: User
) -> None:
    today = participant.site.day(AT)
    opened(browser, participant, today)
    record = ScreeningRecord.objects.get()
    strike_participant(by=coordinator, at=AT, participant=participant, reason="Registered twice.")
    for response in (
        post_card(browser, record, "E3", {"hgb_value": "120", **on("cbc_date", today)}),
        browser.post(address(record, "submit")),
        browser.post(address(record, "document-add", "E3"), {"title": "R", "criteria": ["E3"], "location": "ward"}),
    ):
        assert response.status_code == 422
        assert "was entered in error; nothing more is recorded there." in text(response)
    assert ResultSet.objects.count() == 0
    assert browser.post(address(record, "discontinue"), {"code": "declined", **on("happened_on", today)}).url
    record.refresh_from_db()
    assert record.status == "discontinued"


def test_submit_hands_it_over(browser: Client, participant: Participant) -> None:
    opened(browser, participant, participant.site.day(AT))
    record = ScreeningRecord.objects.get()
    assert browser.get(address(record, "submit")).status_code == 405
    assert browser.post(address(record, "submit")).status_code == 303
    record.refresh_from_db()
    assert record.status == "submitted"
    again = browser.post(address(record, "submit"))
    assert again.status_code == 422
    assert "Not done." in text(again)


def test_query_is_answered_on_its_card(
    browser: Client, participant: Participant, coordinator: User, site: Site
) -> None:
    opened(browser, participant, site.day(AT))
    record = ScreeningRecord.objects.select_related("participant__site").get()
    submit(by=coordinator, at=AT, record=record)
    record.refresh_from_db()
    investigator = person("investigator", site, printed_name="Dr Liu")
    query = ask_query(by=investigator, at=AT, record=record, criterion="E9", question="On which day in July?")
    page = text(browser.get(address(record, "record")))
    assert "from Dr Liu" in page
    assert "On which day in July?" in page
    where = address(record, "answer-query", query.pk)
    assert browser.post(where, {"answer": " "}).status_code == 422
    assert signed_in(person("monitor")).post(where, {"answer": "x"}).status_code == 403
    assert browser.post(where, {"answer": "On the 20th."}).status_code == 303
    assert Query.objects.get().answer == "On the 20th."
    assert "On the 20th." in text(browser.get(address(record, "record")))
    assert "answered already" in text(browser.post(where, {"answer": "again"}))


def test_card_is_a_page_of_its_own(browser: Client, participant: Participant) -> None:
    opened(browser, participant, participant.site.day(AT))
    record = ScreeningRecord.objects.get()
    assert 'id="form-E12"' in text(browser.get(address(record, "card", "E12")))
    assert browser.get(address(record, "card", "E99")).status_code == 404
    assert post_card(browser, record, "E99", {}).status_code == 404
