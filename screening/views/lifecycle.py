"""The life of an attempt outside review: open it, submit it, end it; strike a result; answer a query."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from screening import words
from screening.actions.queries import answer_query
from screening.actions.records import discontinue as discontinue_record
from screening.actions.records import open_screening, strike_result_set
from screening.actions.records import submit as submit_record
from screening.forms.records import AnswerQueryForm, DiscontinueForm, OpenForm
from screening.selectors import load, protocol_of, queries, result_sets
from screening.views.record import record_of, record_page
from trial_portal.accounts.permissions import May
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import WRITE, PortalRequest, done, form_page, page, refusals_shown
from trial_portal.participants.selectors import participants

POST = ("POST",)


@page(May.SCREEN, WRITE)
def open_attempt(request: PortalRequest, number: str) -> HttpResponse:
    """Open a screening of a participant who consented: the day of the visit."""
    participant = get_object_or_404(participants(request.authority), number=number)
    request.authority.check(May.SCREEN, participant.site_id)
    form = OpenForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            record = open_screening(
                by=request.user,
                at=request.at,
                participant=participant,
                screening_date=form.cleaned_data["screening_date"],
            )
            says = _("The screening is open, attempt %(attempt)s.") % {"attempt": record.attempt}
            return done(request, says, "screening:record", number, record.attempt)
    return form_page(request, "screening/open.html", form, participant=participant)


@page(May.SCREEN, POST)
def submit(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Hand the record to the investigator."""
    record = record_of(request, number, attempt)
    try:
        submit_record(by=request.user, at=request.at, record=record)
    except NotPermitted:
        raise
    except Refused as refused:
        return record_page(request, load(record, request.at), refused=refused.message, status=422)
    return done(
        request, _("%(number)s is with the investigator.") % {"number": number}, "screening:record", number, attempt
    )


@page(May.SEE_RECORDS, WRITE)
def discontinue(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """End an attempt that is not decided."""
    record = record_of(request, number, attempt)
    if not request.authority.may(May.REVIEW, record.participant.site_id):
        request.authority.check(May.SCREEN, record.participant.site_id)
    form = DiscontinueForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            discontinue_record(by=request.user, at=request.at, record=record, **form.cleaned_data)
            says = _("The attempt is discontinued. A new one may follow.")
            return done(request, says, "screening:record", number, attempt)
    return form_page(request, "screening/discontinue.html", form, record=record, participant=record.participant)


@page(May.SCREEN, WRITE)
def strike_result(request: PortalRequest, number: str, attempt: int, pk: int) -> HttpResponse:
    """A result was entered in error."""
    rows = result_sets(request.authority)
    row = get_object_or_404(rows, pk=pk, record__participant__number=number, record__attempt=attempt)
    record = row.record
    request.authority.check(May.SCREEN, record.participant.site_id)
    examination = next(one for one in protocol_of(record).examinations if one.name == row.examination)
    card = next(card for card in load(record, request.at).cards.values() if examination in card.examinations)
    what = capfirst(words.said(examination.term))
    if row.specimen_date:
        what = _("%(name)s of %(day)s") % {"name": what, "day": date_format(row.specimen_date, "j M Y")}
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            strike_result_set(
                by=request.user, at=request.at, record=record, result_set=row, reason=form.cleaned_data["reason"]
            )
            back = reverse("screening:record", args=[number, attempt])
            says = _("%(what)s is struck. It stays on file, with your reason.") % {"what": what}
            return done(request, says, f"{back}#{card.id}")
    context = {"record": record, "participant": record.participant, "what": what, "card": card}
    return form_page(request, "screening/result_strike.html", form, **context)


@page(May.SCREEN, POST)
def answer(request: PortalRequest, number: str, attempt: int, pk: int) -> HttpResponse:
    """Answer a query of the reviewer."""
    record = record_of(request, number, attempt)
    query = get_object_or_404(queries(request.authority), pk=pk, record=record)
    request.authority.check(May.SCREEN, record.participant.site_id)
    form = AnswerQueryForm(request.POST, query=query.pk)
    if form.is_valid():
        with refusals_shown(form):
            answer_query(by=request.user, at=request.at, query=query, answer=form.cleaned_data["answer"])
            back = reverse("screening:record", args=[number, attempt])
            return done(request, _("The query is answered."), f"{back}#{query.criterion}")
    refused = " ".join(map(str, form.non_field_errors()))
    return record_page(request, load(record, request.at), query_form=form, refused=refused, status=422)
