"""Pages of review: what waits, one record, and each thing an investigator does on it but sign."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _

from screening import words
from screening.actions import queries as query_actions
from screening.actions import review as actions
from screening.filters import ReviewFilter
from screening.forms.review import AskForm, ReturnForm, ReviewForm
from screening.models import ScreeningRecord
from screening.refusals import Conflict, NeedsReason, NotTaken
from screening.reviewing.selectors import not_clear, query_of, review_of, waiting_for_review
from screening.tables import ReviewTable
from screening.views.review_page import Typed, record_or_404, review_form, review_page
from trial_portal.accounts.permissions import May
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.frame.pages import READ, PortalRequest, done, page, refusals_shown
from trial_portal.participants.views.shared import one_window


@page(May.REVIEW, READ)
def waiting(request: PortalRequest) -> HttpResponse:
    """What waits for an investigator, the longest first."""
    reached = request.authority.sites(May.REVIEW)
    several = reached is None or len(reached) > 1
    rows = waiting_for_review(request.authority)
    chosen = ReviewFilter(request.GET, queryset=rows, request=request, several_sites=several)
    valid = chosen.is_valid()
    shown = one_window(request, chosen.qs if valid else rows.none(), "waiting_since", "id")
    records = list(shown["window"].rows)
    table = ReviewTable(
        records, not_clear=not_clear(records), at=request.at, exclude=() if several else ("site",), orderable=False
    )
    context = {"filter": chosen, "table": table, **shown}
    return render(request, "screening/review_list.html", context, status=200 if valid else 422)


@page(May.REVIEW, READ)
def record(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """One record: what to look at first, to judge, to confirm, and the signature."""
    return review_page(request, record_or_404(request, number, attempt))


@page(May.REVIEW)
def judge(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Save the block of judgement."""
    if request.method != "POST":
        return redirect("review:record", number, attempt)
    row = record_or_404(request, number, attempt)
    review = review_of(row, request.at)
    form = review_form(review, request.POST)
    if not form.is_valid():
        return review_page(request, row, Typed(block=form), status=422)
    typed = Typed(block=form)
    try:
        loaded = actions.judge(
            by=request.user, at=request.at, record=row, typed=form.typed, reason=form.cleaned_data["reason"]
        )
    except NotPermitted:
        raise
    except NeedsReason as asked:
        typed.why = [_change(change, review) for change in asked.changes]
        if "reason_code" in request.POST:
            missing_words = form.cleaned_data["reason_code"]
            form.add_error(
                "reason" if missing_words else "reason_code",
                _("Say why in words.") if missing_words else _("Choose why the judgement changes."),
            )
    except NotTaken as refused:
        for name, problem in refused.problems.items():
            form.add_error(name if name in form.fields else None, problem)
    except Conflict as conflict:
        typed.clashes = conflict.clashes
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.message)
    else:
        left = form.unsaved(loaded, judgement=False)
        return _saved(request, row, _("Your judgement is saved."), "confirm", left)
    return review_page(request, row, typed, status=422)


@page(May.REVIEW)
def confirm(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Save the block of confirmations."""
    if request.method != "POST":
        return redirect("review:record", number, attempt)
    row = record_or_404(request, number, attempt)
    review = review_of(row, request.at)
    form = review_form(review, request.POST)
    if form.is_valid():
        with refusals_shown(form):
            actions.confirm(by=request.user, at=request.at, record=row, shown=form.ticked)
            left = form.unsaved(review.loaded, judgement=True)
            return _saved(request, row, _("Your confirmations are saved."), "sign", left)
    return review_page(request, row, Typed(block=form), status=422)


def _saved(
    request: PortalRequest, row: ScreeningRecord, says: str, place: str, left: dict[str, object]
) -> HttpResponse:
    """On to the next block; where the other block holds something unsaved, the page with it still there."""
    if not left:
        return done(request, says, _address(row, place))
    review = review_of(record_or_404(request, row.participant.number, row.attempt), request.at)
    form: ReviewForm = review_form(review, typed=left)
    return review_page(request, row, Typed(block=form))


def _address(row: ScreeningRecord, place: str) -> str:
    return f"{resolve_url('review:record', row.participant.number, row.attempt)}#{place}"


def _change(change: Any, review: Any) -> dict[str, str]:
    return {
        "label": words.label(change.item),
        "old": words.answer(change.item, change.old, review.loaded.items),
        "new": words.answer(change.item, change.new, review.loaded.items) or _("nothing"),
    }


@page(May.REVIEW)
def ask(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Ask the coordinator about one criterion."""
    if request.method != "POST":
        return redirect("review:record", number, attempt)
    row = record_or_404(request, number, attempt)
    form = AskForm(request.POST, criterion=request.POST.get("criterion", "")[:4])
    if form.is_valid():
        with refusals_shown(form):
            query = query_actions.ask_query(by=request.user, at=request.at, record=row, **form.cleaned_data)
            says = _("The query on %(criterion)s is asked. Return the record when you have asked all.")
            return done(request, says % {"criterion": query.criterion}, _address(row, "queries"))
    return review_page(request, row, Typed(ask=form), status=422)


@page(May.REVIEW)
def close_query(request: PortalRequest, number: str, attempt: int, pk: int) -> HttpResponse:
    """Close a query."""
    if request.method != "POST":
        return redirect("review:record", number, attempt)
    row = record_or_404(request, number, attempt)
    query = get_object_or_404(query_of(row, pk))
    form = ReturnForm(request.POST)
    with refusals_shown(form):
        query_actions.close_query(by=request.user, at=request.at, query=query)
        return done(
            request,
            _("The query on %(criterion)s is closed.") % {"criterion": query.criterion},
            _address(row, "queries"),
        )
    return review_page(request, row, Typed(back=form), status=422)


@page(May.REVIEW)
def return_record(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """Give the record back to the coordinator."""
    if request.method != "POST":
        return redirect("review:record", number, attempt)
    row = record_or_404(request, number, attempt)
    form = ReturnForm(request.POST)
    if form.is_valid():
        with refusals_shown(form):
            actions.return_record(by=request.user, at=request.at, record=row, **form.cleaned_data)
            return done(request, _("%(number)s is with the coordinator again.") % {"number": number}, "review:list")
    return review_page(request, row, Typed(back=form), status=422)
