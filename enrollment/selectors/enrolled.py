"""Reads of recruitment, enrollment and deviations. Each returns what the person's authority reaches."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count, QuerySet

from enrollment.models import Enrollment, EnrollmentStep, Recruitment, RecruitmentStep
from trial_portal.accounts.permissions import Authority, May
from trial_portal.participants.models import Deviation, Participant
from trial_portal.participants.selectors import participants, prescreening_entries
from trial_portal.participants.selectors.registry import within


def recruitment() -> Recruitment:
    """Whether recruitment is open, and its target: closed, without one, until an admin says otherwise."""
    return Recruitment.objects.first() or Recruitment()


def recruitment_steps() -> QuerySet[RecruitmentStep]:
    """All that was done to recruitment, the latest first."""
    return RecruitmentStep.objects.select_related("by").order_by("-id")


def latest_steps() -> dict[str, RecruitmentStep]:
    """The latest step of each kind: ``{"open_recruitment": …, "set_target": …}``."""
    rows = RecruitmentStep.objects.select_related("by").order_by("action", "-id").distinct("action")
    return {step.action: step for step in rows}


def counts(authority: Authority) -> dict[str, int]:
    """How many were approached, and how many participants there are in each status. Two queries."""
    statuses = participants(authority).order_by().values_list("status").annotate(number=Count("pk"))
    approached = prescreening_entries(authority).filter(struck_at__isnull=True).count()
    return {"approached": approached, **dict(statuses)}


def latest_participants(authority: Authority, number: int) -> Sequence[Participant]:
    """The participants registered last."""
    return participants(authority).order_by("-id")[:number]


def enrollments(authority: Authority) -> QuerySet[Enrollment]:
    """The enrollments in somebody's reach, with participant, record and the signature they stand on."""
    rows = Enrollment.objects.select_related("participant__site", "site", "record", "by", "evaluation__signature")
    return within(rows, authority, May.SEE_RECORDS)


def enrollment_steps(enrollment: Enrollment) -> QuerySet[EnrollmentStep]:
    """All that happened to an enrollment, the latest first."""
    return EnrollmentStep.objects.filter(enrollment=enrollment).select_related("by").order_by("-id")


def places_filled() -> int:
    """How many are enrolled, at all sites; whoever left the study goes on filling a place."""
    return Enrollment.objects.count()


def participant_where(authority: Authority, permission: May, number: str) -> Participant | None:
    """The participant of that number, where the permission is held at the site."""
    return within(Participant.objects.filter(number=number), authority, permission).select_related("site").first()


def deviations_where(authority: Authority, permission: May) -> QuerySet[Deviation]:
    """The deviations of sites at which a permission is held."""
    rows = Deviation.objects.select_related("participant__site", "recorded_by")
    return within(rows, authority, permission, "participant__site")
