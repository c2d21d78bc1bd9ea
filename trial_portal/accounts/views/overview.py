"""The study's configuration at a glance: what there is of it, how much, and what waits."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from trial_portal.accounts import selectors
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, PortalRequest, page


@page(May.SEE_CONFIGURATION, READ)
def overview(request: PortalRequest) -> HttpResponse:
    """Cards of users (for admins), sites, delegations, and the way to ICF versions and recruitment."""
    administers = request.authority.holds(May.CONFIGURE, None)
    context = {
        "administers": administers,
        "configures": request.authority.may(May.CONFIGURE),
        "sites": selectors.site_counts(request.authority, request.at),
        "delegations": selectors.delegation_counts(request.authority, request.at),
        "waiting": selectors.waiting_for(request.user, request.authority, request.at),
    }
    if administers:
        context["users"] = selectors.user_counts(request.at)
    return render(request, "study/overview.html", context)
