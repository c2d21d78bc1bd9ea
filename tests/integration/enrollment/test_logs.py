"""The logs: columns, filters, as of a moment, downloads (documents.md)."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.actions import enroll, withdraw
from enrollment.logs import ENROLLMENT, SCREENING, Asked
from enrollment.logs.download import safe
from screening.actions.records import discontinue
from screening.actions.review import return_record
from screening.models import AnswerRevision, ScreeningRecord
from screening.selectors import load
from tests.factories import AT, person, site_ready
from tests.integration.enrollment.copied import copied
from tests.integration.enrollment.history import Moments, backdate
from tests.integration.enrollment.signed import fresh, open_recruitment, signed
from tests.integration.screening.worked import ANYWHERE, handed_in, opened, ready
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import Authority
from trial_portal.participants.models import Consent

pytestmark = pytest.mark.django_db
NOW = Asked(ANYWHERE, AT)


def rows(asked: Asked = NOW, document=SCREENING):  # type: ignore[no-untyped-def]
    return list(document.all(asked))


def content(client: Client, user: User, name: str, query: str = "") -> list[list[str]]:
    client.force_login(user)
    answer = client.get(reverse(name) + query)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))


# -- the screening log -------------------------------------------------------------------------------------------------


def test_a_screen_failure_names_its_criteria() -> None:
    world = ready("SUBJ-03")
    world.sign("screen_failure")
    row = rows()[0]
    assert (row.status, row.eligible, row.failing, row.other) == ("screen_failure", "no", ("E3",), "")
    assert (row.consented, row.screened) == (date(2026, 10, 14), date(2026, 10, 15))
    assert row.protocol == settings.PROTOCOL.label


def test_eligible_is_told_only_of_what_is_signed() -> None:
    world = handed_in()
    assert [(row.status, row.eligible) for row in rows()] == [("submitted", "")]
    world.judge_as("SUBJ-01")
    world.confirm()
    world.sign()
    assert [(row.status, row.eligible, row.failing) for row in rows()] == [("eligible", "yes", ())]


@pytest.mark.django_db(transaction=True)
def test_what_was_submitted_counts_until_it_goes_back() -> None:
    world = handed_in("SUBJ-03")
    assert rows()[0].failing == ("E3",)
    return_record(by=world.investigator, at=AT, record=world.record, reason="Check the blood count.")
    backdate(world.record)
    assert rows()[0].failing == ()


def test_a_withdrawn_person_is_not_shown_as_not_eligible() -> None:
    world = opened("SUBJ-01", skip=("E3",))
    discontinue(by=world.coordinator, at=AT, record=world.record, code="withdrew", happened_on=date(2026, 10, 20))
    row = rows()[0]
    assert (row.status, row.eligible, row.failing, row.other) == ("discontinued", "", (), "withdrew")


def test_filters_by_status_and_criterion() -> None:
    world = ready("SUBJ-03")
    world.sign("screen_failure")
    assert len(rows(Asked(ANYWHERE, AT, status="screen_failure"))) == 1
    assert rows(Asked(ANYWHERE, AT, status="eligible")) == []
    assert len(rows(Asked(ANYWHERE, AT, criterion="E3"))) == 1
    assert rows(Asked(ANYWHERE, AT, criterion="I4")) == []


def test_orders() -> None:
    world = signed()
    copied(world, 1)
    numbers = [row.number for row in rows()]
    assert [row.number for row in rows(Asked(ANYWHERE, AT, sort="number"))] == numbers[::-1]
    assert [row.number for row in rows(Asked(ANYWHERE, AT, sort="-number"))] == numbers
    assert len(rows(Asked(ANYWHERE, AT, sort="nonsense"))) == 2


def test_another_sites_rows_are_not_there(client: Client) -> None:
    world = signed()
    elsewhere = person("coordinator", site_ready("77"))
    client.force_login(elsewhere)
    for name in ("logs:screening", "logs:enrollment", "deviations:list", "flow:overview"):
        answer = client.get(reverse(name), {"site": world.site.pk})
        assert world.record.participant.number not in answer.content.decode()
    assert rows(Asked(Authority(), AT)) == []


# -- as of a moment ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_log_as_of_then_made_now_shows_what_stood_then() -> None:
    world = signed()
    enrollment = enroll(by=world.coordinator, at=AT, record=world.record)
    withdraw(by=world.coordinator, at=AT, enrollment=enrollment, code="lost", happened_on=date(2026, 10, 20))
    moments: Moments = backdate(world.record)

    def then(name: str) -> tuple[str, str, str]:
        found = rows(Asked(ANYWHERE, AT, moments[name] + timedelta(seconds=1)))
        return (found[0].status, found[0].eligible, found[0].enrollment)

    assert rows(Asked(ANYWHERE, AT, moments["open"] - timedelta(seconds=1))) == []
    assert then("open") == ("in_progress", "", "")
    assert then("submit") == ("submitted", "", "")
    assert then("sign eligible") == ("eligible", "yes", "")
    assert then("enroll") == ("enrolled", "yes", "01-001")

    def enrolled(name: str) -> list[tuple[str, str]]:
        asked = Asked(ANYWHERE, AT, moments[name] + timedelta(seconds=1))
        return [(row.enrollment, row.status) for row in rows(asked, ENROLLMENT)]

    assert enrolled("sign eligible") == []
    assert enrolled("enroll") == [("01-001", "enrolled")]
    assert enrolled("withdraw") == [("01-001", "withdrawn")]
    status = Asked(ANYWHERE, AT, moments["enroll"] + timedelta(seconds=1), status="withdrawn")
    assert rows(status, ENROLLMENT) == []


@pytest.mark.django_db(transaction=True)
def test_a_status_then_is_what_is_filtered_by() -> None:
    world = signed()
    moments = backdate(world.record)
    then = moments["submit"] + timedelta(seconds=1)
    assert len(rows(Asked(ANYWHERE, AT, then, status="submitted"))) == 1
    assert rows(Asked(ANYWHERE, AT, then, status="eligible")) == []
    assert len(rows(Asked(ANYWHERE, AT, status="eligible"))) == 1


def test_a_consent_struck_later_stood_then() -> None:
    world = signed()
    Consent.objects.update(struck_by=world.coordinator, struck_at=datetime.now(UTC) + timedelta(days=1))
    assert rows(Asked(ANYWHERE, AT, datetime.now(UTC)))[0].consented == date(2026, 10, 14)
    assert rows()[0].consented is None


def test_a_visit_moved_later_had_its_day_then() -> None:
    world = signed()
    visit = load(fresh(world.record), AT).cards["visit"].items[0]
    ScreeningRecord.objects.filter(pk=world.record.pk).update(screening_date=date(2026, 10, 16))
    later = datetime.now(UTC) + timedelta(days=2)
    AnswerRevision.objects.create(
        record=world.record, item=visit.name, old="2026-10-15", new="2026-10-16", revision=99, by=world.coordinator,
        at=later,
    )  # fmt: skip
    assert rows(Asked(ANYWHERE, AT, datetime.now(UTC)))[0].screened == date(2026, 10, 15)
    assert rows()[0].screened == date(2026, 10, 16)


# -- downloads ---------------------------------------------------------------------------------------------------------


def test_the_download_says_what_it_is_and_has_every_row(client: Client) -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=world.record)
    lines = content(client, world.coordinator, "logs:screening-csv")
    head = {line[0]: line[1] for line in lines[: lines.index([])]}
    assert head["document"] == "Screening log, coded"
    assert head["study"] == settings.STUDY["title"]
    assert head["registry_number"] == settings.STUDY["registry_number"]
    assert head["protocol_version"] == settings.PROTOCOL.label
    assert head["as_of_utc"].endswith("+00:00")
    assert head["as_of_site"].endswith("Asia/Shanghai")
    assert head["asked_by"] == "Chen Yulan"
    assert head["software_version"]
    assert "apostrophe" in head["note"]
    names, *body = lines[lines.index([]) + 1 :]
    assert names == [column.name for column in SCREENING.columns]
    row = dict(zip(names, body[0], strict=True))
    assert len(body) == 1
    assert row["screening_number"] == world.record.participant.number
    assert (row["status"], row["eligible"], row["enrollment_number"]) == ("enrolled", "yes", "01-001")
    assert row["site"] == "01"


def test_the_enrollment_log_names_who_signed_and_who_enrolled(client: Client) -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=world.record)
    lines = content(client, person("monitor"), "logs:enrollment-csv")
    names, body = lines[lines.index([]) + 1 :]
    row = dict(zip(names, body, strict=True))
    assert (row["enrolled_by"], row["eligibility_signed_by"]) == ("Chen Yulan", "Dr Liu Wenhai")
    assert row["signed_at"] == "2026-10-20T14:00+08:00"
    assert row["status_date"] == "2026-10-20"


def test_cells_that_a_spreadsheet_would_run_are_neutralised(client: Client) -> None:
    for text in ("=1+1", "+1", "-1", "@x", "\tx", "\rx"):
        assert safe(text) == f"'{text}"
    assert safe("E3") == "E3"
    world = signed()
    type(world.coordinator).objects.filter(pk=world.coordinator.pk).update(printed_name="=HYPERLINK(1)")
    enroll(by=world.coordinator, at=AT, record=world.record)
    lines = content(client, person("monitor"), "logs:enrollment-csv")
    assert "'=HYPERLINK(1)" in lines[-1]


def test_no_identity_is_in_any_log(client: Client) -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=world.record)
    client.force_login(world.coordinator)
    for name in ("logs:screening", "logs:enrollment", "deviations:list", "flow:overview"):
        text = client.get(reverse(name)).content.decode()
        assert "Li Hua" not in text
        assert "1979-03-02" not in text
    for name in ("logs:screening-csv", "logs:enrollment-csv", "deviations:csv"):
        assert "Li Hua" not in str(content(client, world.coordinator, name))


# -- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "says"),
    [("20-10-2026", "Write a day as"), ("2026-13-01", "Write a day as"), ("2099-01-01", "lies in the future"),
     ("2099-01-01 10:00", "lies in the future"), ("2026-10-20T10:00:00+08:00", "Write a day as")],
)  # fmt: skip
def test_a_moment_that_is_none_is_told_and_nothing_is_shown(client: Client, as_of: str, says: str) -> None:
    world = signed()
    client.force_login(world.coordinator)
    answer = client.get(reverse("logs:screening"), {"as_of": as_of})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert says in text
    assert f'value="{as_of}"' in text
    assert world.record.participant.number not in text
    assert client.get(reverse("logs:screening-csv"), {"as_of": as_of}).status_code == 422


def test_a_log_costs_the_same_however_long_it_is(client: Client) -> None:
    world = signed()
    open_recruitment()
    client.force_login(world.coordinator)

    def cost(name: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(reverse(name))
        return len(counted)

    names = ("logs:screening", "logs:enrollment", "flow:overview", "deviations:list")
    more = [copied(world, number) for number in range(1, 4)]
    enroll(by=world.coordinator, at=AT, record=world.record)
    before = {name: cost(name) for name in names}
    for record in more:
        enroll(by=world.coordinator, at=AT, record=record)
    assert {name: cost(name) for name in names} == before
