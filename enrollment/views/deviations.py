"""Recording a deviation, and to whom it was reported. The list is a log."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from enrollment import actions, selectors
from enrollment.forms import DeviationForm, ReportForm
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import WRITE, PortalRequest, done, form_page, page, refusals_shown


@page(May.RECORD_DEVIATION, WRITE)
def add(request: PortalRequest) -> HttpResponse:
    """Record a deviation of a participant of one's site."""
    typed = request.POST if request.method == "POST" else None
    form = DeviationForm(typed, initial={"participant": request.GET.get("participant", "")})
    if form.is_valid():
        facts = dict(form.cleaned_data)
        number = facts.pop("participant").strip().upper()
        participant = selectors.participant_where(request.authority, May.RECORD_DEVIATION, number)
        if participant is None:
            form.add_error("participant", _("There is no such participant at your site. Check the number."))
        else:
            with refusals_shown(form):
                actions.record_deviation(by=request.user, at=request.at, participant=participant, **facts)
                return done(
                    request, _("The deviation of %(number)s is recorded.") % {"number": number}, "deviations:list"
                )
    return form_page(request, "deviations/add.html", form)


@page(May.RECORD_DEVIATION, WRITE)
def report(request: PortalRequest, pk: int) -> HttpResponse:
    """Record to whom a deviation was reported."""
    deviation = get_object_or_404(selectors.deviations_where(request.authority, May.RECORD_DEVIATION), pk=pk)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            actions.report_deviation(by=request.user, at=request.at, deviation=deviation, **form.cleaned_data)
            return done(request, _("The report is recorded."), "deviations:list")
    return form_page(request, "deviations/report.html", form, deviation=deviation)
