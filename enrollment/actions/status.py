"""What follows enrollment: withdrawn or completed, with a coded reason; found ineligible, which is a deviation."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from enrollment.models import Enrollment, EnrollmentStep
from enrollment.reasons import Completed, Withdrawn
from enrollment.workflow import STATUS
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.audit.workflow import find
from trial_portal.frame.templatetags.portal import day
from trial_portal.participants.identities import coded
from trial_portal.participants.models import Deviation, Participant
from trial_portal.participants.selectors import person_of


@action
def withdraw(
    *, by: User, at: datetime, enrollment: Enrollment, code: str, happened_on: date, reason: str = ""
) -> Enrollment:
    """A participant leaves the study on a day, with a coded reason (``Withdrawn``); "other" wants words."""
    row = _locked(enrollment, by=by, at=at, may=May.ENROLL)
    if code not in Withdrawn.values:
        raise Refused(_("Choose why the participant leaves the study."), "code")
    return _step(row, "withdraw", by=by, at=at, code=code, happened_on=happened_on, reason=reason)


@action
def complete(
    *, by: User, at: datetime, enrollment: Enrollment, code: str, happened_on: date, reason: str = ""
) -> Enrollment:
    """A participant completes the study on a day, as coded (``Completed``); "other" wants words."""
    row = _locked(enrollment, by=by, at=at, may=May.ENROLL)
    if code not in Completed.values:
        raise Refused(_("Choose how the study was completed."), "code")
    return _step(row, "complete", by=by, at=at, code=code, happened_on=happened_on, reason=reason)


@action
def find_ineligible(
    *, by: User, at: datetime, enrollment: Enrollment, criterion: str, discovered_on: date, reason: str
) -> Deviation:
    """An enrolled participant turns out not to meet a criterion (its id). What was signed stays; a deviation is opened.

    ``reason`` says what was found; it is the deviation's text.
    """
    row = _locked(enrollment, by=by, at=at, may=May.RECORD_DEVIATION)
    if criterion not in {known.id for known in settings.PROTOCOL.criteria}:
        raise Refused(_("Choose the criterion that was not met."), "criterion")
    if not reason.strip():
        raise Refused(_("Say what was found. It stays in the history."), "reason")
    row = _step(
        row,
        "find ineligible",
        by=by,
        at=at,
        code=criterion,
        happened_on=discovered_on,
        reason=reason,
        field="discovered_on",
    )
    return Deviation.objects.create(
        participant=row.participant,
        kind=Deviation.Kind.INELIGIBLE,
        criterion=criterion,
        what=reason.strip(),
        happened_on=row.enrolled_on,
        discovered_on=discovered_on,
        recorded_by=by,
    )


def leave_without_consent(*, participant: Participant, withdrawn_on: date, by: User, at: datetime) -> None:
    """Somebody who is in the study and withdraws consent leaves it, in the action that records it (``apps``).

    Not before the day of enrollment, even where the withdrawal of an earlier day became known only later.
    """
    rows = Enrollment.objects.select_for_update(of=("self",)).select_related("participant__identity", "site")
    row = rows.filter(participant=participant, status=Enrollment.Status.ENROLLED).first()
    if row is not None:
        happened_on = max(withdrawn_on, row.enrolled_on)
        _step(row, "withdraw", by=by, at=at, code=Withdrawn.PARTICIPANT, happened_on=happened_on, reason="")


def _locked(enrollment: Enrollment, *, by: User, at: datetime, may: May) -> Enrollment:
    authority_of(by, at).check(may, enrollment.site_id)
    rows = Enrollment.objects.select_for_update(of=("self",))
    return rows.select_related("participant__identity", "site").get(pk=enrollment.pk)


def _step(
    row: Enrollment,
    action: str,
    *,
    by: User,
    at: datetime,
    code: str,
    happened_on: date,
    reason: str,
    field: str = "happened_on",
) -> Enrollment:
    says = _("%(number)s is “%(status)s”: this cannot be recorded now.")
    words = {"number": row.number, "status": row.get_status_display()}
    transition = find(STATUS, action, row.status, says=says % words)
    if code == Withdrawn.OTHER and not reason.strip():
        raise Refused(_("Say in words what “Other” is."), "reason")
    if happened_on > row.site.day(at):
        raise Refused(_("%(day)s lies in the future.") % {"day": day(happened_on)}, field)
    if happened_on < row.enrolled_on:
        raise Refused(
            _("%(number)s was enrolled on %(day)s, after this day. Check the day.")
            % {"number": row.number, "day": day(row.enrolled_on)},
            field,
        )
    reason = coded(reason, "reason", person_of(row.participant.identity))
    before, row.status = row.status, transition.target
    row.save(update_fields=["status"])
    EnrollmentStep.objects.create(
        enrollment=row,
        action=action,
        source=before,
        target=transition.target,
        by=by,
        code=code,
        reason=reason,
        event_date=happened_on,
    )
    return row
