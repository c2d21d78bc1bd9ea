"""The home page of each person."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format

from enrollment import selectors, waiting_records
from enrollment.views.shared import standing
from enrollment.waiting import SOURCES, waiting
from screening.workflow import OPEN
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, SIGNED_IN, PortalRequest, page
from trial_portal.frame.selectors import admins
from trial_portal.participants.models import Participant
from trial_portal.participants.selectors import sites_where

RECENT = 6


@page(SIGNED_IN, READ)
def home(request: PortalRequest) -> HttpResponse:
    """What waits for this person today; how recruitment stands; the records changed last."""
    authority = request.authority
    if not authority.grants:
        return render(request, "enrollment/home_without_delegation.html", {"helpers": admins(request.at)})
    sites = list(sites_where(authority, May.SEE_RECORDS))
    zone = sites[0].zone if len(sites) == 1 else ZoneInfo(settings.TIME_ZONE)
    rows = waiting(request, (*waiting_records.SOURCES, *SOURCES))
    tomorrow = request.at.astimezone(zone).date() + timedelta(days=1)
    records = selectors.latest_records(authority, RECENT)
    screened = selectors.screened(authority)
    context = {
        "today": date_format(request.at.astimezone(zone), "l j F Y"),
        "number": sum(row.stands_for for row in rows),
        "now": [row for row in rows if row.last is None or row.last <= tomorrow],
        "later": [row for row in rows if row.last is not None and row.last > tomorrow],
        "may_register": authority.may(May.REGISTER),
        "several_sites": len(sites) != 1,
        "counts": selectors.counts(authority),
        "statuses": Participant.Status,
        "records": records,
        "latest": () if records else selectors.latest_participants(authority, RECENT),
        "screened": screened,
        "in_screening": sum(screened.get(status, 0) for status in OPEN),
        **standing(),
    }
    return render(request, "enrollment/home.html", context)
