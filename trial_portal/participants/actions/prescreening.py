"""People approached before consent: a day and an outcome, no identity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.translation import gettext as _

from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants.actions.steps import because, not_in_the_future
from trial_portal.participants.identities import coded
from trial_portal.participants.models import Participant, PrescreeningEntry

Outcome = PrescreeningEntry.Outcome


@action
def add_prescreening_entry(
    *,
    by: User,
    at: datetime,
    site: Site,
    approached_on: date,
    outcome: str,
    criteria: Sequence[str] = (),
    participant: Participant | None = None,
    note: str = "",
) -> PrescreeningEntry:
    """Keep that somebody was approached, and what came of it.

    ``criteria`` are codes of the protocol, at least one for "not suitable", none otherwise; ``participant`` is the one
    of this site who consented, for "consented" alone.
    """
    return write_entry(
        by=by,
        at=at,
        site=site,
        approached_on=approached_on,
        outcome=outcome,
        criteria=criteria,
        participant=participant,
        note=note,
    )


@action
def strike_prescreening_entry(*, by: User, at: datetime, entry: PrescreeningEntry, reason: str) -> PrescreeningEntry:
    """An entry was made in error. It lets go of its participant, who may then be named by the right one."""
    authority_of(by, at).check(May.STRIKE, entry.site_id)
    row = PrescreeningEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if row.is_struck:
        raise Refused(_("This entry is struck already. Nothing was changed."))
    row.struck_by, row.struck_at, row.struck_reason = by, at, because(reason)
    row.participant = None
    row.save(update_fields=["struck_by", "struck_at", "struck_reason", "participant"])
    return row


def write_entry(
    *,
    by: User,
    at: datetime,
    site: Site,
    approached_on: date,
    outcome: str,
    criteria: Sequence[str] = (),
    participant: Participant | None = None,
    note: str = "",
) -> PrescreeningEntry:
    """Check and write one entry. Raises Refused at the field that is wrong."""
    authority_of(by, at).check(May.PRESCREEN, site.pk)
    not_in_the_future(approached_on, site, at, "approached_on")
    if outcome not in Outcome.values:
        raise Refused(_("Choose the outcome."), "outcome")
    _check_criteria(outcome, criteria)
    if participant is not None:
        participant = Participant.objects.select_for_update(of=("self",)).get(pk=participant.pk)
    _check_participant(outcome, participant, site)
    return PrescreeningEntry.objects.create(
        site=site,
        approached_on=approached_on,
        outcome=outcome,
        criteria=list(criteria),
        participant=participant,
        note=coded(note, "note"),
        recorded_by=by,
    )


def _check_criteria(outcome: str, criteria: Sequence[str]) -> None:
    known = {criterion.id for criterion in settings.PROTOCOL.criteria}
    if unknown := sorted(set(criteria) - known):
        raise Refused(_("The protocol has no criterion %(codes)s.") % {"codes": ", ".join(unknown)}, "criteria")
    if outcome == Outcome.NOT_SUITABLE and not criteria:
        raise Refused(_("Choose the criteria that spoke against it."), "criteria")
    if outcome != Outcome.NOT_SUITABLE and criteria:
        raise Refused(
            _("Criteria belong to the outcome “Not suitable”. Take them out, or change the outcome."), "criteria"
        )


def _check_participant(outcome: str, participant: Participant | None, site: Site) -> None:
    if outcome != Outcome.CONSENTED:
        if participant is not None:
            raise Refused(
                _("A participant belongs to the outcome “Consented”. Take the number out, or change the outcome."),
                "participant",
            )
        return
    if participant is None:
        raise Refused(_("Enter the screening number of the participant who consented."), "participant")
    if participant.site_id != site.pk:
        raise Refused(_("There is no such participant at this site. Check the number."), "participant")
    if participant.status == Participant.Status.STRUCK:
        raise Refused(_("%(number)s was entered in error. Check the number.") % {"number": participant}, "participant")
    if PrescreeningEntry.objects.filter(participant=participant).exists():
        raise Refused(_("%(number)s has a prescreening entry already.") % {"number": participant}, "participant")
