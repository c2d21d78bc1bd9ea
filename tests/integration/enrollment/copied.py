"""A signed record copied for another participant: many records that may be enrolled, without typing each."""

from __future__ import annotations

from screening.evaluations import digest, freeze
from screening.models import AnswerRevision, Confirmation, Evaluation, ResultSet, ScreeningRecord
from screening.reviewing.content import signed_content
from screening.reviewing.selectors import for_review, review_of
from tests.factories import AT, ParticipantFactory, identity
from tests.integration.screening.worked import ANYWHERE, World
from trial_portal.participants.models import Consent, Identity, Participant
from trial_portal.signatures.actions import digest_of
from trial_portal.signatures.models import Signature
from trial_portal.signatures.selectors import signed_values


def copied(world: World, number: int) -> ScreeningRecord:
    """Another participant of the same site, with the same answers, signed by the same investigator."""
    first = ScreeningRecord.objects.get(pk=world.record.pk)
    participant = ParticipantFactory(
        site=world.site,
        status=Participant.Status.CONSENTED,
        sex_at_birth=first.participant.sex_at_birth,
        birth_year=first.participant.birth_year,
    )
    identity(participant, f"Copy {number}", Identity.objects.get(participant=first.participant).birth_date)
    _again(Consent.objects.get(participant=first.participant), participant=participant)
    record = _again(ScreeningRecord.objects.get(pk=first.pk), participant=participant)
    sets = {row.pk: _again(row, record=record) for row in ResultSet.objects.filter(record=first)}
    for revision in AnswerRevision.objects.filter(record=first):
        own = sets.get(revision.result_set_id) if revision.result_set_id else None
        _again(revision, record=record, result_set=own)
    for confirmation in Confirmation.objects.filter(record=first):
        _again(confirmation, record=record)
    review = review_of(for_review(ANYWHERE).get(pk=record.pk), AT)
    frozen = signed_content(review)
    signature = Signature.objects.get(evaluation__record=first)
    signature.pk, signature.record_id, signature.content = None, record.pk, frozen
    signature.digest = digest_of(signed_values(signature))
    signature.save()
    evaluation = freeze(
        review.loaded, Evaluation.Kind.SIGNED, by=world.investigator, frozen=frozen, signature=signature
    )
    assert evaluation.digest == digest(frozen)
    return record


def _again(row, **changed):  # type: ignore[no-untyped-def]
    """The row once more, with other values."""
    row = type(row).objects.get(pk=row.pk)
    row.pk = None
    row._state.adding = True
    for name, value in changed.items():
        setattr(row, name, value)
    row.save()
    return row
