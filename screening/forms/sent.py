"""What a card sends, made whole: what was not sent is as it is saved, and row buttons are followed.

Boundary: names and texts; nothing is read here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict

from screening.eligibility.items import Examination, Item, Rows, Sheet
from screening.forms.answers import raw_of
from screening.forms.rows import with_row, without_row
from trial_portal.frame.forms import DateBoxes

if TYPE_CHECKING:
    from screening.forms.card import CardForm


def source_name(examination: Examination) -> str:
    """The field of where a result comes from."""
    return f"{examination.name}-source"


def completed(form: CardForm, data: QueryDict) -> QueryDict:
    """What was sent, with what is saved where nothing was sent."""
    sent = data.copy()
    for item in form.asked():
        if isinstance(item.kind, Rows):
            _follow_buttons(sent, item)
        if isinstance(item.kind, Rows | Sheet):
            continue
        names = {item.name, *(f"{item.name}-{part}" for part in DateBoxes.PARTS)}
        if names.isdisjoint(sent):
            saved = form.saved(item)
            value = form.only_unit(item) if saved is None else saved
            for name, text in {} if value is None else raw_of(item, item.name, value).items():
                sent[name] = text
    for examination, row in form.sets.items():
        sent.setdefault(f"{examination.name}-set", str(row.pk) if row else "")
        if source_name(examination) not in sent and row is not None and not form.in_part:
            sent[source_name(examination)] = row.source
    sent.setdefault("revision", str(form.loaded.record.revision))
    return sent


def _follow_buttons(sent: QueryDict, item: Item) -> None:
    if f"{item.name}-add" in sent:
        del sent[f"{item.name}-add"]
        with_row(sent, item.name)
    for key in [key for key in sent if key.startswith(f"{item.name}-") and key.endswith("-remove")]:
        number = key.removeprefix(f"{item.name}-").removesuffix("-remove")
        del sent[key]
        if number.isascii() and number.isdigit() and len(number) < 6:
            without_row(sent, item.name, int(number))


def without_gaps(value: object) -> object:
    """A saved answer without the fields of rows and cells that are null."""
    if isinstance(value, dict):
        return {name: without_gaps(part) for name, part in value.items() if part is not None}
    if isinstance(value, list):
        return [without_gaps(part) for part in value]
    return value
