"""What waits for coordinators and investigators of screening records, and that it leaves when it is done."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.actions import enroll
from screening.actions.queries import answer_query, ask_query
from screening.actions.review import return_record
from screening.actions.signing import reopen
from screening.models import Query, ScreeningRecord
from tests.factories import AT, person, site_ready
from tests.integration.enrollment.copied import copied
from tests.integration.enrollment.moment import stop_the_clock
from tests.integration.enrollment.signed import open_recruitment, signed
from tests.integration.screening.worked import World, handed_in, opened
from trial_portal.accounts.models import User
from trial_portal.participants.models import Participant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def then(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_the_clock(monkeypatch)


def waits(client: Client, user: User) -> str:
    client.force_login(user)
    text = " ".join(client.get(reverse("home")).content.decode().split())
    return text[text.index("Waiting for you") : text.index("Recruitment</h2>")]


def number(world: World) -> str:
    return world.record.participant.number


def test_a_submitted_record_waits_for_investigators_alone(client: Client) -> None:
    world = handed_in()
    assert f"{number(world)}</a> waits for your review" in waits(client, world.investigator)
    assert "your review" not in waits(client, world.coordinator)
    assert number(world) not in waits(client, person("investigator", site_ready("77")))


def test_a_returned_record_waits_with_its_query_until_both_are_answered(client: Client) -> None:
    world = handed_in()
    ask_query(by=world.investigator, at=AT, record=world.record, criterion="E9", question="On which day in July?")
    return_record(by=world.investigator, at=AT, record=world.record, reason="One query.")
    text = waits(client, world.coordinator)
    assert "Dr Liu Wenhai asks about E9 in" in text
    assert "“On which day in July?”" in text
    assert f"{number(world)}</a> came back" in text
    assert "“One query.”" in text
    answer_query(by=world.coordinator, at=AT, query=Query.objects.get(), answer="The 20th.")
    text = waits(client, world.coordinator)
    assert "asks about" not in text
    assert "came back" in text
    ScreeningRecord.objects.get(pk=world.record.pk)
    world.submit()
    assert "came back" not in waits(client, world.coordinator)


def test_an_eligible_record_says_what_lapses_first(client: Client) -> None:
    world = signed()
    text = waits(client, world.coordinator)
    assert f"{number(world)}</a> is eligible, and not enrolled yet" in text
    assert "counts until" in text
    assert reverse("enrollment:gate", args=[number(world), 1]) in text
    enroll(by=world.coordinator, at=AT, record=world.record)
    assert "not enrolled yet" not in waits(client, world.coordinator)


def test_a_record_in_progress_waits_and_its_window_too(client: Client) -> None:
    world = opened("SUBJ-01", skip=("E3",))
    assert f"{number(world)}</a> is in progress" in waits(client, world.coordinator)
    ScreeningRecord.objects.filter(pk=world.record.pk).update(screening_date="2026-09-24")
    text = waits(client, world.coordinator)
    assert "The screening window of" in text
    assert "ends on 22 Oct 2026" in text
    assert "is in progress" not in text
    ScreeningRecord.objects.filter(pk=world.record.pk).update(screening_date="2026-09-20")
    assert "ended on 18 Oct 2026" in waits(client, world.coordinator)


def test_a_signature_that_was_voided_is_told_to_its_signer(client: Client) -> None:
    world = signed()
    reopen(by=world.coordinator, at=AT, record=world.record, reason="A new result came in.")
    text = waits(client, world.investigator)
    assert "Your signature on <a href" in text
    assert "“A new result came in.”" in text
    assert "Your signature" not in waits(client, person("investigator", world.site))


def test_who_withdraws_consent_in_the_study_is_withdrawn_from_it(client: Client) -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=world.record)
    Participant.objects.filter(pk=world.record.participant_id).update(status="withdrawn")
    text = waits(client, world.coordinator)
    assert "withdrew consent, and is in the study as 01-001" in text
    assert reverse("enrollment:withdraw", args=[number(world)]) in text
    panel = client.get(reverse("participants:participant", args=[number(world)])).content.decode()
    assert "01-001" in panel


def test_recruitment_counts_open_their_rows(client: Client) -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=copied(world, 1))
    open_recruitment(target=10)
    client.force_login(world.coordinator)
    text = " ".join(client.get(reverse("home")).content.decode().split())
    assert "1 of 10 places are filled" in text
    log = reverse("logs:screening")
    assert f'<a href="{log}?status=open">1</a>' in text
    assert f'<a href="{reverse("logs:enrollment")}">1</a>' in text
    behind = client.get(log, {"status": "open"}).content.decode()
    assert behind.count('role="rowheader"') == 1
    assert number(world) in behind


def test_it_costs_the_same_however_much_waits(client: Client) -> None:
    world = signed()
    copied(world, 1)
    client.force_login(world.coordinator)

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            client.get(reverse("home"))
        return len(counted)

    before = cost()
    for count in range(2, 9):
        copied(world, count)
    assert cost() == before
