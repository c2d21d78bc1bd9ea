"""What every action on a participant begins and ends with: the locked row, the step.

Boundary: private to ``actions``.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.refusals import Refused
from trial_portal.participants.identities import Person, coded
from trial_portal.participants.models import Participant, ParticipantStep
from trial_portal.participants.workflow import LIVE, leads


def locked(participant: Participant, *, by: User, at: datetime, may: May) -> Participant:
    """The participant as they stand now, locked to the end of the transaction.

    Raises NotPermitted unless ``by`` holds ``may`` at the site, Refused when the participant was entered in error.
    """
    authority_of(by, at).check(may, participant.site_id)
    row = Participant.objects.select_for_update(of=("self",)).select_related("site").get(pk=participant.pk)
    if row.status not in LIVE:
        raise Refused(_("%(number)s was entered in error; nothing more is recorded there.") % {"number": row.number})
    return row


def because(reason: str, *people: Person) -> str:
    """Why something that was saved changes: told, and fit for a coded page. Raises Refused on the field ``reason``."""
    if not reason.strip():
        raise Refused(_("Say why. The reason stays in the history."), "reason")
    return coded(reason, "reason", *people)


def take_step(
    participant: Participant,
    action: str,
    target: str,
    *,
    by: User,
    event_date: date,
    source: str | None = None,
    reason: str = "",
) -> None:
    """Bring a locked participant to ``target`` and write the step. Raises Refused when the workflow has no such way.

    ``source`` is "" for the step that creates.
    """
    before = participant.status if source is None else source
    if not leads(action, before, target):
        raise Refused(
            _("%(number)s is “%(status)s”: this cannot be done now.")
            % {"number": participant.number, "status": participant.get_status_display()}
        )
    Participant.objects.filter(pk=participant.pk).update(status=target, changed_at=Now())
    participant.status = target
    ParticipantStep.objects.create(
        participant=participant,
        action=action,
        source=before,
        target=target,
        by=by,
        reason=reason,
        event_date=event_date,
    )


def not_in_the_future(day: date, site: Site, at: datetime, field: str) -> None:
    """Raise Refused when ``day`` has not begun at the site."""
    today = site.day(at)
    if day > today:
        raise Refused(
            _("%(day)s lies in the future; today is %(today)s at this site.")
            % {"day": said(day), "today": said(today)},
            field,
        )


def said(day: date) -> str:
    """A day as it is read in a sentence: 13 Oct 2026."""
    return date_format(day, "j M Y")
