"""What waits for somebody, of registry, accounts and study; of records in ``records``.

Boundary: rows, no words; ``enrollment.waiting`` says them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from enrollment.selectors.first import First, at_sites, first
from trial_portal.accounts.lockout import key
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import Authority, May, Role
from trial_portal.accounts.selectors import approvals, lockouts, people, sites
from trial_portal.participants.models import Consent, Deviation, IcfVersion, Participant, PossibleDuplicate

SOON = timedelta(days=30)
"""How long before a last day it is said; a setting of the portal, not protocol text."""

NEW = timedelta(days=14)
"""How long a deviation counts as new to a monitor; a setting of the portal, not protocol text."""


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
