"""Words and addresses that the gate's checks share. Boundary: no database."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.gate.facts import Facts
from screening.models import ScreeningRecord


def is_signed(facts: Facts) -> bool:
    """Whether a change of the record would change what was signed."""
    return facts.record.status == ScreeningRecord.Status.ELIGIBLE and facts.standing.evaluation is not None


def people(role: str, facts: Facts, task: str) -> str:
    """Who can do it: as what, and their names, where anybody holds it."""
    names = facts.staff.get(str(task), ())
    return _("%(role)s: %(names)s") % {"role": role, "names": ", ".join(names)} if names else role


def setting(days: int | None) -> str:
    """That a number of days is the study's choice."""
    return _("%(days)s is a study setting, not protocol text") % {"days": span(days or 0)}


def span(days: int) -> str:
    """So many days, in words."""
    return ngettext("%(days)s day", "%(days)s days", days) % {"days": days}


def participant_page(facts: Facts) -> str:
    """The address of the participant."""
    return reverse("participants:participant", args=[facts.participant.number])


def address(name: str, facts: Facts, *more: str) -> str:
    """The address of a page of the record; the participant's where this installation has no such page."""
    try:
        return reverse(name, args=[facts.participant.number, facts.record.attempt, *more])
    except NoReverseMatch:
        return participant_page(facts)
