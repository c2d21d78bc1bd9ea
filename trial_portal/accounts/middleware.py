"""At the door of every page: who is there, may they open it, and has their account anything to settle first.

Boundary: decides whether a view is called at all; what is in a record's reach is decided by selectors and actions.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import structlog
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from trial_portal.accounts.permissions import May, not_permitted
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.context import request_id
from trial_portal.audit.refusals import NotPermitted, Refused

log = structlog.get_logger(__name__)

ANYONE, SIGNED_IN = "anyone", "signed in"
BEFORE_ALL_ELSE = {"accounts:password", "accounts:statement", "accounts:sign-out", "language"}
"""What somebody who still has to change a password or accept the statement may open."""


class Gatekeeper:
    """Gives each request its moment (``at``), its id and its user's authority, and opens the view or does not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.at = timezone.now()
        request.authority = SimpleLazyObject(lambda: authority_of(request.user, request.at))
        token = request_id.set(uuid.uuid4().hex)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
        if request.user.is_authenticated:
            # Names and birth dates are on these pages: nothing of them stays in a shared browser's cache.
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_view(
        self, request: Any, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        who = getattr(view, "who", None)
        name = request.resolver_match.view_name
        if who is None:
            log.error("page_without_permission", view=name)
            raise PermissionDenied
        if "\0" in request.path_info:
            raise Http404  # no record is called so, and the database does not even take the question
        if who == ANYONE:
            return None
        if not request.user.is_authenticated:
            address = f"{resolve_url('accounts:sign-in')}?{urlencode({'next': request.get_full_path()})}"
            if request.htmx:
                return HttpResponse(status=204, headers={"HX-Redirect": address})
            return redirect(address)
        if name not in BEFORE_ALL_ELSE:
            if request.user.must_change_password:
                return redirect("accounts:password")
            if not hasattr(request.user, "signature_statement"):
                return redirect("accounts:statement")
        if who != SIGNED_IN and not request.authority.may(May(who)):
            raise PermissionDenied(not_permitted(May(who)))
        return None

    def process_exception(self, request: Any, exception: Exception) -> HttpResponse | None:
        from trial_portal.frame import errors

        if isinstance(exception, NotPermitted):
            return errors.forbidden(request, exception)
        return errors.refused(request, exception) if isinstance(exception, Refused) else None
