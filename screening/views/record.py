"""The page of one screening record, and what every page about a record begins with.

Boundary: whole pages; what a saved card answers with is in ``cards``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from screening import words
from screening.cards import VISIT, Card
from screening.eligibility.items import Sheet
from screening.eligibility.protocol import Criterion
from screening.forms.card import CardForm, Opening
from screening.forms.records import AnswerQueryForm
from screening.models import ScreeningRecord
from screening.selectors import (
    Loaded,
    documents,
    last_saved,
    load,
    queries,
    records_with_identity,
    struck_sets,
)
from screening.usability import window_ends
from screening.views.shown import (
    CardShown,
    age_at_consent,
    answers_shown,
    card_shown,
    clock,
    examinations_shown,
    saved_at,
    still_needed,
    unasked,
)
from screening.workflow import EDITABLE, OPEN
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, PortalRequest, page


def record_of(request: PortalRequest, number: str, attempt: int) -> ScreeningRecord:
    """The record of an address, if it is in this person's reach; else there is none (404)."""
    rows = records_with_identity(request.authority)
    return get_object_or_404(rows, participant__number=number, attempt=attempt)


def card_of(loaded: Loaded, card_id: str) -> Card:
    """The card of an address (404)."""
    card = loaded.cards.get(card_id)
    if card is None:
        raise Http404
    return card


def may_enter(request: PortalRequest, record: ScreeningRecord) -> bool:
    """Whether this person may enter answers, and the record's state takes them."""
    return record.status in EDITABLE and request.authority.may(May.SCREEN, record.participant.site_id)


@page(May.SEE_RECORDS, READ)
def record(request: PortalRequest, number: str, attempt: int) -> HttpResponse:
    """The record: what is still needed, then a card a criterion, to fill in or to read."""
    return record_page(request, load(record_of(request, number, attempt), request.at))


def record_page(
    request: PortalRequest,
    loaded: Loaded,
    *,
    bound: CardShown | None = None,
    query_form: AnswerQueryForm | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The whole page. ``bound`` is a card whose typed answers are not saved; it stands in the place of the saved."""
    enters = may_enter(request, loaded.record)
    opening = opening_of(loaded, request.GET)
    last = last_saved(loaded.record)
    files = list(documents(request.authority).filter(record=loaded.record))
    asked = list(queries(request.authority).filter(record=loaded.record))
    shown = []
    for card in loaded.cards.values():
        one = bound if bound is not None and bound.id == card.id else card_on_page(loaded, card, enters, opening)
        one.saved = saved_at(card, last, loaded, request.at)
        one.documents = [document for document in files if card.id in document.criteria]
        one.queries = [query for query in asked if query.criterion == card.id]
        shown.append(one)
    context = page_context(request, loaded) | {
        "cards": shown,
        "struck": list(struck_sets(loaded.record)) if any(row.is_struck for row in loaded.sets) else [],
        "query_form": query_form,
        "refused": refused,
        "form": bound.form if bound is not None else query_form,
    }
    return render(request, "screening/record.html", context, status=status)


def card_on_page(loaded: Loaded, card: Card, enters: bool, opening: Opening) -> CardShown:
    """A card with its form, or, for those who only read, its answers in words."""
    shown = card_shown(loaded, card)
    if enters:
        shown.form = CardForm(loaded, card, opening=opening)
        shown.examinations = examinations_shown(loaded, card, shown.form.sets)
    else:
        shown.answers = answers_shown(loaded, card)
        shown.examinations = examinations_shown(loaded, card, None)
    return shown


def page_context(request: PortalRequest, loaded: Loaded) -> dict[str, Any]:
    """What the head, the rail and the list of needs show; also what a saved card updates beside itself."""
    record, site = loaded.record, loaded.record.participant.site_id
    yours, judged = still_needed(loaded)
    may = request.authority.may
    return {
        "loaded": loaded,
        "record": record,
        "participant": record.participant,
        "marks": loaded.marks,
        "groups": _groups(loaded),
        "decided": loaded.decided,
        "count": len(loaded.evaluation.results),
        "yours": yours,
        "judged": judged,
        "unasked": unasked(loaded),
        "age": age_at_consent(loaded),
        "window_ends": window_ends(loaded.protocol.examinations, record.screening_date, loaded.protocol.defaults),
        "protocol_version": loaded.protocol.label.rpartition("/")[2],
        "visit_card": VISIT,
        "enters": may_enter(request, record),
        "may_submit": may_enter(request, record),
        "may_discontinue": record.status in OPEN and (may(May.SCREEN, site) or may(May.REVIEW, site)),
        "may_attach": record.status in OPEN and may(May.SCREEN, site),
        "may_answer": record.status in OPEN and may(May.SCREEN, site),
        "may_see_identity": may(May.SEE_IDENTITIES, site),
        "now": clock(request.at, loaded, request.at),
        "sheets": {item.name for item in loaded.protocol.items if isinstance(item.kind, Sheet)},
    }


def opening_of(loaded: Loaded, asked: Mapping[str, str]) -> Opening:
    """What an address opens: ``?new=`` an examination, ``?set=`` a result set's key, ``?add=`` rows with one more."""
    sets: dict[str, int | None] = {}
    if asked.get("new"):
        sets[asked["new"]] = None
    key = asked.get("set", "")
    for row in loaded.sets:
        if str(row.pk) == key and not row.is_struck:
            sets[row.examination] = row.pk
    return Opening(sets, frozenset({asked["add"]} if asked.get("add") else ()))


def _groups(loaded: Loaded) -> list[tuple[bool, list[tuple[Criterion, str, Any]]]]:
    """The criteria with mark and word, in two groups: inclusion, exclusion."""
    marked = [(criterion, loaded.marks[criterion.id]) for criterion in loaded.protocol.criteria]
    return [
        (exclusion, [(one, mark, words.MARKS[mark]) for one, mark in marked if one.exclusion is exclusion])
        for exclusion in (False, True)
    ]
