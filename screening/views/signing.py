"""Signing a record, and opening a signed one again."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from screening.actions import signing as actions
from screening.forms.review import SignForm
from screening.refusals import ContentChanged
from screening.reviewing.content import signature_standing
from screening.reviewing.selectors import signed_records
from screening.views.review_page import Typed, record_or_404, review_page
from screening.workflow import ELIGIBLE
from trial_portal.accounts.permissions import May
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import PortalRequest, done, form_page, page, refusals_shown


@page(May.SIGN_ELIGIBILITY)
def sign(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Sign what the page showed."""
    if request.method != "POST":
        return redirect("review:record", number, attempt)
    row = record_or_404(request, number, attempt)
    form = SignForm(request.POST)
    typed = Typed(sign=form)
    if form.is_valid():
        try:
            actions.sign_eligibility(
                by=request.user,
                at=request.at,
                record=row,
                decision=form.cleaned_data["decision"],
                password=form.cleaned_data["password"],
                digest=form.cleaned_data["digest"],
                seen=form.shown,
            )
        except NotPermitted:
            raise
        except ContentChanged as changed:
            typed.changes = changed.changes
        except Refused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, refused.message)
        else:
            says = _("%(number)s is signed as eligible.") if form.cleaned_data["decision"] == ELIGIBLE else ""
            says = says or _("%(number)s is signed as not eligible.")
            return done(request, says % {"number": number}, "review:record", number, attempt)
    return review_page(request, row, typed, status=422)


@page(May.SEE_RECORDS)
def reopen(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Open a signed record again: its signature is voided first, with the reason."""
    row = get_object_or_404(signed_records(request.authority), participant__number=number, attempt=attempt)
    site = row.participant.site
    if not request.authority.may(May.REVIEW, site.pk):
        request.authority.check(May.SCREEN, site.pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            actions.reopen(by=request.user, at=request.at, record=row, reason=form.cleaned_data["reason"])
            says = _("%(number)s is open again. Its signature does not hold any more.")
            return done(request, says % {"number": number}, "screening:record", number, attempt)
    standing = signature_standing(row, request.at)
    return form_page(request, "screening/review_reopen.html", form, record=row, standing=standing, site=site)
