"""The history of an enrollment in sentences. Boundary: steps in, entries of components/story.html out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from enrollment.models import Enrollment, EnrollmentStep
from enrollment.reasons import reason_of
from trial_portal.frame.templatetags.portal import day

SENTENCES: dict[str, tuple[str, Any]] = {
    "enroll": ("check", _("Enrolled")),
    "withdraw": ("arrow-back", _("Withdrawn")),
    "complete": ("flag", _("Completed")),
    "find ineligible": ("warning", _("Found ineligible")),
}
"""Icon and words of each action of the workflow."""


def story(enrollment: Enrollment, steps: Iterable[EnrollmentStep]) -> list[dict[str, Any]]:
    """One entry a step, with its coded reason; it names the day when that is another than the day of entry."""
    entries = []
    for step in steps:
        icon, words = SENTENCES[step.action]
        says = f"{words}: {reason_of(step)}" if step.code else str(words)
        if step.event_date != enrollment.site.day(step.recorded_at):
            says = _("%(what)s, of %(day)s") % {"what": says, "day": day(step.event_date)}
        entries.append({"icon": icon, "says": says, "by": step.by, "reason": step.reason, "at": step.recorded_at})
    return entries
