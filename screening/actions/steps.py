"""What every action on a screening record begins and ends with: the locked row, the step, the outcomes.

Boundary: private to ``actions``. Locks: participant, then screening record.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from screening.models import CriterionOutcome, ScreeningRecord, ScreeningStep
from screening.selectors import Loaded
from screening.workflow import EDITABLE, TRANSITIONS
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.refusals import Refused
from trial_portal.audit.workflow import find
from trial_portal.participants.identities import coded
from trial_portal.participants.models import Participant
from trial_portal.participants.selectors import person_of


def locked(record: ScreeningRecord, *, by: User, at: datetime, may: May) -> ScreeningRecord:
    """The record as it stands now, locked to the end of the transaction, with participant, site and identity.

    Raises NotPermitted unless ``by`` holds ``may`` at its site.
    """
    authority_of(by, at).check(may, record.participant.site_id)
    rows = ScreeningRecord.objects.select_for_update(of=("self",))
    return rows.select_related("participant__site", "participant__identity").get(pk=record.pk)


def live(record: ScreeningRecord) -> None:
    """Raise Refused when the participant of a record was entered in error: the attempt is ended, and nothing else."""
    participant = record.participant
    if participant.status == Participant.Status.STRUCK:
        raise Refused(
            _("%(number)s was entered in error; nothing more is recorded there.") % {"number": participant.number}
        )


def editable(record: ScreeningRecord) -> None:
    """Raise Refused unless answers are entered in the record's state, and a consent stands."""
    live(record)
    if record.participant.status != Participant.Status.CONSENTED:
        raise Refused(
            _("%(number)s has no consent that stands: record the consent first, or discontinue the screening.")
            % {"number": record.participant.number}
        )
    if record.status not in EDITABLE:
        state = record.get_status_display()
        raise Refused(
            _("This record is %(state)s: its answers are not changed now. The investigator can return it.")
            % {"state": f"“{state}”"}
        )


def told(record: ScreeningRecord, text: str, field: str, missing: str) -> str:
    """Words for the history of a record that ``locked`` gave, fit for coded pages.

    Raises Refused at ``field``: with ``missing`` when there are none, and when they say who the participant is.
    """
    if not text.strip():
        raise Refused(missing, field)
    return coded(text, field, person_of(record.participant.identity))


def take_step(
    record: ScreeningRecord,
    action: str,
    *,
    by: User,
    at: datetime,
    event_date: date,
    code: str = "",
    reason: str = "",
) -> ScreeningStep:
    """Apply one transition of the workflow: the record's new status and its immutable step. Saves both.

    Raises Refused when the record's state does not allow it.
    """
    state = record.status
    says = _("This record is “%(state)s”; that cannot be done now.") % {"state": record.get_status_display()}
    transition = find(TRANSITIONS, action, state, says=says)
    record.status = transition.target
    record.changed_at = at
    record.waiting_since = at if transition.target == ScreeningRecord.Status.SUBMITTED else None
    record.save(update_fields=["status", "changed_at", "waiting_since"])
    return ScreeningStep.objects.create(
        record=record,
        action=action,
        source=state,
        target=transition.target,
        by=by,
        code=code,
        reason=reason,
        event_date=event_date,
    )


def keep_outcomes(loaded: Loaded) -> None:
    """Write the current outcome of every criterion, for lists and counts. One statement; unchanged rows leave none."""
    CriterionOutcome.objects.bulk_create(
        [
            CriterionOutcome(
                record=loaded.record,
                criterion=result.criterion.id,
                outcome=result.outcome.value,
                mark=loaded.marks[result.criterion.id],
            )
            for result in loaded.evaluation.results
        ],
        update_conflicts=True,
        unique_fields=["record", "criterion"],
        update_fields=["outcome", "mark"],
    )
