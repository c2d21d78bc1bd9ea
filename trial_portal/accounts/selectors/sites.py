"""Sites and their approvals."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BooleanField, Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from trial_portal.accounts.models import Site, SiteApproval, SiteStep
from trial_portal.accounts.permissions import Authority, May
from trial_portal.accounts.selectors.days import DayAt


def sites(authority: Authority, at: datetime) -> QuerySet[Site]:
    """The sites in somebody's reach, each with ``approved``: whether an approval is in force there that day."""
    rows = Site.objects.annotate(today=DayAt(at, "time_zone"))
    within = authority.sites(May.SEE_CONFIGURATION)
    if within is not None:
        rows = rows.filter(pk__in=within)
    in_force = _with_since(SiteApproval.objects.filter(site=OuterRef("pk"), struck_at__isnull=True)).filter(
        Q(expires_on__isnull=True) | Q(expires_on__gte=OuterRef("today")), since__lte=OuterRef("today")
    )
    return rows.annotate(approved=Exists(in_force))


def approvals(authority: Authority) -> QuerySet[SiteApproval]:
    """The approvals of the sites in somebody's reach."""
    rows = SiteApproval.objects.select_related("site", "recorded_by", "struck_by")
    within = authority.sites(May.SEE_CONFIGURATION)
    return rows if within is None else rows.filter(site__in=within)


def approvals_of(site: Site, at: datetime) -> QuerySet[SiteApproval]:
    """A site's approvals, those entered in error too; each with ``since``, its first day, and ``in_force``."""
    today = site.day(at)
    holds = Q(struck_at__isnull=True, since__lte=today) & (Q(expires_on__isnull=True) | Q(expires_on__gte=today))
    rows = _with_since(SiteApproval.objects.filter(site=site).select_related("recorded_by", "struck_by"))
    in_force = Case(When(holds, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.annotate(in_force=in_force).order_by(F("struck_at").desc(nulls_first=True), "-since", "-id")


def _with_since(rows: QuerySet[SiteApproval]) -> QuerySet[SiteApproval]:
    return rows.annotate(since=Greatest("ethics_approved_on", "site_approved_on"))


def steps_of_site(site: Site) -> QuerySet[SiteStep]:
    """What happened to a site, the latest first."""
    return SiteStep.objects.filter(site=site).select_related("by").order_by("-id")


def sites_configured(authority: Authority) -> QuerySet[Site]:
    """The sites that take part and that somebody configures."""
    rows = Site.objects.filter(is_active=True)
    within = authority.sites(May.CONFIGURE)
    return rows if within is None else rows.filter(pk__in=within)


def site_counts(authority: Authority, at: datetime) -> dict[str, int]:
    """How many sites in reach take part, and how many of these have no approval in force."""
    taking_part = [site.approved for site in sites(authority, at) if site.is_active]  # type: ignore[attr-defined]
    return {"active": len(taking_part), "unapproved": taking_part.count(False)}
