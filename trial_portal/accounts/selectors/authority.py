"""What somebody may do at a moment, and who holds an office then."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q

from trial_portal.accounts.models import Delegation, User
from trial_portal.accounts.permissions import Authority, Grant, Role, Task


def authority_of(user: User, at: datetime) -> Authority:
    """What ``user`` may do at that moment: the signed delegations whose days, in their site's zone, hold it.

    One query. A disabled user may do nothing.
    """
    if not user.is_active:
        return Authority()
    grants = []
    held = Delegation.objects.filter(user=user, status=Delegation.Status.SIGNED).select_related("site")
    for delegation in held:
        zone = delegation.site.zone if delegation.site else ZoneInfo(settings.TIME_ZONE)
        today = at.astimezone(zone).date()
        active = delegation.site is None or delegation.site.is_active
        if active and delegation.starts_on <= today and (delegation.until is None or today <= delegation.until):
            tasks = frozenset(Task(task) for task in delegation.tasks)
            grants.append(Grant(delegation.site_id, Role(delegation.role), tasks, delegation.principal))
    return Authority(tuple(grants))


def admin_remains(at: datetime, *, without: User, until: date | None = None) -> bool:
    """Whether the whole study still has an admin without this person; with ``until``, also after that day.

    Somebody has to be left who can let the others in.
    """
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    admins = Delegation.objects.filter(site=None, role=Role.ADMIN.value, status=Delegation.Status.SIGNED)
    stays = Q(until__isnull=True) | (Q(until__gt=until) if until is not None else Q(until__gte=today))
    others = admins.exclude(user=without).filter(stays, starts_on__lte=today, user__is_active=True)
    return others.exists()
