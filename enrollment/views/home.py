"""The home page of each person."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from enrollment import selectors
from enrollment.views.shared import standing
from enrollment.waiting import waiting
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, SIGNED_IN, PortalRequest, page
from trial_portal.frame.selectors import admins
from trial_portal.participants.models import Participant
from trial_portal.participants.selectors import sites_where

RECENT = 6


@page(SIGNED_IN, READ)
def home(request: PortalRequest) -> HttpResponse:
    """What waits for this person today; how recruitment stands; the participants registered last."""
    authority = request.authority
    if not authority.grants:
        return render(request, "enrollment/home_without_delegation.html", {"helpers": admins(request.at)})
    sites = list(sites_where(authority, May.SEE_RECORDS))
    zone = sites[0].zone if len(sites) == 1 else ZoneInfo(settings.TIME_ZONE)
    rows = waiting(request)
    context = {
        "today": date_format(request.at.astimezone(zone), "l j F Y"),
        "number": sum(row.stands_for for row in rows),
        "undated": [row for row in rows if row.last is None],
        "dated": [row for row in rows if row.last is not None],
        "may_register": authority.may(May.REGISTER),
        "several_sites": len(sites) != 1,
        "counts": selectors.counts(authority),
        "statuses": Participant.Status,
        "latest": selectors.latest_participants(authority, RECENT),
        **standing(),
    }
    return render(request, "enrollment/home.html", context)
