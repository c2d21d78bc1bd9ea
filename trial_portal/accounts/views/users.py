"""Pages of user administration. For admins; what changes an account, for those of the whole study."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from trial_portal.accounts import actions, selectors
from trial_portal.accounts.filters import UserFilter
from trial_portal.accounts.forms.users import NewPasswordForm, UserChangeForm, UserForm
from trial_portal.accounts.models import User
from trial_portal.accounts.passwords import one_time_password
from trial_portal.accounts.permissions import May
from trial_portal.accounts.stories import user_story
from trial_portal.accounts.tables import UserTable, account_of
from trial_portal.accounts.views.shared import act, crumbs, form_shown, paged
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, PortalRequest, page, refusals_shown

SIGN_INS_SHOWN = 10


@page(May.CONFIGURE, READ)
def users(request: PortalRequest) -> HttpResponse:
    """Everybody in reach, with search and filters."""
    chosen = UserFilter(request.GET, queryset=selectors.people(request.authority), request=request)
    rows = chosen.qs if chosen.is_valid() else chosen.queryset.none()
    table = paged(request, UserTable(rows, locked=selectors.locked_users(request.at)))
    context = {"filter": chosen, "table": table, "administers": request.authority.holds(May.CONFIGURE, None)}
    return render(request, "study/users.html", context, status=200 if chosen.is_valid() else 422)


@page(May.CONFIGURE, READ)
def user(request: PortalRequest, pk: int) -> HttpResponse:
    """One person: account, delegations, sign-ins, what happened."""
    found = _found(request, pk)
    locked = selectors.rests_until(found.username, request.at)
    mine = selectors.delegations(request.authority, request.at).filter(user=found)
    context = {
        "person": found,
        "account": account_of(found, locked is not None),
        "locked_until": locked,
        "delegations": mine,
        "sign_ins": selectors.sign_ins_of(found)[:SIGN_INS_SHOWN],
        "story": user_story(selectors.steps_of_user(found)),
        "statement": selectors.statement_of(found),
        "administers": request.authority.holds(May.CONFIGURE, None),
        "own": found == request.user,
    }
    return render(request, "study/user.html", context)


@page(May.CONFIGURE)
def add(request: PortalRequest) -> HttpResponse:
    """A new account; its one-time password is shown once, on the answer to this form."""
    request.authority.check(May.CONFIGURE, None)
    form = UserForm(request.POST or None)
    if form.is_valid():
        with refusals_shown(form):
            typed = form.cleaned_data["password"]
            values = form.cleaned_data | {"password": typed or one_time_password()}
            new = actions.create_user(by=request.user, at=request.at, **values)
            return _handed_over(request, new, values["password"], typed, _("The account of %(name)s is made"))
    return form_shown(
        request,
        form,
        title=_("Add a person"),
        here=_("Add a person"),
        above=_above(),
        says=_("One account for one person, for good. What the person may do is delegated afterwards."),
        submit=_("Make the account"),
    )


@page(May.CONFIGURE)
def edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Printed name, e-mail, telephone."""
    found = _administered(request, pk)
    now = {"printed_name": found.printed_name, "email": found.email, "phone": found.phone}
    form = UserChangeForm(request.POST or None, initial=now)
    return act(
        request,
        form,
        partial(actions.change_user, user=found),
        then=_("The changes are saved."),
        title=_("Change the account of %(name)s") % {"name": found},
        here=_("Change"),
        above=_above(found),
        says=_("What the person signed keeps the name they had then."),
        submit=_("Save the changes"),
    )


@page(May.CONFIGURE)
def disable(request: PortalRequest, pk: int) -> HttpResponse:
    """Close an account, with a reason."""
    found = _administered(request, pk)
    form = ReasonForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.disable_user, user=found),
        then=_("The account of %(name)s is disabled.") % {"name": found},
        title=_("Disable the account of %(name)s") % {"name": found},
        here=_("Disable"),
        above=_above(found),
        says=_("Nobody can sign in with it, and its sessions end now. What the person did and signed stays theirs."),
        submit=_("Disable the account"),
    )


@page(May.CONFIGURE)
def enable(request: PortalRequest, pk: int) -> HttpResponse:
    """Open an account again, with a reason."""
    found = _administered(request, pk)
    form = ReasonForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.enable_user, user=found),
        then=_("The account of %(name)s is enabled.") % {"name": found},
        title=_("Enable the account of %(name)s") % {"name": found},
        here=_("Enable"),
        above=_above(found),
        says=_("For the same person alone. The delegations they held are in force again, as far as their days go."),
        submit=_("Enable the account"),
    )


@page(May.CONFIGURE)
def password(request: PortalRequest, pk: int) -> HttpResponse:
    """A new password for somebody who lost theirs; shown once, on the answer to this form."""
    found = _administered(request, pk)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        with refusals_shown(form):
            typed = form.cleaned_data["password"]
            values = form.cleaned_data | {"password": typed or one_time_password()}
            actions.set_password(by=request.user, at=request.at, user=found, **values)
            return _handed_over(request, found, values["password"], typed, _("%(name)s has a new password"))
    return form_shown(
        request,
        form,
        title=_("Set a new password for %(name)s") % {"name": found},
        here=_("New password"),
        above=_above(found),
        says=_("The person has to change it before anything else. Until then nothing can be signed with it."),
        submit=_("Set the password"),
    )


@page(May.CONFIGURE)
def unlock(request: PortalRequest, pk: int) -> HttpResponse:
    """Let somebody in again before the rest is over, with a reason."""
    found = _administered(request, pk)
    form = ReasonForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.unlock_user, user=found),
        then=_("%(name)s can sign in again.") % {"name": found},
        title=_("Unlock the account of %(name)s") % {"name": found},
        here=_("Unlock"),
        above=_above(found),
        says=_("Ask the person first whether it was them who tried: somebody else may be guessing."),
        submit=_("Unlock the account"),
    )


def _found(request: PortalRequest, pk: int) -> User:
    return get_object_or_404(selectors.people(request.authority), pk=pk)


def _administered(request: PortalRequest, pk: int) -> User:
    found = _found(request, pk)
    request.authority.check(May.CONFIGURE, None)
    return found


def _above(found: User | None = None) -> list[tuple[str, str]]:
    people = (_("People"), reverse("study:users"))
    return crumbs(people) if found is None else crumbs(people, (str(found), reverse("study:user", args=[found.pk])))


def _handed_over(request: PortalRequest, person: User, password: str, typed: str, title: str) -> HttpResponse:
    """The page with the password, as the answer itself: a redirect would have to keep it somewhere."""
    context: dict[str, Any] = {"person": person, "title": title % {"name": person}}
    return render(request, "study/password_once.html", context | {"password": "" if typed else password})
