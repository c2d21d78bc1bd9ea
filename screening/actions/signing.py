"""Signing that a person is eligible or not, and opening a signed record again. Design: "Signature".

What is signed is what the page showed, computed anew; any difference refuses, and says what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from screening.actions.review import submitted
from screening.actions.steps import keep_outcomes, live, locked, take_step, told
from screening.eligibility.evaluation import Subject
from screening.evaluations import digest as digest_of
from screening.evaluations import freeze
from screening.models import Evaluation, ScreeningRecord, VoidedSignature
from screening.refusals import Changed, ContentChanged
from screening.reviewing.content import Seen, changes_since, signed_content
from screening.reviewing.missing import Missing, missing
from screening.reviewing.selectors import Review, last_signed, review_of
from screening.workflow import ELIGIBLE, ENROLLED, SCREEN_FAILURE, TRANSITIONS
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants.models import Participant
from trial_portal.signatures.actions import sign, with_password

DECISIONS = {ELIGIBLE: "sign eligible", SCREEN_FAILURE: "sign not eligible"}
"""What can be signed, by the state it leads to."""


@with_password
def sign_eligibility(
    *,
    by: User,
    at: datetime,
    record: ScreeningRecord,
    decision: str,
    password: str,
    digest: str,
    seen: Seen | None = None,
) -> Evaluation:
    """Sign ``decision`` (``eligible`` or ``screen_failure``), which has to be what is computed, and freeze it.

    ``digest`` is that of ``signed_content`` as the page carried it, ``seen`` what the page showed, to say what
    changed. Raises ContentChanged; Refused while anything is missing, or for one who entered current answers;
    NotPermitted unless delegated to confirm eligibility there on that day; Refused on ``password``, counted.
    """
    authority_of(by, at).check(May.SIGN_ELIGIBILITY, record.participant.site_id)
    # An identity or consent that is being changed now would change what is signed: participant before record.
    Participant.objects.select_for_update().get(pk=record.participant_id)
    record = submitted(record, by=by, at=at, may=May.SIGN_ELIGIBILITY)
    review = review_of(record, at)
    frozen = signed_content(review)
    if digest_of(frozen) != digest:
        changes = changes_since(review, seen) if seen else [Changed(_("The record is not what this page showed."))]
        raise ContentChanged(_("Not signed: %(change)s See the change.") % {"change": changes[0].says}, changes)
    lacking = missing(review, by)
    _check_decision(review, decision, lacking)
    if lacking:
        raise Refused(_("Not signed: %(first)s") % {"first": " ".join(thing.says for thing in lacking)})
    site = record.participant.site
    transition = next(row for row in TRANSITIONS if row.action == DECISIONS[decision])
    signature = sign(
        by=by,
        at=at,
        password=password,
        meaning=transition.signature_meaning,
        capacity=_("Investigator, site %(site)s") % {"site": site},
        record=record,
        content=frozen,
        zone=site.time_zone,
    )
    evaluation = freeze(review.loaded, Evaluation.Kind.SIGNED, by=by, frozen=frozen, signature=signature)
    loaded = review.loaded
    record.subject, record.decided = loaded.evaluation.subject.value, loaded.decided
    record.save(update_fields=["subject", "decided"])
    keep_outcomes(loaded)
    take_step(record, transition.action, by=by, at=at, event_date=site.day(at))
    return evaluation


def _check_decision(review: Review, decision: str, lacking: Sequence[Missing]) -> None:
    subject = review.loaded.evaluation.subject
    if decision not in DECISIONS:
        raise Refused(_("Choose what you sign: eligible, or not eligible."))
    if subject is Subject.PENDING:
        raise Refused(
            _("Not signed: it is not decided yet whether %(number)s is eligible. %(lacking)s")
            % {"number": review.record.participant.number, "lacking": " ".join(thing.says for thing in lacking)}
        )
    if (decision == ELIGIBLE) != (subject is Subject.ELIGIBLE):
        says = (
            _("Not signed: %(number)s is computed as not eligible, and only that can be signed.")
            if subject is Subject.INELIGIBLE
            else _("Not signed: %(number)s is computed as eligible, and only that can be signed.")
        )
        raise Refused(says % {"number": review.record.participant.number})


@action
def reopen(*, by: User, at: datetime, record: ScreeningRecord, reason: str) -> ScreeningRecord:
    """Open a signed record again, before anything of it is changed: its signature is voided, with the reason.

    Raises Refused for an enrolled record, which stays as it was signed, and when a later attempt was opened.
    """
    authority = authority_of(by, at)
    site = record.participant.site_id
    may = May.REVIEW if authority.may(May.REVIEW, site) else May.SCREEN
    record = locked(record, by=by, at=at, may=may)
    live(record)
    if record.status == ENROLLED:
        raise Refused(
            _("%(number)s is enrolled: what was signed is not changed any more. Record a deviation.")
            % {"number": record.participant.number}
        )
    if record.status in (ELIGIBLE, SCREEN_FAILURE):
        later = ScreeningRecord.objects.filter(participant=record.participant, attempt__gt=record.attempt)
        if later.exists():
            raise Refused(_("A later attempt was opened: this one stays as it was signed."))
        reason = told(record, reason, "reason", _("Say why. The reason stays in the history."))
        evaluation = last_signed(record)
        if evaluation is not None and not hasattr(evaluation, "voided"):
            VoidedSignature.objects.create(evaluation=evaluation, reason=reason, by=by)
    take_step(record, "reopen", by=by, at=at, event_date=record.participant.site.day(at), reason=reason)
    return record
