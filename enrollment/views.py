"""Home pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from trial_portal.frame.pages import READ, SIGNED_IN, PortalRequest, page


@page(SIGNED_IN, READ)
def home(request: PortalRequest) -> HttpResponse:
    """What waits for this person today."""
    return render(request, "enrollment/home.html")
