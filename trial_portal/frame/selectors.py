"""The reads of the frame: where somebody works, for the top of every page, and who can help."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_portal.accounts.models import Delegation, Site, User
from trial_portal.accounts.permissions import Authority, Role


def where(authority: Authority) -> str:
    """The site of somebody's grants in words: "Site 01 · Nanchang", "3 sites", "All sites"; "" without any grant."""
    sites = {grant.site for grant in authority.grants}
    if not sites:
        return ""
    if None in sites:
        return _("All sites")
    if len(sites) > 1:
        return ngettext("%(count)s site", "%(count)s sites", len(sites)) % {"count": len(sites)}
    code, city = Site.objects.values_list("code", "city").get(pk=sites.pop())
    return _("Site %(code)s · %(city)s") % {"code": code, "city": city}


def admins(at: datetime | None) -> list[User]:
    """The admins of the whole study at that moment; nobody without a moment (the request never got that far)."""
    if at is None:
        return []
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    in_force = Q(
        delegations__role=Role.ADMIN.value,
        delegations__site=None,
        delegations__status=Delegation.Status.SIGNED,
        delegations__starts_on__lte=today,
    ) & (Q(delegations__until=None) | Q(delegations__until__gte=today))
    return list(User.objects.filter(in_force, is_active=True, is_system=False).distinct())
