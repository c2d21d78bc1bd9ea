"""Enrolling: number, steps, record; the last place; what follows enrollment (design: "The records", Enrollment)."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from enrollment.actions import complete, enroll, find_ineligible, withdraw
from enrollment.models import Enrollment, EnrollmentStep, Recruitment, SiteEnrollmentCounter
from enrollment.refusals import NotYet
from screening.models import Evaluation, ScreeningRecord, ScreeningStep
from tests.factories import AT, person, site_ready
from tests.integration.enrollment.signed import keys, open_recruitment, signed
from tests.integration.screening.worked import World
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants.actions import withdraw_consent
from trial_portal.participants.models import Deviation

TODAY = date(2026, 10, 20)


@pytest.mark.django_db
def test_enrolling_gives_a_number_and_leaves_its_steps() -> None:
    world = signed()
    enrollment = enroll(by=world.coordinator, at=AT, record=world.record)
    assert (enrollment.number, enrollment.status, enrollment.enrolled_on) == ("01-001", "enrolled", TODAY)
    assert enrollment.evaluation == Evaluation.objects.get(record=world.record, kind="signed")
    assert ScreeningRecord.objects.get(pk=world.record.pk).status == "enrolled"
    assert ScreeningStep.objects.latest("id").action == "enroll"
    step = EnrollmentStep.objects.get()
    assert (step.action, step.source, step.target, step.by) == ("enroll", "", "enrolled", world.coordinator)


@pytest.mark.django_db
def test_nobody_is_enrolled_twice() -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=world.record)
    with pytest.raises(NotYet, match="one thing stands in the way"):
        enroll(by=world.coordinator, at=AT, record=world.record)
    assert keys(world) == ["enrolled"]
    assert SiteEnrollmentCounter.objects.get().last == 1


@pytest.mark.django_db
def test_only_those_delegated_to_enroll_there_do() -> None:
    world = signed()
    others = [person("monitor"), person("admin"), person("coordinator", site_ready("77"))]
    plain = person("coordinator", world.site)
    plain.delegations.update(tasks=["enter_data"])
    for other in (*others, plain):
        with pytest.raises(NotPermitted):
            enroll(by=other, at=AT, record=world.record)
    assert not Enrollment.objects.exists()


@pytest.mark.django_db
def test_locks_are_taken_in_the_order_of_the_design() -> None:
    world = signed()
    with CaptureQueriesContext(connection) as counted:
        enroll(by=world.coordinator, at=AT, record=world.record)
    locks = [query["sql"].split('FROM "')[1].split('"')[0] for query in counted if "FOR UPDATE" in query["sql"]]
    wanted = [
        "enrollment_recruitment",
        "enrollment_siteenrollmentcounter",
        "participants_participant",
        "participants_consent",
        "screening_screeningrecord",
        "enrollment_enrollment",
    ]
    assert list(dict.fromkeys(locks)) == wanted


def copies(world: World, count: int) -> list[ScreeningRecord]:
    """More people like the first, signed as eligible as well: rows copied, identities of their own."""
    from tests.integration.enrollment.copied import copied

    return [world.record, *(copied(world, number) for number in range(1, count))]


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_for_the_last_place() -> None:
    world = signed()
    records = copies(world, 20)
    open_recruitment(target=1)
    done: list[str] = []
    told: list[str] = []
    start = threading.Barrier(len(records))

    def one(record: ScreeningRecord) -> None:
        try:
            start.wait()
            done.append(enroll(by=world.coordinator, at=AT, record=record).number)
        except NotYet as refused:
            told.extend(blocker.title for blocker in refused.gate.blockers)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(record,)) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == ["01-001"]
    assert told == ["The one place is filled"] * 19
    assert SiteEnrollmentCounter.objects.get().last == 1
    assert Enrollment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twelve_at_once_get_numbers_without_gap_or_double() -> None:
    world = signed()
    records = copies(world, 12)
    done: list[str] = []

    def one(record: ScreeningRecord) -> None:
        try:
            done.append(enroll(by=world.coordinator, at=AT, record=record).number)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(record,)) for record in records]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [f"01-{number:03}" for number in range(1, 13)]


@pytest.mark.django_db
def test_a_refused_enrollment_uses_no_number() -> None:
    world = signed()
    Recruitment.objects.update(is_open=False)
    with pytest.raises(NotYet):
        enroll(by=world.coordinator, at=AT, record=world.record)
    Recruitment.objects.update(is_open=True)
    assert enroll(by=world.coordinator, at=AT, record=world.record).number == "01-001"


# -- what follows ------------------------------------------------------------------------------------------------------


@pytest.fixture
def enrolled(db: None) -> tuple[World, Enrollment]:
    world = signed()
    return world, enroll(by=world.coordinator, at=AT, record=world.record)


def test_withdrawn_with_a_coded_reason(enrolled: tuple[World, Enrollment]) -> None:
    world, enrollment = enrolled
    row = withdraw(
        by=world.coordinator, at=AT, enrollment=enrollment, code="lost", happened_on=TODAY, reason="Moved away."
    )
    step = EnrollmentStep.objects.latest("id")
    assert row.status == "withdrawn"
    assert (step.action, step.source, step.target, step.code) == ("withdraw", "enrolled", "withdrawn", "lost")
    with pytest.raises(Refused, match="Withdrawn"):
        complete(by=world.coordinator, at=AT, enrollment=enrollment, code="planned", happened_on=TODAY)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"code": "tired"}, "Choose why"),
        ({"code": "other"}, "Say in words"),
        ({"happened_on": TODAY + timedelta(days=1)}, "future"),
        ({"happened_on": TODAY - timedelta(days=1)}, "after this day"),
        ({"reason": "Call 13900000000"}, "long number"),
    ],
)
def test_what_cannot_be_is_refused(enrolled: tuple[World, Enrollment], changed: dict[str, object], says: str) -> None:
    world, enrollment = enrolled
    facts = {"code": "lost", "happened_on": TODAY, "reason": ""} | changed
    with pytest.raises(Refused, match=says):
        withdraw(by=world.coordinator, at=AT, enrollment=enrollment, **facts)
    assert Enrollment.objects.get().status == "enrolled"


def test_found_ineligible_opens_a_deviation_and_lets_the_rest_stand(enrolled: tuple[World, Enrollment]) -> None:
    world, enrollment = enrolled
    criterion = world.review().loaded.protocol.criteria[-1].id
    facts = {"enrollment": enrollment, "criterion": criterion, "discovered_on": TODAY, "reason": "A report came late."}
    with pytest.raises(NotPermitted):
        find_ineligible(by=world.coordinator, at=AT, **facts)
    deviation = find_ineligible(by=world.investigator, at=AT, **facts)
    assert (deviation.kind, deviation.criterion, deviation.what) == ("ineligible", criterion, "A report came late.")
    assert (deviation.happened_on, deviation.discovered_on) == (TODAY, TODAY)
    assert Deviation.objects.count() == 1
    enrollment.refresh_from_db()
    assert enrollment.status == "ineligible"
    assert ScreeningRecord.objects.get(pk=world.record.pk).status == "enrolled"
    withdraw(by=world.coordinator, at=AT, enrollment=enrollment, code="deviation", happened_on=TODAY)
    assert [step.target for step in EnrollmentStep.objects.all()] == ["enrolled", "ineligible", "withdrawn"]


@pytest.mark.parametrize(("withdrawn", "left"), [(TODAY, TODAY), (TODAY - timedelta(days=2), TODAY)])
def test_withdrawn_consent_ends_the_enrollment(enrolled: tuple[World, Enrollment], withdrawn: date, left: date) -> None:
    world, enrollment = enrolled
    participant = world.record.participant
    withdraw_consent(by=world.coordinator, at=AT, participant=participant, withdrawn_on=withdrawn)
    enrollment.refresh_from_db()
    step = EnrollmentStep.objects.latest("id")
    assert enrollment.status == "withdrawn"
    assert (step.action, step.code, step.event_date) == ("withdraw", "participant", left)
