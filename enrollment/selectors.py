"""Reads of recruitment and of what waits for somebody. Each returns what the person's authority reaches.

Boundary: rows, no words; ``waiting`` says them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Window

from enrollment.models import Enrollment, EnrollmentStep, Recruitment, RecruitmentStep
from trial_portal.accounts.lockout import key
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import Authority, May, Role
from trial_portal.accounts.selectors import approvals, lockouts, people, sites
from trial_portal.participants.models import Consent, Deviation, IcfVersion, Participant, PossibleDuplicate
from trial_portal.participants.selectors import participants, prescreening_entries
from trial_portal.participants.selectors.registry import within

Row = TypeVar("Row", bound=models.Model)

FIRST = 5
"""So many rows of each kind wait on the home page by themselves; the others stand behind one link."""

SOON = timedelta(days=30)
"""How long before a last day it is said; a setting of the portal, not protocol text."""

NEW = timedelta(days=14)
"""How long a deviation counts as new to a monitor; a setting of the portal, not protocol text."""


@dataclass(frozen=True)
class First(Generic[Row]):
    """The first rows of a list, and how many there are in all."""

    rows: Sequence[Row]
    total: int

    @property
    def others(self) -> int:
        """How many are not among the first."""
        return self.total - len(self.rows)


def first(rows: QuerySet[Row], number: int = FIRST) -> First[Row]:
    """The first rows of a queryset. One query, however many there are."""
    found = list(rows.annotate(total_rows=Window(Count("*")))[:number])
    return First(found, found[0].total_rows if found else 0)  # type: ignore[attr-defined]


# -- recruitment -------------------------------------------------------------------------------------------------------


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


# -- enrollment --------------------------------------------------------------------------------------------------------


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


# -- what waits --------------------------------------------------------------------------------------------------------


def at_sites(authority: Authority, permission: May, site: str) -> Q:
    """Restricts rows to sites at which a permission is held."""
    sites = authority.sites(permission)
    return Q() if sites is None else Q(**{f"{site}__in": sites})


def without_consent(authority: Authority) -> First[Participant]:
    """Participants registered, but without consent, where consent may be recorded; the oldest first."""
    rows = Participant.objects.filter(at_sites(authority, May.RECORD_CONSENT, "site"))
    rows = rows.filter(status=Participant.Status.REGISTERED)
    return first(rows.select_related("site", "registered_by").order_by("id"))


def consented_on_wrong_version(authority: Authority) -> First[Consent]:
    """The first consent of participants who never signed a version in force, where consent may be recorded."""
    standing = Consent.objects.filter(struck_at__isnull=True, participant=OuterRef("participant"))
    rows = Consent.objects.filter(at_sites(authority, May.RECORD_CONSENT, "participant__site"))
    rows = rows.filter(struck_at__isnull=True, participant__status=Participant.Status.CONSENTED)
    rows = rows.filter(~Exists(standing.filter(version_valid=True)), ~Exists(standing.filter(pk__lt=OuterRef("pk"))))
    return first(rows.select_related("participant__site", "version").order_by("id"))


def unresolved_duplicates(authority: Authority) -> First[PossibleDuplicate]:
    """Possible duplicates that an investigator has to resolve; those entered in error do not count."""
    rows = PossibleDuplicate.objects.filter(at_sites(authority, May.RESOLVE_DUPLICATES, "participant__site"))
    struck = Q(participant__status=Participant.Status.STRUCK) | Q(other__status=Participant.Status.STRUCK)
    rows = rows.filter(same__isnull=True).exclude(struck)
    return first(rows.select_related("participant__site").order_by("id"))


def new_deviations(authority: Authority, at: datetime) -> First[Deviation]:
    """Deviations entered in the last days at the sites that somebody monitors; the latest first."""
    sites = {grant.site for grant in authority.grants if grant.role is Role.MONITOR}
    rows = Deviation.objects.filter(recorded_at__gt=at - NEW)
    if None not in sites:
        rows = rows.filter(participant__site__in=sites)
    return first(rows.select_related("participant__site", "recorded_by").order_by("-id"))


def resting_accounts(authority: Authority, at: datetime) -> Sequence[User]:
    """Accounts that rest after too many wrong passwords, for an admin of the whole study."""
    resting = lockouts(at) if authority.holds(May.CONFIGURE, None) else {}
    return [user for user in people(authority) if key(user.username) in resting] if resting else []


@dataclass(frozen=True)
class Lapse:
    """A site whose approval, or an ICF version that, is not in force, or not for long: ``last`` is the last day."""

    site: Site
    last: date | None
    version: IcfVersion | None = None


def lapsing_approvals(authority: Authority, at: datetime) -> list[Lapse]:
    """Sites taking part without an approval in force today, or soon without one. Two queries."""
    ends: dict[int, date] = {}
    for approval in approvals(authority).filter(struck_at__isnull=True):
        last = approval.expires_on or date.max
        begins = max(approval.ethics_approved_on, approval.site_approved_on)
        if begins <= approval.site.day(at) + SOON:
            ends[approval.site_id] = max(last, ends.get(approval.site_id, last))
    lapses = []
    for site in sites(authority, at).filter(at_sites(authority, May.CONFIGURE, "pk"), is_active=True):
        if not site.approved:  # type: ignore[attr-defined]
            lapses.append(Lapse(site, None))
        elif ends[site.pk] <= site.day(at) + SOON:
            lapses.append(Lapse(site, ends[site.pk]))
    return lapses


def lapsing_versions(authority: Authority, at: datetime) -> list[Lapse]:
    """ICF versions past their last day, or soon past it, that no later version of their language replaces."""
    live = IcfVersion.objects.filter(struck_at__isnull=True)
    later = live.filter(
        site=OuterRef("site"), language=OuterRef("language"), effective_from__gt=OuterRef("effective_from")
    )
    rows = live.filter(at_sites(authority, May.CONFIGURE, "site"), site__is_active=True, expires_on__isnull=False)
    rows = rows.filter(~Exists(later)).select_related("site").order_by("expires_on", "id")
    return [
        Lapse(version.site, version.expires_on, version)
        for version in rows
        if version.expires_on and version.expires_on <= version.site.day(at) + SOON
    ]
