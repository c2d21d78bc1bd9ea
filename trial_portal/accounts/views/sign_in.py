"""Signing in and out, and what an account has to settle before anything else: its password, its statement."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from trial_portal.accounts import actions, selectors
from trial_portal.accounts.forms.sign_in import PasswordForm, SignInForm
from trial_portal.accounts.words import STATEMENT
from trial_portal.frame.pages import ANYONE, SIGNED_IN, PortalRequest, done, form_page, page, refusals_shown
from trial_portal.frame.selectors import admins

BACKEND = "trial_portal.accounts.backend.PortalBackend"


@page(ANYONE)
def sign_in(request: PortalRequest) -> HttpResponse:
    """User name and password; then the page that was asked for. The session's key is a new one from then on."""
    to = _own_address(request)
    if request.user.is_authenticated and request.method != "POST":
        return HttpResponseRedirect(to)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        with refusals_shown(form):
            user = actions.sign_in(at=request.at, **form.cleaned_data)
            login(request, user, backend=BACKEND)
            return _go(to)
    helpers = [f"{admin} ({admin.phone})" if admin.phone else str(admin) for admin in admins(request.at)]
    response = form_page(request, "accounts/sign_in.html", form, next=to, helpers=", ".join(helpers))
    response.headers["Cache-Control"] = "no-store"
    return response


@page(ANYONE, ("POST",))
def sign_out(request: PortalRequest) -> HttpResponse:
    """End the session. Pressed again after it ended, it leads to the same place."""
    if request.user.is_authenticated:
        actions.sign_out(by=request.user, at=request.at)
    logout(request)
    return _go(resolve_url(settings.LOGOUT_REDIRECT_URL))


@page(SIGNED_IN)
def password(request: PortalRequest) -> HttpResponse:
    """Change one's own password; one's other sessions end."""
    forced = request.user.must_change_password
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        with refusals_shown(form):
            values = {"old": form.cleaned_data["old"], "new": form.cleaned_data["new"]}
            user = actions.change_password(by=request.user, at=request.at, **values)
            update_session_auth_hash(request, user)
            return done(request, _("Your password is changed. Your other sessions have ended."), "home")
    return form_page(request, "accounts/password.html", form, forced=forced)


@page(SIGNED_IN)
def statement(request: PortalRequest) -> HttpResponse:
    """Accept, once, that an electronic signature binds like one by hand."""
    accepted = selectors.statement_of(request.user)
    if request.method == "POST" and accepted is None:
        actions.accept_statement(by=request.user, at=request.at, text=str(STATEMENT))
        return _go(resolve_url("home"))
    return render(request, "accounts/statement.html", {"accepted": accepted, "text": STATEMENT})


def _own_address(request: HttpRequest) -> str:
    """Where somebody wanted to go, if that is a page of the portal; else home."""
    to = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return to if own else resolve_url("home")


def _go(to: str) -> HttpResponse:
    response = HttpResponseRedirect(to)
    response.status_code = 303
    return response
