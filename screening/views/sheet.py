"""The page of a worksheet: a table of cells, its totals as ranges, and the score that the criterion wants.

Boundary: any item whose kind is a Sheet; which instrument sums it, and what it asks for, the protocol says.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from screening import words
from screening.cards import Card
from screening.eligibility.items import Examination, Item, Sheet
from screening.forms.card import CardForm
from screening.forms.sheet import SheetEntry
from screening.scores import totals
from screening.selectors import Loaded, load
from screening.views.cards import Prompt, save, see_other
from screening.views.record import may_enter, opening_of, page_context, record_of
from screening.views.shown import card_shown, examinations_shown
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import WRITE, PortalRequest, page


@page(May.SEE_RECORDS, WRITE)
def sheet(request: PortalRequest, number: str, attempt: int, item: str) -> HttpResponse:
    """The worksheet of the result set in use (or ``?set=``, ``?new=``); POST saves it, with the date while there is
    none."""
    record = record_of(request, number, attempt)
    if request.method == "POST":
        request.authority.check(May.SCREEN, record.participant.site_id)
    loaded = load(record, request.at)
    asked, card, examination = _place(loaded, item)
    part = [examination.date, asked]
    form = CardForm(
        loaded,
        card,
        request.POST if request.method == "POST" else None,
        opening=opening_of(loaded, request.GET),
        items=part,
    )
    prompt, status = None, 200
    if request.method == "POST":
        saved, prompt = save(request, loaded, card, form)
        if saved is not None:
            row = form.sets[examination] or (saved.of(examination) or [None])[0]
            if "done" in request.POST:
                return see_other(f"{reverse('screening:record', args=[number, attempt])}#{card.id}", request)
            if not request.htmx:  # type: ignore[attr-defined]
                again = reverse("screening:sheet", args=[number, attempt, item])
                return see_other(f"{again}?set={row.pk}" if row else again, request)
            loaded = saved
            chosen = {"set": str(row.pk)} if row else {}
            form = CardForm(loaded, card, opening=opening_of(loaded, chosen), items=part)
        else:
            status = 422
    context = page_context(request, loaded) | _context(loaded, card, examination, asked, form, prompt)
    context |= {"enters": may_enter(request, record), "saved_now": status == 200 and request.method == "POST"}
    template = "screening/sheet_form.html" if request.htmx else "screening/sheet.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status)


def _place(loaded: Loaded, name: str) -> tuple[Item, Card, Examination]:
    """The worksheet of an address, its card and its examination (404)."""
    for card in loaded.cards.values():
        for examination in card.examinations:
            for item in examination.values:
                if item.name == name and isinstance(item.kind, Sheet):
                    return item, card, examination
    raise Http404


def _context(
    loaded: Loaded, card: Card, examination: Examination, item: Item, form: CardForm, prompt: Prompt | None
) -> dict[str, object]:
    entry = form.fields[item.name].entry  # type: ignore[attr-defined]
    assert isinstance(entry, SheetEntry)  # noqa: S101  (narrows the type)
    shown = card_shown(loaded, card, as_saved=form.is_bound)
    shown.form, shown.prompt = form, prompt
    shown.examinations = examinations_shown(loaded, card, form.sets)
    sums = totals(loaded, card, item, form.saved(item), entry)
    return {
        "card": shown,
        "form": form,
        "entry": entry,
        "item": item,
        "title": words.label(item),
        "sums": sums,
        "rows": [(area, sums.rows[area.code]) for area in entry.areas],
        "first_component": list(dict.fromkeys(sums.components.values()))[:1],
        "examination": examination,
        "date_open": form.saved(examination.date) is None or bool(form.errors.get(examination.date.name)),
        "set": next((one for one in shown.examinations if one.examination is examination), None),
    }
