"""Pages of the gate and of what follows: enroll, withdrawn, completed, found ineligible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enrollment import actions, gate, selectors
from enrollment.forms import CompleteForm, IneligibleForm, WithdrawForm
from enrollment.models import Enrollment
from enrollment.refusals import NotYet
from enrollment.stories import story
from screening.models import ScreeningRecord
from screening.selectors import records_with_identity
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, WRITE, PortalRequest, done, form_page, page, refusals_shown


def record_of(request: PortalRequest, number: str, attempt: int) -> ScreeningRecord:
    """The record of an address, if it is in this person's reach; else there is none (404)."""
    rows = records_with_identity(request.authority)
    return get_object_or_404(rows, participant__number=number, attempt=attempt)


def enrollment_of(request: PortalRequest, number: str) -> Enrollment:
    """The enrollment of a participant, if it is in this person's reach (404)."""
    return get_object_or_404(selectors.enrollments(request.authority), participant__number=number)


@page(May.SEE_RECORDS, READ)
def check(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Everything that stands in the way of enrolling, each with what to do; or the button that enrolls."""
    record = record_of(request, number, attempt)
    if record.status == ScreeningRecord.Status.ENROLLED:
        return redirect("enrollment:status", number)
    return _gate_page(request, record, gate.examine(record, request.at, request.authority))


@page(May.ENROLL, ("POST",))
def enroll(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Enroll, or say all that stands in the way."""
    record = record_of(request, number, attempt)
    try:
        enrollment = actions.enroll(by=request.user, at=request.at, record=record)
    except NotYet as refused:
        return _gate_page(request, record_of(request, number, attempt), refused.gate, refused=refused.message)
    message = _("%(number)s is enrolled. Enrollment number %(enrollment)s.")
    return done(request, message % {"number": number, "enrollment": enrollment}, "enrollment:status", number)


def _gate_page(request: PortalRequest, record: ScreeningRecord, found: gate.Gate, refused: str = "") -> HttpResponse:
    signed = found.facts.standing.evaluation
    context = {
        "record": record,
        "participant": record.participant,
        "gate": found,
        "signature": signed.signature if signed else None,
        "may_enroll": request.authority.may(May.ENROLL, record.participant.site_id),
        "at": request.at,
        "refused": refused,
    }
    return render(request, "enrollment/gate.html", context, status=422 if refused else 200)


@page(May.SEE_RECORDS, READ)
def status(request: PortalRequest, number: str) -> HttpResponse:
    """That somebody is enrolled: the number, by whom, signed by whom; what happened since, and what may follow."""
    enrollment = enrollment_of(request, number)
    site = enrollment.site_id
    in_study = enrollment.status in (Enrollment.Status.ENROLLED, Enrollment.Status.INELIGIBLE)
    steps = list(selectors.enrollment_steps(enrollment))
    context = {
        "enrollment": enrollment,
        "participant": enrollment.participant,
        "signature": enrollment.evaluation.signature,
        "recruitment": selectors.recruitment(),
        "filled": selectors.places_filled(),
        "entries": story(enrollment, steps),
        "steps": steps,
        "may_end": in_study and request.authority.may(May.ENROLL, site),
        "may_find": enrollment.status == Enrollment.Status.ENROLLED
        and request.authority.may(May.RECORD_DEVIATION, site),
    }
    return render(request, "enrollment/enrolled.html", context)


@page(May.ENROLL, WRITE)
def withdraw(request: PortalRequest, number: str) -> HttpResponse:
    """A participant leaves the study."""
    return _follow(request, number, May.ENROLL, WithdrawForm, actions.withdraw, gettext_lazy("withdrawn"))


@page(May.ENROLL, WRITE)
def complete(request: PortalRequest, number: str) -> HttpResponse:
    """A participant completes the study."""
    return _follow(request, number, May.ENROLL, CompleteForm, actions.complete, gettext_lazy("completed"))


@page(May.RECORD_DEVIATION, WRITE)
def ineligible(request: PortalRequest, number: str) -> HttpResponse:
    """An enrolled participant turns out not to meet a criterion."""
    return _follow(
        request, number, May.RECORD_DEVIATION, IneligibleForm, actions.find_ineligible, gettext_lazy("found ineligible")
    )


def _follow(
    request: PortalRequest, number: str, may: May, form_class: type[Any], action: Callable[..., object], word: Any
) -> HttpResponse:
    enrollment = enrollment_of(request, number)
    request.authority.check(may, enrollment.site_id)
    form = form_class(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            action(by=request.user, at=request.at, enrollment=enrollment, **form.cleaned_data)
            says = _("%(number)s: recorded as %(word)s.") % {"number": enrollment, "word": word}
            return done(request, says, "enrollment:status", number)
    context = {"enrollment": enrollment, "participant": enrollment.participant}
    return form_page(request, "enrollment/status_form.html", form, **context)
