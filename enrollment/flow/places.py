"""Where in the flow somebody is, from the facts known of them at a moment. Boundary: pure.

Everybody has one place: enrollment first, then the latest attempt, then consent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from screening import workflow


class Group(StrEnum):
    """The four parts of the flow; the two excluded ones are one in the sum."""

    BEFORE = "before"
    AFTER = "after"
    PENDING = "pending"
    ENROLLED = "enrolled"


@dataclass(frozen=True)
class Place:
    """One place. ``by_criterion``: its people are told apart by the first criterion that excludes them."""

    key: str
    group: Group
    label: Any
    by_criterion: bool = False


PLACES = {
    place.key: place
    for place in (
        Place("declined", Group.BEFORE, _("declined")),
        Place("not-suitable", Group.BEFORE, _("not suitable"), by_criterion=True),
        Place("screen-failure", Group.AFTER, _("screen failures"), by_criterion=True),
        Place("withdrew", Group.AFTER, _("withdrew consent")),
        Place("stopped", Group.AFTER, _("declined to go on")),
        Place("lost", Group.AFTER, _("lost to follow-up")),
        Place("window", Group.AFTER, _("screening window ended")),
        Place("other", Group.AFTER, _("ended for another reason")),
        Place("no-consent", Group.PENDING, _("registered, without consent")),
        Place("not-opened", Group.PENDING, _("consented, screening not opened")),
        Place("in-progress", Group.PENDING, _("in progress")),
        Place("submitted", Group.PENDING, _("submitted or returned")),
        Place("eligible", Group.PENDING, _("eligible, not yet enrolled")),
        Place("in-study", Group.ENROLLED, _("in the study")),
        Place("left", Group.ENROLLED, _("withdrawn")),
        Place("completed", Group.ENROLLED, _("completed")),
        Place("ineligible", Group.ENROLLED, _("found ineligible")),
    )
}
"""Every place, in the order shown."""

AFTER_ENROLLMENT = {"enrolled": "in-study", "withdrawn": "left", "completed": "completed", "ineligible": "ineligible"}
DISCONTINUED = {"declined": "stopped", "withdrew": "withdrew", "lost": "lost", "window": "window"}
OPEN = {
    workflow.IN_PROGRESS: "in-progress",
    workflow.SUBMITTED: "submitted",
    workflow.RETURNED: "submitted",
    workflow.ELIGIBLE: "eligible",
}


class Facts(NamedTuple):
    """What is known of a participant at a moment; "" and None where there is nothing.

    ``state``: of the registry; ``enrolled``: the status after enrollment; ``status`` and ``code``: of the latest
    attempt; ``criterion``: the first one that excludes, of a screen failure.
    """

    state: str | None
    enrolled: str | None
    status: str | None
    code: str | None
    criterion: str | None


def place_of(facts: Facts) -> str:
    """The place of a participant: a key of ``PLACES``, or "" for one entered in error, who is not counted."""
    if facts.state == "struck":
        return ""
    if facts.enrolled:
        return AFTER_ENROLLMENT[facts.enrolled]
    if facts.status == workflow.SCREEN_FAILURE:
        return "screen-failure"
    if facts.status == workflow.DISCONTINUED:
        return DISCONTINUED.get(facts.code or "", "other")
    if facts.state == "withdrawn":
        return "withdrew"
    if facts.status:
        return OPEN[facts.status]
    return "not-opened" if facts.state == "consented" else "no-consent"
