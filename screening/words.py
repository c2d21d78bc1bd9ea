"""Answers, marks and sentences of the engine as people read them: values with units, codes by their label.

Boundary: pure. Everything that shows an item or an outcome takes its words from here, so that they are the same on
cards, review, logs and print. Words: ui.md, Principles 2 and Microcopy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from screening.cards import CLEAR, EXCLUDES, INVESTIGATOR, TO_DO, UNDECIDED
from screening.eligibility.dates import read_date
from screening.eligibility.items import Item, Rows, Sheet
from screening.eligibility.kinds import Choice, Date, Integer, Quantity
from screening.eligibility.messages import Message, render
from screening.eligibility.units import symbol

MARKS = {
    CLEAR: gettext_lazy("Clear"),
    EXCLUDES: gettext_lazy("Excludes"),
    UNDECIDED: gettext_lazy("Undecided"),
    INVESTIGATOR: gettext_lazy("Investigator"),
    TO_DO: gettext_lazy("To do"),
}
"""The five words for a criterion."""

SUBJECTS = {
    "eligible": gettext_lazy("eligible"),
    "ineligible": gettext_lazy("not eligible"),
    "pending": gettext_lazy("not decided yet"),
}
"""The three words for a person."""


ISO_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
"""A day as the engine writes it; a sentence for people has it in prose."""


def said(message: Message) -> str:
    """What the engine says, as a phrase."""
    return render(message)


def sentence(message: Message) -> str:
    """What the engine says, with a capital first letter, days in prose and a full stop."""
    text = ISO_DAY.sub(lambda found: shown_day(found[0]), said(message))
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", "。")) else ".")


def label(item: Item) -> str:
    """An item's name with a capital."""
    return capfirst(said(item.term))


def asked(item: Item) -> str:
    """What the form asks, with a capital."""
    return capfirst(said(item.asked))


def shown_day(text: str) -> str:
    """A full or partial date as it is read in prose: 13 Oct 2026, July 2026, 2026. What is no date stays as it is."""
    try:
        span = read_date(text)
    except ValueError:
        return text
    form = {4: "Y", 7: "F Y"}.get(len(text), "j M Y")
    return date_format(span.earliest, form)


def answer(item: Item, value: object, items: Mapping[str, object]) -> str:
    """A saved answer in words, with its unit; "" when it is missing. ``items`` hold the unit it was reported in."""
    if value is None:
        return ""
    kind = item.kind
    if isinstance(kind, Choice):
        return said(item.shown(value)) if isinstance(value, str) and value in kind.codes else str(value)
    if isinstance(kind, Date):
        return shown_day(str(value))
    if isinstance(kind, Integer):
        return f"{value} {kind.unit}".rstrip()
    if isinstance(kind, Quantity):
        unit = items.get(kind.unit_item) if kind.unit_item else kind.scale.own
        return f"{value} {symbol(str(unit or ''))}".rstrip()
    if isinstance(kind, Rows):
        return _rows(kind, value)
    if isinstance(kind, Sheet):
        return _cells(kind, value)
    return str(value)


def _rows(kind: Rows, value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    rows = [row for row in value if isinstance(row, dict)]
    if not rows:
        return _("none")
    told = []
    for row in rows:
        parts = [(field, answer(field, row.get(field.name), row)) for field in kind.fields]
        told.append(", ".join(f"{said(field.term)} {text}" for field, text in parts if text))
    return "; ".join(told)


def _cells(kind: Sheet, value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    areas = value.get("areas")
    areas = areas if isinstance(areas, dict) else {}
    single = [cell.name for cell in kind.single if value.get(cell.name) is not None]
    filled = len(single) + sum(
        cell is not None for area in areas.values() if isinstance(area, dict) for cell in area.values()
    )
    count = len(kind.areas) * len(kind.measures) + len(kind.single)
    return ngettext("%(filled)s of %(count)s cell", "%(filled)s of %(count)s cells", count) % {
        "filled": filled,
        "count": count,
    }
