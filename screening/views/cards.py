"""One card: drawn by itself, and saved. With htmx the card alone is answered, and what else changes beside it.

A save that needs something more (a reason, a confirmation, a choice between two answers, another value) is answered
with 422 and the same card: all that was typed is in it, and its verdict is still that of what is saved.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from screening import words
from screening.actions.answers import save_card
from screening.cards import Card
from screening.differences import Difference, differences
from screening.eligibility.kinds import Choice
from screening.forms.card import CardForm
from screening.refusals import Change, Clash, Conflict, NeedsConfirming, NeedsReason, NotTaken
from screening.selectors import Loaded, load
from screening.views.record import card_of, card_on_page, opening_of, page_context, record_of, record_page
from screening.views.shown import card_shown, clock, examinations_shown
from trial_portal.accounts.permissions import May
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.frame.pages import WRITE, PortalRequest, page


@dataclass
class Prompt:
    """What a card asks before it is saved. ``kind``: reason, confirm or conflict."""

    kind: str
    title: str
    changes: list[Difference]
    keep: str = ""
    unusual: list[tuple[str, str]] | None = None
    clashes: list[dict[str, Any]] | None = None
    seen: int = 0
    confirmed: str = ""


@page(May.SEE_RECORDS, WRITE)
def card(request: PortalRequest, number: str, attempt: int, card_id: str) -> HttpResponse:
    """One card (GET), or its save (POST)."""
    record = record_of(request, number, attempt)
    if request.method == "POST":
        # Who may not enter is told so before anything that was typed is judged.
        request.authority.check(May.SCREEN, record.participant.site_id)
    loaded = load(record, request.at)
    own = card_of(loaded, card_id)
    if request.method != "POST":
        shown = card_on_page(loaded, own, page_context(request, loaded)["enters"], opening_of(loaded, request.GET))
        return render(request, "screening/card_alone.html", page_context(request, loaded) | {"card": shown})
    form = CardForm(loaded, own, request.POST)
    saved, prompt = save(request, loaded, own, form)
    if saved is None:
        return _not_saved(request, loaded, own, form, prompt)
    if request.htmx:  # type: ignore[attr-defined]
        return _swapped(request, saved, own, loaded.record.revision)
    return see_other(_address(request, saved, own), request)


def save(request: PortalRequest, loaded: Loaded, card: Card, form: CardForm) -> tuple[Loaded | None, Prompt | None]:
    """Save what a form says. Returns the record as it then stands; or None, with what the card asks first."""
    if not form.is_valid():
        return None, None
    typed = form.typed(but=form.theirs)
    save = {"by": request.user, "at": request.at, "record": loaded.record, "card_id": card.id, "seen": loaded}
    reason = form.cleaned_data["reason"]
    try:
        try:
            return save_card(typed=typed, reason=reason, **save), None
        except NeedsReason as asked:
            if "keep" not in request.POST:
                raise
            kept = [*form.theirs, *(change.item.name for change in asked.changes)]
            return save_card(typed=form.typed(but=kept), reason=reason, **save), None
    except NotPermitted:
        raise
    except NotTaken as refused:
        for name, says in refused.problems.items():
            form.refuse(name, says)
        return None, None
    except Conflict as conflict:
        return None, _conflict(loaded, form, conflict, request.at)
    except NeedsConfirming as asked_first:
        return None, _confirm(form, asked_first)
    except NeedsReason as asked:
        return None, _reason(loaded, form, asked, sent="reason_code" in request.POST)
    except Refused as refused:
        form.refuse(refused.field, refused.message)
        return None, None


def _reason(loaded: Loaded, form: CardForm, asked: NeedsReason, *, sent: bool) -> Prompt:
    if sent:
        form.add_error("reason" if form.cleaned_data["reason_code"] else "reason_code", asked.message)
    changes = [difference for change in asked.changes for difference in _differences(loaded, form, change)]
    if len(changes) == 1:
        title = _("Why did “%(what)s” change?") % {"what": changes[0].label}
        keep = _("Keep %(old)s") % {"old": changes[0].old}
    else:
        title, keep = _("Why did these answers change?"), _("Keep what is saved")
    for change in asked.changes:
        drawn = getattr(form.fields.get(change.item.name), "drawn", None)
        if drawn is not None:
            drawn.was = ", ".join(d.old or _("not answered") for d in _differences(loaded, form, change))
    return Prompt("reason", title, changes, keep, confirmed=" ".join(sorted(form.confirmed)))


def _confirm(form: CardForm, asked: NeedsConfirming) -> Prompt:
    confirmed = sorted(form.confirmed | set(asked.unusual))
    return Prompt(
        "confirm",
        _("Is this right?"),
        [],
        unusual=list(asked.unusual.items()),
        confirmed=" ".join(confirmed),
    )


def _conflict(loaded: Loaded, form: CardForm, conflict: Conflict, at: datetime) -> Prompt:
    return Prompt(
        "conflict",
        _("Somebody changed this card while you had it open"),
        [],
        clashes=[_clash(loaded, form, clash, at) for clash in conflict.clashes],
        seen=loaded.record.revision,
    )


def _clash(loaded: Loaded, form: CardForm, clash: Clash, at: datetime) -> dict[str, Any]:
    found = _differences(loaded, form, Change(clash.item, clash.saved, clash.typed))
    theirs = "; ".join(_told(d.label, d.old, len(found)) for d in found)
    mine = "; ".join(_told(d.label, d.new, len(found)) for d in found)
    if isinstance(clash.item.kind, Choice):
        theirs, mine = capfirst(theirs), capfirst(mine)
    return {
        "name": clash.item.name,
        "says": _("%(who)s changed %(what)s to %(theirs)s at %(time)s, while you typed %(mine)s.")
        % {
            "who": clash.by,
            "what": f"“{found[0].label if len(found) == 1 else words.label(clash.item)}”",
            "theirs": theirs,
            "mine": mine,
            "time": clock(clash.at, loaded, at),
        },
        "theirs": theirs,
        "mine": mine,
        "who": clash.by,
    }


def _told(label: str, value: str, count: int) -> str:
    said = value or _("not answered")
    return said if count == 1 else f"{label}: {said}"


def _differences(loaded: Loaded, form: CardForm, change: Change) -> list[Difference]:
    typed = {name: value for name, value in form.cleaned_data.items() if value is not None}
    saved: dict[str, object] = dict(loaded.items)
    for row in loaded.sets:
        if row.pk == change.result_set:
            saved |= row.values
    return differences(change.item, change.old, change.new, saved, {**loaded.items, **typed})


def _not_saved(
    request: PortalRequest, loaded: Loaded, card: Card, form: CardForm, prompt: Prompt | None
) -> HttpResponse:
    shown = card_shown(loaded, card, as_saved=True)
    shown.form, shown.prompt = form, prompt
    shown.examinations = examinations_shown(loaded, card, form.sets)
    if request.htmx:  # type: ignore[attr-defined]
        context = page_context(request, loaded) | {"card": shown}
        return render(request, "screening/card_refused.html", context, status=422)
    return record_page(request, loaded, bound=shown, status=422)


def _swapped(request: PortalRequest, saved: Loaded, card: Card, revision: int) -> HttpResponse:
    """The saved card's form, and beside it all that follows from the save: verdicts, rail, what is still needed."""
    pressed = request.POST.get("open", "")
    if pressed and _is_page(saved, pressed):
        return see_other(_address(request, saved, card), request)
    shown = card_on_page(saved, card, True, opening_of(saved, _opened(request, card)))
    shown.saved = clock(request.at, saved, request.at)
    context = page_context(request, saved) | {
        "card": shown,
        "others": [card_shown(saved, other) for other in saved.cards.values() if other.id != card.id],
    }
    response = render(request, "screening/card_saved.html", context)
    # A page that was up to date still is: its other cards may go on from the new revision.
    told = {"card": card.id, "before": revision, "revision": saved.record.revision}
    response.headers["HX-Trigger"] = json.dumps({"saved": told})
    return response


def _opened(request: PortalRequest, card: Card) -> dict[str, str]:
    """What the pressed button opens, as the query of an address."""
    pressed = request.POST.get("open", "")
    for examination in card.examinations:
        if pressed == f"{examination.name}:":
            return {"new": examination.name}
        if pressed.startswith(f"{examination.name}:"):
            return {"set": pressed.partition(":")[2]}
    for item in card.items:
        if f"{item.name}-add" in request.POST:
            return {"add": item.name}
    return {}


def _is_page(loaded: Loaded, pressed: str) -> bool:
    return pressed in loaded.protocol.by_name


def _address(request: PortalRequest, loaded: Loaded, card: Card) -> str:
    """Where a saved card leads: its place on the record's page, or the worksheet whose button was pressed."""
    record = loaded.record
    at = [record.participant.number, record.attempt]
    pressed = request.POST.get("open", "")
    if pressed and _is_page(loaded, pressed):
        return reverse("screening:sheet", args=[*at, pressed])
    query = "&".join(f"{name}={value}" for name, value in _opened(request, card).items())
    return f"{reverse('screening:record', args=at)}{'?' + query if query else ''}#{card.id}"


def see_other(address: str, request: PortalRequest) -> HttpResponse:
    """Go on to another page after a save (303); htmx is told to leave this one."""
    if request.htmx:  # type: ignore[attr-defined]
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    response = HttpResponseRedirect(address)
    response.status_code = 303
    return response
