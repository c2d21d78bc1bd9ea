"""The one read of the frame: where somebody works, for the top of every page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import Authority


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
