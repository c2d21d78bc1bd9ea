"""Reads of accounts: what somebody may do now, and the lists an admin and a principal investigator see."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

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
