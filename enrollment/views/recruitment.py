"""Pages of recruitment: open or closed, and its target, each changed with a reason."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import actions, selectors
from enrollment.forms import RecruitmentReasonForm, TargetForm
from enrollment.views.shared import standing
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, WRITE, PortalRequest, done, form_page, page, refusals_shown

STEPS = {
    "open_recruitment": ("tick-circle", gettext_lazy("Recruitment was opened.")),
    "close_recruitment": ("circle-slash", gettext_lazy("Recruitment was closed.")),
    "set_target": ("people", gettext_lazy("The target was set to %(target)s.")),
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
    may_change = request.authority.holds(May.CONFIGURE, None)
    return render(request, "enrollment/recruitment.html", {"entries": entries, "may_change": may_change, **standing()})


@page(May.CONFIGURE, WRITE)
def open_recruitment(request: PortalRequest) -> HttpResponse:
    """Open recruitment, with a reason."""
    request.authority.check(May.CONFIGURE, None)
    form = RecruitmentReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            actions.open_recruitment(by=request.user, at=request.at, **form.cleaned_data)
            return done(request, _("Recruitment is open."), "recruitment:overview")
    return form_page(request, "enrollment/recruitment_open.html", form)


@page(May.CONFIGURE, WRITE)
def close_recruitment(request: PortalRequest) -> HttpResponse:
    """Close recruitment, with a reason."""
    request.authority.check(May.CONFIGURE, None)
    form = RecruitmentReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            actions.close_recruitment(by=request.user, at=request.at, **form.cleaned_data)
            return done(request, _("Recruitment is closed."), "recruitment:overview")
    return form_page(request, "enrollment/recruitment_close.html", form)


@page(May.CONFIGURE, WRITE)
def set_target(request: PortalRequest) -> HttpResponse:
    """Set how many participants are wanted, with a reason."""
    request.authority.check(May.CONFIGURE, None)
    typed = request.POST if request.method == "POST" else None
    form = TargetForm(typed, initial={"target": selectors.recruitment().target})
    if form.is_valid():
        with refusals_shown(form):
            row = actions.set_target(by=request.user, at=request.at, **form.cleaned_data)
            says = _("The target is %(target)s.") if row.target else _("There is no target, and no cap.")
            return done(request, says % {"target": row.target}, "recruitment:overview")
    return form_page(request, "enrollment/recruitment_target.html", form)
