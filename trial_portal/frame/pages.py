"""Who may open a page, and how a form answers.

Every view is a function under :func:`page`; a view without it is refused by the middleware (default deny).

    @page(May.REGISTER)
    def register(request: PortalRequest) -> HttpResponse:
        form = RegisterForm(request.POST or None)
        if form.is_valid():
            with refusals_shown(form):
                participant = actions.register_participant(by=request.user, at=request.at, **form.cleaned_data)
                return done(request, _("…"), participant_url)
        return form_page(request, "participants/register.html", form)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from trial_portal.accounts.middleware import ANYONE, SIGNED_IN
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import Authority, May
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.frame.errors import method_not_allowed

View = TypeVar("View", bound=Callable[..., HttpResponse])


__all__ = ["ANYONE", "READ", "SIGNED_IN", "WRITE", "PortalRequest", "done", "form_page", "page", "refusals_shown"]

READ, WRITE = ("GET", "HEAD"), ("GET", "HEAD", "POST")


class PortalRequest(HttpRequest):
    """A request as the middleware hands it on: ``at`` is its moment, ``authority`` what the user may do then."""

    user: User
    at: datetime
    authority: Authority


def page(who: May | str, methods: tuple[str, ...] = WRITE) -> Callable[[View], View]:
    """Say who may open a view: a permission held at some site, ``SIGNED_IN`` or ``ANYONE``. Other methods give 405.

    Whether it is permitted at the site of the record is asked again by selectors (another site's record does not
    exist: 404) and by actions.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods:
                return method_not_allowed(request, methods)
            return view(request, *args, **kwargs)

        limited.who, limited.methods = who, methods  # type: ignore[attr-defined]
        return limited  # type: ignore[return-value]

    return decorate


@contextmanager
def refusals_shown(form: forms.BaseForm) -> Iterator[None]:
    """Put what an action refuses at its field of ``form``; a missing permission goes on to the 403 page."""
    try:
        yield
    except NotPermitted:
        raise
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)


def form_page(request: HttpRequest, template: str, form: forms.BaseForm, **context: Any) -> HttpResponse:
    """The page with its form: 422 when something typed cannot be taken, with all that was typed still in it."""
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def done(request: HttpRequest, message: str, to: Any, *args: Any) -> HttpResponse:
    """Say what was done, and go on to a page (303, so that reloading does not send the form again)."""
    messages.success(request, message)
    response = HttpResponseRedirect(resolve_url(to, *args))
    response.status_code = 303
    return response
