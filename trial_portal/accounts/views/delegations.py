"""Pages of delegations: the list, one of them, proposing, signing, declining, withdrawing, ending."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from trial_portal.accounts import actions, selectors
from trial_portal.accounts.filters import DelegationFilter
from trial_portal.accounts.forms.delegations import EndForm, ProposalForm
from trial_portal.accounts.models import Delegation
from trial_portal.accounts.permissions import May
from trial_portal.accounts.stories import delegation_story
from trial_portal.accounts.tables import DelegationTable, state_of
from trial_portal.accounts.views.shared import act, crumbs, form_shown, paged
from trial_portal.accounts.words import role_of, tasks_of
from trial_portal.accounts.workflow import MEANINGS
from trial_portal.audit.refusals import NotPermitted
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, PortalRequest, done, form_page, page, refusals_shown
from trial_portal.signatures.actions import digest_of
from trial_portal.signatures.forms import SigningForm
from trial_portal.signatures.selectors import signatures_of, verify


@page(May.SEE_CONFIGURATION, READ)
def delegations(request: PortalRequest) -> HttpResponse:
    """The delegations in reach, with filters."""
    reached = selectors.delegations(request.authority, request.at)
    chosen = DelegationFilter(request.GET, queryset=reached, request=request)
    rows = chosen.qs if chosen.is_valid() else reached.none()
    table = paged(request, DelegationTable(rows))
    context = {"filter": chosen, "table": table, "configures": request.authority.may(May.CONFIGURE)}
    return render(request, "study/delegations.html", context, status=200 if chosen.is_valid() else 422)


@page(May.SEE_CONFIGURATION, READ)
def delegation(request: PortalRequest, pk: int) -> HttpResponse:
    """One delegation: what it says, its signature, what happened, and what this person may do with it."""
    found = _found(request, pk)
    configures = request.authority.holds(May.CONFIGURE, found.site_id)
    leads = found.site_id is not None and request.authority.holds(May.SIGN_DELEGATIONS, found.site_id)
    proposed = found.status == Delegation.Status.PROPOSED
    signer = selectors.signer_of(found, selectors.principals_at(request.at)) if proposed else None
    context = {
        **_said(found),
        "signer": signer,
        "may_sign": signer is not None and signer.is_(request.user, request.authority, found.site_id),
        "may_withdraw": proposed and configures,
        "may_end": found.state in ("in_force", "later") and (configures or leads),
        "may_correct": found.state == "ended" and (configures or leads),
        "signatures": _signatures(found),
        "story": delegation_story(selectors.steps_of_delegation(found)),
    }
    return render(request, "study/delegation.html", context)


@page(May.CONFIGURE)
def propose(request: PortalRequest) -> HttpResponse:
    """Propose a delegation; the address may name the person and the site."""
    whole_study = request.authority.holds(May.CONFIGURE, None)
    sites = selectors.sites_configured(request.authority)
    choices = {"people": selectors.people_to_delegate(), "sites": sites, "whole_study": whole_study}
    form = ProposalForm(request.POST or None, initial=_asked_for(request), **choices)
    if form.is_valid():
        with refusals_shown(form):
            new = actions.propose_delegation(by=request.user, at=request.at, **form.cleaned_data)
            signer = selectors.signer_of(new, selectors.principals_at(request.at))
            return done(request, _("The delegation is proposed. %(who)s") % {"who": signer.says}, _page(new))
    return form_shown(
        request,
        form,
        title=_("Propose a delegation"),
        here=_("Propose"),
        above=_above(),
        says=_("It takes effect when it is signed. Nobody authorises their own."),
        submit=_("Propose the delegation"),
    )


@page(May.SEE_CONFIGURATION)
def sign(request: PortalRequest, pk: int) -> HttpResponse:
    """Read what is delegated, and sign it with the password."""
    found = _to_sign(request, pk)
    if found.status != Delegation.Status.PROPOSED:
        return redirect(_page(found))
    signer = selectors.signer_of(found, selectors.principals_at(request.at))
    found.starts_on, proposed_for = selectors.begins_on(found, request.at), found.starts_on
    shown = digest_of(selectors.content_of(found))
    form = SigningForm(request.POST or None)
    if form.is_valid():
        with refusals_shown(form):
            actions.sign_delegation(by=request.user, at=request.at, delegation=found, **form.cleaned_data)
            return done(request, _("The delegation of %(name)s is signed.") % {"name": found.user}, _page(found))
    assert signer.may is not None  # noqa: S101 - _to_sign refused everybody otherwise
    context = {
        **_said(found),
        "meaning": _(MEANINGS[signer.may]),
        "capacity": selectors.capacity_of(found, signer.may),
        "shown": shown,
        "moved_from": proposed_for if proposed_for != found.starts_on else None,
    }
    return form_page(request, "study/delegation_sign.html", form, **context)


@page(May.SEE_CONFIGURATION)
def decline(request: PortalRequest, pk: int) -> HttpResponse:
    """Do not sign a delegation, with a reason."""
    found = _to_sign(request, pk)
    form = ReasonForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.decline_delegation, delegation=found),
        then=_("The delegation of %(name)s is declined.") % {"name": found.user},
        title=_("Decline the delegation of %(name)s") % {"name": found.user},
        here=_("Decline"),
        above=_above(found),
        about=_about(found),
        says=_("It never takes effect, and stays on file with your reason."),
        submit=_("Decline the delegation"),
    )


@page(May.CONFIGURE)
def withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Take a proposal back, with a reason."""
    found = _found(request, pk)
    request.authority.check(May.CONFIGURE, found.site_id)
    form = ReasonForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.withdraw_delegation, delegation=found),
        then=_("The proposal for %(name)s is withdrawn.") % {"name": found.user},
        title=_("Withdraw the proposal for %(name)s") % {"name": found.user},
        here=_("Withdraw"),
        above=_above(found),
        about=_about(found),
        says=_("It can no longer be signed, and stays on file with your reason."),
        submit=_("Withdraw the proposal"),
    )


@page(May.SEE_CONFIGURATION)
def end(request: PortalRequest, pk: int) -> HttpResponse:
    """Set the last day of a delegation, with a reason."""
    found = _found(request, pk)
    if not (found.site_id is not None and request.authority.holds(May.SIGN_DELEGATIONS, found.site_id)):
        request.authority.check(May.CONFIGURE, found.site_id)
    form = EndForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.end_delegation, delegation=found),
        then=_("The last day of %(name)s is set.") % {"name": found.user},
        title=_("End the delegation of %(name)s") % {"name": found.user},
        here=_("End"),
        above=_above(found),
        about=_about(found),
        says=_("What the person did and signed until then stays valid. Their sessions end now."),
        submit=_("Set the last day"),
    )


def _found(request: PortalRequest, pk: int) -> Any:
    return get_object_or_404(selectors.delegations(request.authority, request.at), pk=pk)


def _to_sign(request: PortalRequest, pk: int) -> Any:
    """A delegation that this person may sign, or has been settled. Raises NotPermitted for everybody else."""
    found = _found(request, pk)
    signer = selectors.signer_of(found, selectors.principals_at(request.at))
    if not signer.is_(request.user, request.authority, found.site_id):
        raise NotPermitted(signer.says)
    return found


def _said(found: Delegation) -> dict[str, Any]:
    return {"delegation": found, "state": state_of(found), "role": role_of(found), "tasks": tasks_of(found)}


def _about(found: Delegation) -> str:
    return " · ".join(
        part for part in (str(found.site or _("The whole study")), role_of(found), tasks_of(found)) if part
    )


def _signatures(found: Delegation) -> list[dict[str, Any]]:
    return [
        {
            "signature": signature,
            "valid": verify(signature),
            "unchanged": selectors.as_signed(found, signature.content),
            "what": _("Delegation of %(name)s, %(about)s") % {"name": found.user, "about": _about(found)},
        }
        for signature in signatures_of(found)
    ]


def _asked_for(request: PortalRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in ("user", "site") if request.GET.get(name, "").isdecimal()}


def _page(found: Delegation) -> str:
    return reverse("study:delegation", args=[found.pk])


def _above(found: Delegation | None = None) -> list[tuple[str, str]]:
    above = (_("Delegations"), reverse("study:delegations"))
    return crumbs(above) if found is None else crumbs(above, (str(found.user), _page(found)))
