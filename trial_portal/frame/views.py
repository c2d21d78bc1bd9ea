"""The language of the pages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from trial_portal.frame.context import languages_offered
from trial_portal.frame.pages import ANYONE, page

A_YEAR = 365 * 24 * 3600


@page(ANYONE, ("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """Go on in the language posted, on the page that one was on; an address outside the portal leads home instead."""
    to = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure()):
        to = resolve_url("home")
    response = HttpResponseRedirect(to)
    response.status_code = 303
    chosen = request.POST.get("language", "")
    if chosen in languages_offered():
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=A_YEAR,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response
