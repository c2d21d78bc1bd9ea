"""What pages of the registry share: the participant of the address, going on once told, one window of a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404

from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import PortalRequest, form_page
from trial_portal.participants import selectors
from trial_portal.participants.forms.shared import ToldMixin
from trial_portal.participants.models import Participant
from trial_portal.participants.refusals import NeedsConfirmation

Result = TypeVar("Result")
ROWS, MOST_COUNTED = 50, 1000
"""Rows of a list at once, and how far they are counted."""


def participant_or_404(request: PortalRequest, number: str) -> Participant:
    """The participant, if the person's delegations reach them; to everybody else they do not exist."""
    return get_object_or_404(selectors.participants(request.authority), number=number)


def several_sites(request: PortalRequest) -> bool:
    """Whether somebody sees records of more than one site."""
    reached = request.authority.sites(May.SEE_RECORDS)
    return reached is None or len(reached) > 1


def sent(request: PortalRequest) -> QueryDict | None:
    """What a form is bound to: what was sent, be it empty, or nothing when the page is only opened."""
    return request.POST if request.method == "POST" else None


def once_told(form: ToldMixin, call: Callable[[bool], Result]) -> Result:
    """What ``call(confirmed)`` gives; goes on where it refuses until the person was told and they were told just that.

    The refusal is kept at ``form.refusal`` for the page. Raises it when they were not told, or told something else.
    """
    try:
        return call(False)
    except NeedsConfirmation as refusal:
        form.refusal = refusal
        if form.cleaned_data["told"] != refusal.token:
            raise
    return call(True)


def told_page(request: PortalRequest, template: str, form: ToldMixin, **context: Any) -> HttpResponse:
    """The page of a form: 422 also when nothing is wrong but the person has to be told something first."""
    if form.refusal is not None:
        # The page carries on what it now tells, not what the one before told.
        form.data = form.data.copy()
        form.data["told"] = form.refusal.token
    response = form_page(request, template, form, refusal=form.refusal, **context)
    if form.refusal is not None:
        response.status_code = 422
    return response


def one_window(request: PortalRequest, rows: QuerySet[Any], *keys: str) -> dict[str, Any]:
    """One window of a list by the marks of the address, and how many rows there are, as templates take it."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    found = selectors.window(rows, ROWS, *keys, after=after, before=before)
    counted = selectors.count_up_to(rows, MOST_COUNTED)
    return {"window": found, "counted": min(counted, MOST_COUNTED), "more": counted > MOST_COUNTED}
