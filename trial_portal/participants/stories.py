"""The history of a participant in sentences. Boundary: steps in, entries of components/story.html out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from trial_portal.frame.templatetags.portal import day
from trial_portal.participants.models import Participant, ParticipantStep

SENTENCES: dict[str, tuple[str, Any]] = {
    "register": ("plus", _("Registered")),
    "change_identity": ("pen", _("Identity corrected")),
    "resolve_duplicate": ("people", _("Possible duplicate resolved")),
    "record_consent": ("document", _("Consent recorded")),
    "strike_withdrawal": ("cross", _("Withdrawal struck as entered in error")),
    "strike_consent": ("cross", _("Consent struck as entered in error")),
    "withdraw_consent": ("arrow-back", _("Consent withdrawn")),
    "strike": ("cross", _("Entered in error")),
}
"""Icon and words of each action of the workflow."""


def story(participant: Participant, steps: Iterable[ParticipantStep]) -> list[dict[str, Any]]:
    """One entry a step; it names the day when that is another than the day of entry."""
    entries = []
    for step in steps:
        icon, words = SENTENCES[step.action]
        says = str(words)
        if step.event_date != participant.site.day(step.recorded_at):
            says = _("%(what)s, of %(day)s") % {"what": says, "day": day(step.event_date)}
        entries.append({"icon": icon, "says": says, "by": step.by, "reason": step.reason, "at": step.recorded_at})
    return entries
