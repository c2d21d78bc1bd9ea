"""Queries: the investigator asks about a criterion, the coordinator answers, the investigator closes.

Order in each: permission, state, guard, write. A query is about an attempt that is not ended or signed.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from screening.actions.steps import live, locked, told
from screening.models import Query, ScreeningRecord
from screening.selectors import protocol_of
from screening.workflow import IN_PROGRESS, RETURNED, SUBMITTED
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused

ASKED_IN = (SUBMITTED, RETURNED)
"""States in which a query is asked: the record was handed in once."""

ANSWERED_IN = (IN_PROGRESS, SUBMITTED, RETURNED)
"""States in which a query is answered and closed."""


@action
def ask_query(*, by: User, at: datetime, record: ScreeningRecord, criterion: str, question: str) -> Query:
    """Ask the coordinator about one criterion (its id). The record cannot be signed until the query is closed."""
    record = locked(record, by=by, at=at, may=May.REVIEW)
    _in_state(record, ASKED_IN)
    if criterion not in {known.id for known in protocol_of(record).criteria}:
        raise Refused(_("Choose the criterion that you ask about."), "criterion")
    question = told(record, question, "question", _("Write what you want to know."))
    return Query.objects.create(record=record, criterion=criterion, question=question, asked_by=by)


@action
def answer_query(*, by: User, at: datetime, query: Query, answer: str) -> Query:
    """Answer a query, once. What the answers have to say is changed on the cards, with a reason."""
    row = _locked(query, by=by, at=at, may=May.SCREEN)
    if row.answer:
        raise Refused(_("This query is answered already. What was answered is not changed."))
    row.answer = told(row.record, answer, "answer", _("Write the answer."))
    row.answered_by, row.answered_at = by, at
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    return row


@action
def close_query(*, by: User, at: datetime, query: Query) -> Query:
    """Close a query: answered to the investigator's satisfaction, or no longer needed."""
    row = _locked(query, by=by, at=at, may=May.REVIEW)
    row.closed_by, row.closed_at = by, at
    row.save(update_fields=["closed_by", "closed_at"])
    return row


def _locked(query: Query, *, by: User, at: datetime, may: May) -> Query:
    """The open query as it stands now, its record locked first. Raises Refused when it is closed."""
    record = locked(query.record, by=by, at=at, may=may)
    _in_state(record, ANSWERED_IN)
    row = Query.objects.select_for_update(of=("self",)).get(pk=query.pk)
    row.record = record
    if row.closed_at is not None:
        raise Refused(_("This query is closed already. Ask a new one where something is still open."))
    return row


def _in_state(record: ScreeningRecord, states: tuple[str, ...]) -> None:
    live(record)
    if record.status not in states:
        raise Refused(
            _("This record is “%(state)s”: queries are not asked, answered or closed now.")
            % {"state": record.get_status_display()}
        )
