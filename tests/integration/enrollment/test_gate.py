"""The gate as a truth table: nothing in the way, each blocker alone, all together (design: "The gate")."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment import gate
from enrollment.actions import enroll
from enrollment.models import Enrollment, EnrollmentStep, Recruitment
from enrollment.refusals import NotYet
from screening.actions.records import discontinue
from screening.actions.signing import reopen
from screening.models import Evaluation, ResultSet, ScreeningRecord
from tests.factories import AT, IcfVersionFactory, ParticipantFactory, SiteFactory, identity, person
from tests.integration.enrollment.signed import fresh, keys, signed
from tests.integration.screening.worked import ANYWHERE, World
from trial_portal.accounts.models import Delegation, SiteApproval
from trial_portal.accounts.permissions import Authority, Grant, Role
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.refusals import NotPermitted
from trial_portal.participants.models import (
    Consent,
    ConsentWithdrawal,
    IcfVersion,
    Identity,
    Participant,
    PossibleDuplicate,
)
from trial_portal.signatures.models import Signature

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 20)


def twin(world: World, code: str = "09", **kwargs: str) -> Participant:
    """Somebody at another site with the same name and birth date."""
    mine = Identity.objects.get(participant=world.record.participant)
    other = ParticipantFactory(site=SiteFactory(code=code))
    identity(other, mine.name, mine.birth_date, **kwargs)
    return other


def enrolled_twin(world: World) -> Participant:
    """The same, enrolled there."""
    other = twin(world)
    record = ScreeningRecord.objects.create(
        participant=other, attempt=1, screening_date=TODAY, status="enrolled", opened_by=world.coordinator
    )
    evaluation = Evaluation.objects.create(record=record, kind="signed", items={}, results={}, by=world.investigator)
    Enrollment.objects.create(
        participant=other,
        record=record,
        evaluation=evaluation,
        site=other.site,
        number="09-001",
        enrolled_on=TODAY,
        by=world.coordinator,
    )
    return other


def pair(world: World, other: Participant, same: bool | None = None) -> None:
    PossibleDuplicate.objects.create(
        participant=world.record.participant, other=other, match="person", explanation="–", same=same
    )


def consent_withdrawn(world: World) -> None:
    participant = world.record.participant
    ConsentWithdrawal.objects.create(participant=participant, withdrawn_on=TODAY, recorded_by=world.coordinator)
    Participant.objects.filter(pk=participant.pk).update(status="withdrawn")


def newer_version(world: World) -> None:
    IcfVersionFactory(site=world.site, label="v9.0", effective_from=date(2026, 10, 19))


def version_expired(world: World) -> None:
    IcfVersion.objects.filter(site=world.site).update(expires_on=date(2026, 10, 19))


def answer_changed(world: World) -> None:
    """Past every action, as a hand in the database would."""
    ScreeningRecord.objects.filter(pk=world.record.pk).update(
        answers={**fresh(world.record).answers, "abuse_history": "yes"}
    )


def approval_ended(world: World) -> None:
    SiteApproval.objects.filter(site=world.site).update(expires_on=date(2026, 10, 19))


def approval_of_another_version(world: World) -> None:
    SiteApproval.objects.filter(site=world.site).update(protocol_label="another/1.0")


def signer_not_delegated(world: World) -> None:
    Delegation.objects.filter(user=world.investigator).update(until=date(2026, 10, 19))


def signer_without_the_task(world: World) -> None:
    Delegation.objects.filter(user=world.investigator).update(tasks=["enroll"])


def signer_entered_answers(world: World) -> None:
    """As if the investigator had opened the record, and so entered the day of the visit."""
    ScreeningRecord.objects.filter(pk=world.record.pk).update(opened_by=world.investigator)


def signature_moved(world: World) -> None:
    """The signature row of another record, copied."""
    mine = Evaluation.objects.get(record=world.record, kind="signed")
    copy = Signature.objects.get(pk=mine.signature_id)
    copy.pk, copy.record_id = None, copy.record_id + 1000
    copy.save()
    Evaluation.objects.create(
        record=world.record,
        kind="signed",
        items=mine.items,
        results=mine.results,
        subject=mine.subject,
        digest=mine.digest,
        signature=copy,
        by=mine.by,
    )


def recruitment_closed(world: World) -> None:
    Recruitment.objects.update(is_open=False)


def no_place_left(world: World) -> None:
    other = enrolled_twin(world)
    Identity.objects.filter(participant=other).update(name_index="", person_index="")
    Recruitment.objects.update(target=1)


def duplicate_open(world: World) -> None:
    pair(world, twin(world))


def same_person(world: World) -> None:
    pair(world, twin(world), same=True)


def enrolled_elsewhere(world: World) -> None:
    enrolled_twin(world)


def voided(world: World) -> None:
    reopen(by=world.coordinator, at=AT, record=world.record, reason="A new result came in.")


def site_left(world: World) -> None:
    type(world.site).objects.filter(pk=world.site.pk).update(is_active=False)


def entered_in_error(world: World) -> None:
    Participant.objects.filter(pk=world.record.participant_id).update(status="struck")


def ended(world: World) -> None:
    discontinue(by=world.coordinator, at=AT, record=world.record, code="declined", happened_on=TODAY)


def consent_struck(world: World) -> None:
    Consent.objects.update(struck_by=world.coordinator, struck_at=AT)
    Participant.objects.filter(pk=world.record.participant_id).update(status="registered")


def protocol_gone(world: World) -> None:
    ScreeningRecord.objects.filter(pk=world.record.pk).update(protocol_digest="0" * 64)


BROKEN: list[tuple[Callable[[World], None], list[str]]] = [
    (consent_withdrawn, ["consent", "signature"]),
    (newer_version, ["consent"]),
    (version_expired, ["consent"]),
    (consent_struck, ["consent", "criteria", "signature"]),
    (entered_in_error, ["consent"]),
    (answer_changed, ["criteria", "signature"]),
    (approval_ended, ["approval"]),
    (approval_of_another_version, ["approval"]),
    (site_left, ["approval"]),
    (signer_not_delegated, ["signature"]),
    (signer_without_the_task, ["signature"]),
    (signer_entered_answers, ["signature"]),
    (signature_moved, ["signature"]),
    (voided, ["stage"]),
    (ended, ["stage"]),
    (protocol_gone, ["protocol", "signature"]),
    (recruitment_closed, ["recruitment"]),
    (no_place_left, ["places"]),
    (duplicate_open, ["duplicate"]),
    (same_person, ["duplicate"]),
    (enrolled_elsewhere, ["elsewhere"]),
]


def test_a_signed_record_passes_and_each_check_says_what_it_found() -> None:
    world = signed()
    result = gate.examine(fresh(world.record), AT, ANYWHERE)
    assert result.blockers == []
    assert {passed.key for passed in result.passed} == {
        "signature", "criteria", "window", "evidence", "consent", "approval", "duplicate", "recruitment", "places"
    }  # fmt: skip
    assert "No target is set, so there is no cap" in " ".join(passed.says for passed in result.passed)


@pytest.mark.parametrize(("broken", "expected"), BROKEN, ids=lambda value: getattr(value, "__name__", ""))
def test_each_thing_alone_stands_in_the_way_and_nothing_is_written(
    broken: Callable[[World], None], expected: list[str]
) -> None:
    world = signed()
    broken(world)
    assert sorted(set(keys(world))) == sorted(expected)
    found = gate.blockers(fresh(world.record), AT, ANYWHERE)
    assert all(blocker.title and blocker.do and blocker.who for blocker in found)
    before = Enrollment.objects.count()
    with pytest.raises((NotYet, NotPermitted)) as refused:
        enroll(by=world.coordinator, at=AT, record=world.record)
    if isinstance(refused.value, NotYet):
        assert {blocker.key for blocker in refused.value.gate.blockers} == set(expected)
    assert (Enrollment.objects.count(), EnrollmentStep.objects.count()) == (before, 0)
    assert fresh(world.record).status != "enrolled"


def test_all_together_are_told_at_once() -> None:
    world = signed()
    for broken in (newer_version, approval_ended, signer_not_delegated, duplicate_open, recruitment_closed):
        broken(world)
    late = AT + timedelta(days=40)
    assert keys(world, late) == [
        "signature", "window", "evidence", "evidence", "consent", "approval", "duplicate", "recruitment"
    ]  # fmt: skip


def test_evidence_and_window_lapse_by_the_day() -> None:
    world = signed()
    protocol = settings.PROTOCOL
    record = fresh(world.record)
    for examination in protocol.examinations:
        if not examination.enroll_validity:
            continue
        row = ResultSet.objects.get(record=record, examination=examination.name)
        last = row.specimen_date + timedelta(days=protocol.defaults[examination.enroll_validity])
        titles = [
            [b.title for b in gate.blockers(record, AT + (day - TODAY), ANYWHERE) if b.key == "evidence"]
            for day in (last, last + timedelta(days=1))
        ]
        wanted = f"The {examination.label} is too old"
        assert [wanted in found for found in titles] == [False, True]
    ends = gate.window_ends(protocol, record.screening_date)
    assert ends is not None
    assert "window" not in keys(world, AT + (ends - TODAY))
    assert "window" in keys(world, AT + (ends - TODAY) + timedelta(days=1))


def test_mending_evidence_says_that_it_is_signed_again() -> None:
    world = signed()
    old = [b for b in gate.blockers(fresh(world.record), AT + timedelta(days=12), ANYWHERE) if b.key == "evidence"]
    assert old
    assert all(blocker.voids and blocker.mendable and "study setting" in blocker.note for blocker in old)


def test_evidence_that_decides_nothing_may_be_old() -> None:
    """Results of an examination that the outcome does not need do not lapse."""
    world = signed()
    loaded = world.review().loaded
    needed = {lapse.examination.name for lapse in gate.lapses(loaded)}
    asked = {e.name for e in settings.PROTOCOL.examinations if e.enroll_validity}
    assert needed <= asked


def test_a_closed_account_does_not_undo_what_it_signed() -> None:
    world = signed()
    type(world.investigator).objects.filter(pk=world.investigator.pk).update(is_active=False)
    assert keys(world) == []


def test_two_people_told_apart_do_not_stand_in_each_others_way() -> None:
    world = signed()
    pair(world, enrolled_twin(world), same=False)
    assert keys(world) == []


def test_told_apart_from_the_other_side_counts_too() -> None:
    world = signed()
    other = enrolled_twin(world)
    PossibleDuplicate.objects.create(
        participant=other, other=world.record.participant, match="person", explanation="–", same=False
    )
    assert keys(world) == []


def test_another_sites_number_is_never_told() -> None:
    world = signed()
    pair(world, enrolled_twin(world))
    said = " ".join(f"{b.title} {b.do} {b.note} {b.who}" for b in gate.blockers(fresh(world.record), AT, ANYWHERE))
    assert "09-001" not in said
    assert "S-99" not in said
    assert "another site" in said


def test_a_consent_after_a_withdrawal_has_to_be_later() -> None:
    world = signed()
    participant = world.record.participant
    ConsentWithdrawal.objects.create(
        participant=participant, withdrawn_on=date(2026, 10, 15), recorded_by=world.coordinator
    )
    assert "consent" in keys(world)


def test_reconsent_on_the_version_in_force_ends_the_blocker_and_keeps_the_signature() -> None:
    world = signed()
    newer_version(world)
    blocker = next(b for b in gate.blockers(fresh(world.record), AT, ANYWHERE) if b.key == "consent")
    assert not blocker.voids
    Consent.objects.create(
        participant=world.record.participant,
        version=IcfVersion.objects.get(label="v9.0"),
        signed_on=TODAY,
        held_by=world.coordinator,
        copy_given=True,
        version_valid=True,
        recorded_by=world.coordinator,
    )
    assert keys(world) == []


def test_buttons_are_there_for_who_may_use_them() -> None:
    world = signed()
    newer_version(world)
    recruitment_closed(world)

    def buttons(authority: Authority) -> dict[str, bool]:
        return {b.key: bool(b.url) for b in gate.blockers(fresh(world.record), AT, authority)}

    site = world.site.pk
    assert buttons(authority_of(world.coordinator, AT)) == {"consent": True, "recruitment": False}
    assert buttons(Authority((Grant(None, Role.MONITOR),))) == {"consent": False, "recruitment": False}
    assert buttons(Authority((Grant(None, Role.ADMIN),))) == {"consent": False, "recruitment": True}
    assert buttons(Authority((Grant(site, Role.ADMIN),))) == {"consent": False, "recruitment": False}


def test_the_gate_costs_the_same_however_much_is_on_file() -> None:
    world = signed()
    twin(world)

    def cost() -> int:
        record = fresh(world.record)
        with CaptureQueriesContext(
            connection,
        ) as counted:
            gate.examine(record, AT, ANYWHERE)
        return len(counted)

    before = cost()
    for _number in range(3):
        person("coordinator", world.site)
        IcfVersionFactory(site=world.site, label=f"old{_number}", effective_from=date(2026, 1, 15))
        ResultSet.objects.create(
            record=world.record, examination="cbc", specimen_date=date(2026, 9, 1), recorded_by=world.coordinator
        )
        twin(world)
    assert cost() == before
