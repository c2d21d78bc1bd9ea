"""Home pages, and recruitment."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import actions, selectors
from enrollment.forms import RecruitmentReasonForm, TargetForm
from enrollment.waiting import waiting
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import (
    READ,
    SIGNED_IN,
    WRITE,
    PortalRequest,
    done,
    form_page,
    page,
    refusals_shown,
)
from trial_portal.frame.selectors import admins
from trial_portal.participants.models import Participant
from trial_portal.participants.selectors import sites_where

RECENT = 6
STEPS = {
    "open_recruitment": ("tick-circle", gettext_lazy("Recruitment was opened.")),
    "close_recruitment": ("circle-slash", gettext_lazy("Recruitment was closed.")),
    "set_target": ("people", gettext_lazy("The target was set to %(target)s.")),
}


@page(SIGNED_IN, READ)
def home(request: PortalRequest) -> HttpResponse:
    """What waits for this person today; how recruitment stands; the participants registered last."""
    authority = request.authority
    if not authority.grants:
        return render(request, "enrollment/home_without_delegation.html", {"helpers": admins(request.at)})
    sites = list(sites_where(authority, May.SEE_RECORDS))
    zone = sites[0].zone if len(sites) == 1 else ZoneInfo(settings.TIME_ZONE)
    rows = waiting(request)
    context = {
        "today": date_format(request.at.astimezone(zone), "l j F Y"),
        "number": sum(row.stands_for for row in rows),
        "undated": [row for row in rows if row.last is None],
        "dated": [row for row in rows if row.last is not None],
        "may_register": authority.may(May.REGISTER),
        "several_sites": len(sites) != 1,
        "counts": selectors.counts(authority),
        "statuses": Participant.Status,
        "latest": selectors.latest_participants(authority, RECENT),
        **_recruitment(),
    }
    return render(request, "enrollment/home.html", context)


def _recruitment() -> dict[str, object]:
    row, steps = selectors.recruitment(), selectors.latest_steps()
    return {
        "recruitment": row,
        "turned": steps.get("open_recruitment" if row.is_open else "close_recruitment"),
        "target_set": steps.get("set_target"),
        "registry_target": settings.PROTOCOL.facts.get("Target enrollment", ""),
        "registry_status": settings.PROTOCOL.facts.get("Status", ""),
    }


@page(May.SEE_CONFIGURATION, READ)
def overview(request: PortalRequest) -> HttpResponse:
    """Whether recruitment is open, its target, and how both came about."""
    entries = [
        {
            "at": step.recorded_at,
            "icon": STEPS[step.action][0],
            "says": STEPS[step.action][1] % {"target": step.target or _("none")},
            "by": step.by,
            "reason": step.reason,
        }
        for step in selectors.recruitment_steps()
    ]
    may_change = request.authority.sites(May.CONFIGURE) is None
    return render(
        request, "enrollment/recruitment.html", {"entries": entries, "may_change": may_change, **_recruitment()}
    )


@page(May.CONFIGURE, WRITE)
def open_recruitment(request: PortalRequest) -> HttpResponse:
    """Open recruitment, with a reason."""
    form = RecruitmentReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            actions.open_recruitment(by=request.user, at=request.at, **form.cleaned_data)
            return done(request, _("Recruitment is open."), "recruitment:overview")
    return form_page(request, "enrollment/recruitment_open.html", form)


@page(May.CONFIGURE, WRITE)
def close_recruitment(request: PortalRequest) -> HttpResponse:
    """Close recruitment, with a reason."""
    form = RecruitmentReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            actions.close_recruitment(by=request.user, at=request.at, **form.cleaned_data)
            return done(request, _("Recruitment is closed."), "recruitment:overview")
    return form_page(request, "enrollment/recruitment_close.html", form)


@page(May.CONFIGURE, WRITE)
def set_target(request: PortalRequest) -> HttpResponse:
    """Set how many participants are wanted, with a reason."""
    typed = request.POST if request.method == "POST" else None
    form = TargetForm(typed, initial={"target": selectors.recruitment().target})
    if form.is_valid():
        with refusals_shown(form):
            row = actions.set_target(by=request.user, at=request.at, **form.cleaned_data)
            says = _("The target is %(target)s.") if row.target else _("There is no target, and no cap.")
            return done(request, says % {"target": row.target}, "recruitment:overview")
    return form_page(request, "enrollment/recruitment_target.html", form)
