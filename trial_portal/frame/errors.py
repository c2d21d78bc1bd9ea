"""Pages for what went wrong: each says what is, and what to do next.

Those of a broken portal (500, 503) need no database, no session and no context: any of them may be what is broken.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

from trial_portal.frame.selectors import admins


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: what the browser sent is too large or not as browsers send it."""
    return render(request, "errors/400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person is known, and may not; the page says why, and who can change that."""
    context = {"why": str(exception or ""), "helpers": admins(getattr(request, "at", None))}
    return render(request, "errors/403.html", context, status=403)


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """409: what is asked for is known, and cannot be done as things stand; the page says why."""
    return render(request, "errors/409.html", {"why": str(exception)}, status=409)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing there, or nothing in this person's reach; the two look the same."""
    return render(request, "errors/404.html", status=404)


def method_not_allowed(request: HttpRequest, methods: Iterable[str]) -> HttpResponse:
    """405: the address is there, but does not take this method."""
    response = render(request, "errors/405.html", status=405)
    response.headers["Allow"] = ", ".join(methods)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form is too old or comes from elsewhere."""
    return render(request, "errors/csrf.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it is the database that did not answer: away, full, or kept waiting for too long."""
    away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    status = 503 if away else 500
    headers = {"Retry-After": "30"} if away else {}
    try:
        context = {"reference": get_contextvars().get("request_id", "")}
        response = render(None, f"errors/{status}.html", context, status=status)
    except Exception:
        says = _("The portal is broken just now. Nothing of this request was saved. Tell an admin.")
        response = HttpResponse(says, "text/plain; charset=utf-8", status)
    for name, value in headers.items():
        response.headers[name] = value
    return response
