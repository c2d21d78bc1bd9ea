"""Pages of participants: the list, finding, registering, one participant, who they are, entered in error."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render, resolve_url
from django.utils.translation import gettext as _

from trial_portal.accounts.permissions import May
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, PortalRequest, done, form_page, page, refusals_shown
from trial_portal.participants import actions, selectors
from trial_portal.participants.actions.identities import seen
from trial_portal.participants.filters import ParticipantFilter
from trial_portal.participants.forms.participants import ChangeIdentityForm, FindForm, RegisterForm, ResolveForm
from trial_portal.participants.models import Identity, Participant
from trial_portal.participants.panels import panels_of
from trial_portal.participants.refusals import NeedsConfirmation
from trial_portal.participants.stories import story
from trial_portal.participants.tables import ConsentTable, ParticipantTable, status_of
from trial_portal.participants.views.shared import (
    once_told,
    one_window,
    participant_or_404,
    sent,
    several_sites,
    told_page,
)


@page(May.SEE_RECORDS, READ)
def participants(request: PortalRequest) -> HttpResponse:
    """The registry, one window at a time, newest first."""
    several = several_sites(request)
    reached = selectors.participants(request.authority)
    chosen = ParticipantFilter(request.GET, queryset=reached, request=request, several_sites=several)
    valid = chosen.is_valid()
    rows = chosen.qs if valid else reached.none()
    oldest_first = request.GET.get("sort") == "number"
    shown = one_window(request, selectors.listed(rows), "id" if oldest_first else "-id")
    table = ParticipantTable(
        list(shown["window"].rows),
        order_by="number" if oldest_first else "-number",
        exclude=() if several else ("site",),
    )
    context = {"filter": chosen, "table": table, "may_register": request.authority.may(May.REGISTER), **shown}
    context["may_find"] = request.authority.may(May.SEE_IDENTITIES)
    return render(request, "participants/list.html", context, status=200 if valid else 422)


@page(May.SEE_IDENTITIES)
def find(request: PortalRequest) -> HttpResponse:
    """Looks somebody up exactly, among those whose identity the person may see."""
    form = FindForm(sent(request))
    found: list[Participant] | None = None
    if form.is_valid():
        facts = dict(form.cleaned_data)
        number = facts.pop("number").strip().upper()
        rows = selectors.find(request.authority, **{name: value or "" for name, value in facts.items()})
        if number:
            rows = selectors.participants(request.authority).filter(number=number)
        found = list(rows[:100])
    return form_page(request, "participants/find.html", form, found=found)


@page(May.REGISTER)
def register(request: PortalRequest) -> HttpResponse:
    """A person who is to be screened gets a number."""
    sites = list(selectors.sites_where(request.authority, May.REGISTER))
    form = RegisterForm(sent(request), sites=sites)
    if form.is_valid():
        with refusals_shown(form):
            facts = {"by": request.user, "at": request.at, **form.facts()}
            try:
                new = once_told(form, lambda told: actions.register_participant(**facts, confirmed=told))
                message = _("%(number)s is registered. Record the consent once it is signed.") % {"number": new}
                return done(request, message, "participants:participant", new.number)
            except NeedsConfirmation:
                pass
    return told_page(request, "participants/register.html", form)


@page(May.SEE_RECORDS, READ)
def participant(request: PortalRequest, number: str) -> HttpResponse:
    """One participant, coded."""
    return render_participant(request, participant_or_404(request, number))


def render_participant(
    request: PortalRequest, participant: Participant, identity: Identity | None = None
) -> HttpResponse:
    """The page of a participant; with ``identity``, who they are is open on it."""
    site, authority = participant.site_id, request.authority
    may = {name: authority.may(May[name], site) for name in ("SEE_IDENTITIES", "REGISTER", "RECORD_CONSENT", "STRIKE")}
    may["RESOLVE"] = authority.may(May.RESOLVE_DUPLICATES, site)
    consents = list(selectors.consents_of(participant))
    struck = [consent for consent in consents if consent.is_struck]
    show_struck = "struck" in request.GET
    live = participant.status != Participant.Status.STRUCK
    table = ConsentTable(
        consents if show_struck else [consent for consent in consents if not consent.is_struck],
        participant=participant,
        may_strike=may["STRIKE"] and live,
    )
    context: dict[str, Any] = {
        "participant": participant,
        "status": status_of(participant),
        "identity": identity,
        "may": may,
        "live": live,
        "consents": table,
        "struck": len(struck),
        "show_struck": show_struck,
        "duplicates": selectors.duplicates_of(participant),
        "deviations": selectors.deviations_of(participant),
        "withdrawals": selectors.all_withdrawals_of(participant),
        "entries": story(participant, selectors.steps_of(participant)),
        "panels": panels_of(request, participant),
    }
    return render(request, "participants/participant.html", context)


@page(May.SEE_IDENTITIES, ("POST",))
def identity(request: PortalRequest, number: str) -> HttpResponse:
    """Opens who a participant is, in place; that somebody looked is kept."""
    found = participant_or_404(request, number)
    shown = actions.show_identity(by=request.user, at=request.at, participant=found)
    if request.htmx:
        may = {"REGISTER": request.authority.may(May.REGISTER, found.site_id)}
        context = {"participant": found, "identity": shown, "may": may, "live": found.status != "struck"}
        return render(request, "participants/_identity.html", context)
    return render_participant(request, found, shown)


@page(May.REGISTER)
def change_identity(request: PortalRequest, number: str) -> HttpResponse:
    """Corrects who a participant is; opening it shows the identity, so that is kept too."""
    found = participant_or_404(request, number)
    stored = actions.show_identity(by=request.user, at=request.at, participant=found)
    person = selectors.person_of(stored)
    initial = vars(person) | {"sex_at_birth": found.sex_at_birth, "token": seen(found, person)}
    form = ChangeIdentityForm(sent(request), initial=initial)
    if form.is_valid():
        with refusals_shown(form):
            facts = {"by": request.user, "at": request.at, "participant": found, **form.facts()}
            try:
                once_told(form, lambda told: actions.change_identity(**facts, confirmed=told))
                message = _("The identity of %(number)s is corrected.") % {"number": number}
                return done(request, message, "participants:participant", number)
            except NeedsConfirmation:
                pass
    return told_page(request, "participants/change_identity.html", form, participant=found)


@page(May.STRIKE)
def strike(request: PortalRequest, number: str) -> HttpResponse:
    """A participant was entered in error."""
    found = participant_or_404(request, number)
    request.authority.check(May.STRIKE, found.site_id)
    form = ReasonForm(sent(request))
    if form.is_valid():
        with refusals_shown(form):
            actions.strike_participant(by=request.user, at=request.at, participant=found, **form.cleaned_data)
            message = _("%(number)s is marked as entered in error. The number is not used again.") % {"number": number}
            return done(request, message, "participants:participant", number)
    return form_page(request, "participants/strike.html", form, participant=found)


@page(May.SEE_RECORDS)
def duplicate(request: PortalRequest, number: str, pk: int) -> HttpResponse:
    """A possible duplicate: what may be told of it, and, for an investigator, its resolution."""
    found = participant_or_404(request, number)
    pair = get_object_or_404(selectors.duplicates_of(found), pk=pk)
    may_resolve = request.authority.may(May.RESOLVE_DUPLICATES, found.site_id)
    form = ResolveForm(sent(request))
    if request.method == "POST":
        request.authority.check(May.RESOLVE_DUPLICATES, found.site_id)
    if form.is_valid():
        with refusals_shown(form):
            actions.resolve_duplicate(by=request.user, at=request.at, duplicate=pair, **form.cleaned_data)
            return done(request, _resolved(pair.participant, form.cleaned_data["same"]), resolve_url(*_back(found)))
    context = {"participant": found, "pair": pair, "here": pair.other.site_id == found.site_id}
    return form_page(request, "participants/duplicate.html", form, may_resolve=may_resolve, **context)


def _back(found: Participant) -> tuple[str, str]:
    return ("participants:participant", found.number)


def _resolved(found: Participant, same: bool) -> str:
    if same:
        return _("%(number)s is the same person as the other. Strike the one entered in error.") % {"number": found}
    return _("%(number)s is another person. The possible duplicate no longer stands in the way.") % {"number": found}
