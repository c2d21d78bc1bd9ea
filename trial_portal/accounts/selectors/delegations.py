"""Delegations: whose, in which state, and whose signature each waits for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Case, CharField, Count, F, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Delegation, DelegationStep, Site, User
from trial_portal.accounts.permissions import Authority, May
from trial_portal.accounts.selectors.days import DayAt

STATES = {
    "waiting": _("Waiting for signature"),
    "in_force": _("In force"),
    "later": _("Signed, begins later"),
    "ended": _("Ended"),
    "declined": _("Declined"),
    "withdrawn": _("Withdrawn"),
}
"""What a delegation is on a day: its status, and of signed ones, how their days lie to it."""


def with_state(rows: QuerySet[Delegation], at: datetime) -> QuerySet[Delegation]:
    """Each delegation with ``state``, a key of ``STATES``, on the day of ``at`` in its site's zone."""
    status = Delegation.Status
    state = Case(
        When(status=status.PROPOSED, then=Value("waiting")),
        When(status=status.DECLINED, then=Value("declined")),
        When(status=status.WITHDRAWN, then=Value("withdrawn")),
        When(starts_on__gt=F("today"), then=Value("later")),
        When(until__lt=F("today"), then=Value("ended")),
        default=Value("in_force"),
        output_field=CharField(),
    )
    return rows.annotate(today=DayAt(at, "site__time_zone")).annotate(state=state)


def delegations(authority: Authority, at: datetime) -> QuerySet[Delegation]:
    """The delegations in somebody's reach: of their sites; with authority in the whole study, all. With ``state``."""
    rows = Delegation.objects.select_related("user", "site", "proposed_by")
    within = authority.sites(May.SEE_CONFIGURATION)
    return with_state(rows if within is None else rows.filter(site__in=within), at)


def staff_of(authority: Authority, site: Site, at: datetime) -> QuerySet[Delegation]:
    """Who works at a site, will, or waits for a signature: the principal investigator first."""
    shown = delegations(authority, at).filter(site=site, state__in=["in_force", "later", "waiting"])
    return shown.order_by("-principal", "user__printed_name", "id")


def delegation_counts(authority: Authority, at: datetime) -> dict[str, int]:
    """How many delegations in reach are in each state."""
    counted = delegations(authority, at).order_by().values("state").annotate(count=Count("pk"))
    return dict.fromkeys(STATES, 0) | {row["state"]: row["count"] for row in counted}


def steps_of_delegation(delegation: Delegation) -> QuerySet[DelegationStep]:
    """What happened to a delegation, the latest first."""
    return DelegationStep.objects.filter(delegation=delegation).select_related("by").order_by("-id")


@dataclass(frozen=True)
class Signer:
    """Whose signature a delegation needs: ``may``, or nobody yet (None) and ``says`` why; never that of ``not_by``."""

    may: May | None
    not_by: frozenset[int]
    says: str

    def is_(self, user: User, authority: Authority, site: int | None) -> bool:
        """Whether this person is one who may sign."""
        return self.may is not None and user.pk not in self.not_by and authority.holds(self.may, site)


def principals_at(at: datetime) -> dict[int, frozenset[int]]:
    """For each site, by its id, who is its principal investigator on that day: the ids of open accounts."""
    held = Delegation.objects.filter(principal=True, user__is_active=True, site__is_active=True)
    found: dict[int, frozenset[int]] = {}
    for site, user in with_state(held, at).filter(state="in_force").values_list("site", "user"):
        found[site] = found.get(site, frozenset()) | {user}
    return found


def signer_of(delegation: Delegation, principals: dict[int, frozenset[int]]) -> Signer:
    """Whose signature it needs, where ``principals`` are as :func:`principals_at` says.

    The site's principal investigator's; where there is none but the person delegated, for a principal investigator
    and for roles of the whole study, that of an admin who did not propose it. Nobody signs their own.
    """
    own = delegation.user_id
    at_site = principals.get(delegation.site_id or 0, frozenset())
    if delegation.site_id is not None and at_site - {own}:
        return Signer(May.SIGN_DELEGATIONS, frozenset({own}), str(_("The site's principal investigator signs it.")))
    if delegation.site_id is None or delegation.principal or own in at_site:
        says = _("An admin signs it who neither proposed it nor is the person delegated.")
        return Signer(May.CONFIGURE, frozenset({own, delegation.proposed_by_id}), str(says))
    says = _("The site has no principal investigator in force. That delegation is signed first.")
    return Signer(None, frozenset(), str(says))


def capacity_of(delegation: Delegation, may: May) -> str:
    """As what somebody signs a delegation."""
    if may is May.CONFIGURE or delegation.site is None:
        return str(_("Admin"))
    return str(_("Principal investigator, site %(code)s") % {"code": delegation.site.code})


def begins_on(delegation: Delegation, at: datetime) -> date:
    """The first day of a delegation that is signed now: nobody is authorised for days that are over."""
    zone = delegation.site.zone if delegation.site else ZoneInfo(settings.TIME_ZONE)
    return max(delegation.starts_on, at.astimezone(zone).date())


def content_of(delegation: Delegation) -> dict[str, Any]:
    """What is signed of a delegation."""
    return {
        "person": delegation.user.username,
        "name": delegation.user.printed_name,
        "site": delegation.site.code if delegation.site else None,
        "role": delegation.role,
        "principal": delegation.principal,
        "tasks": sorted(delegation.tasks),
        "trained_on": delegation.trained_on.isoformat(),
        "starts_on": delegation.starts_on.isoformat(),
        "until": delegation.until.isoformat() if delegation.until else None,
    }


def as_signed(delegation: Delegation, content: dict[str, Any]) -> bool:
    """Whether a delegation still is what was signed. The name may change, and the last day come earlier."""
    now = content_of(delegation)
    same = all(content.get(name) == value for name, value in now.items() if name not in ("name", "until"))
    return same and (content.get("until") is None or (now["until"] or "9999") <= content["until"])


def waiting_for(user: User, authority: Authority, at: datetime) -> list[Delegation]:
    """The proposed delegations that wait for this person's signature, the oldest first. Two queries."""
    proposed = delegations(authority, at).filter(status=Delegation.Status.PROPOSED).order_by("id")
    principals = principals_at(at)
    return [row for row in proposed if signer_of(row, principals).is_(user, authority, row.site_id)]
