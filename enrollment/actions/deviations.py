"""Deviations: recorded by an investigator, and to whom they were reported."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from enrollment.models import DeviationReport
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.frame.templatetags.portal import day
from trial_portal.participants.identities import coded
from trial_portal.participants.models import Deviation, Participant
from trial_portal.participants.selectors import person_of

BY_HAND = (Deviation.Kind.BEFORE_CONSENT, Deviation.Kind.OTHER)
"""Kinds that somebody records; the others are opened by what happened."""


@action
def record_deviation(
    *,
    by: User,
    at: datetime,
    participant: Participant,
    kind: str,
    what: str,
    happened_on: date,
    discovered_on: date,
    criterion: str = "",
) -> Deviation:
    """Something was not done as the protocol and the approvals say. ``criterion`` is its id, "" when it concerns none.

    Days are those of the site; it is discovered on or after the day it happened, and neither lies in the future.
    """
    authority_of(by, at).check(May.RECORD_DEVIATION, participant.site_id)
    row = Participant.objects.select_for_update(of=("self",)).select_related("site", "identity").get(pk=participant.pk)
    if row.status == Participant.Status.STRUCK:
        raise Refused(_("%(number)s was entered in error; nothing more is recorded there.") % {"number": row.number})
    if kind not in BY_HAND:
        raise Refused(_("Choose the kind of deviation."), "kind")
    if criterion and criterion not in {known.id for known in settings.PROTOCOL.criteria}:
        raise Refused(_("Choose the criterion, or leave it open where it concerns none."), "criterion")
    if not what.strip():
        raise Refused(_("Say what happened."), "what")
    today = row.site.day(at)
    for value, field in ((happened_on, "happened_on"), (discovered_on, "discovered_on")):
        if value > today:
            raise Refused(_("%(day)s lies in the future.") % {"day": day(value)}, field)
    if discovered_on < happened_on:
        raise Refused(_("It cannot be discovered before it happened. Check the two days."), "discovered_on")
    return Deviation.objects.create(
        participant=row,
        kind=kind,
        criterion=criterion,
        what=coded(what, "what", person_of(row.identity)),
        happened_on=happened_on,
        discovered_on=discovered_on,
        recorded_by=by,
    )


@action
def report_deviation(*, by: User, at: datetime, deviation: Deviation, to: str, reported_on: date) -> DeviationReport:
    """A deviation was reported to the ethics committee, the sponsor or the authority on a day; to each once."""
    participant = deviation.participant
    authority_of(by, at).check(May.RECORD_DEVIATION, participant.site_id)
    if to not in DeviationReport.To.values:
        raise Refused(_("Choose to whom it was reported."), "to")
    if reported_on > participant.site.day(at):
        raise Refused(_("%(day)s lies in the future.") % {"day": day(reported_on)}, "reported_on")
    if reported_on < deviation.discovered_on:
        raise Refused(
            _("It was discovered on %(day)s, after this day. Check the day.") % {"day": day(deviation.discovered_on)},
            "reported_on",
        )
    if DeviationReport.objects.filter(deviation=deviation, to=to).exists():
        raise Refused(_("This report is recorded already. Nothing was changed."), "to")
    return DeviationReport.objects.create(deviation=deviation, to=to, reported_on=reported_on, recorded_by=by)
