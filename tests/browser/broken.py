"""Addresses of a portal in which something is broken, for the pages that say so."""

from __future__ import annotations

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from trial_portal.frame.pages import ANYONE, READ, page
from trial_portal.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@page(ANYONE, READ)
def broken(request: HttpRequest) -> HttpResponse:
    """A mistake in the portal."""
    raise ZeroDivisionError


@page(ANYONE, READ)
def away(request: HttpRequest) -> HttpResponse:
    """The database is away."""
    raise OperationalError("connection refused")


urlpatterns = [*urlpatterns, path("broken/", broken), path("away/", away)]
