"""What differs between two answers, in words: for a worksheet its cells, for rows the rows.

Boundary: pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from screening import words
from screening.eligibility.items import Item, Rows, Sheet


class Difference(NamedTuple):
    """One thing that differs; "" is not answered."""

    label: str
    old: str
    new: str


def differences(
    item: Item, old: object, new: object, items: Mapping[str, object], typed: Mapping[str, object]
) -> list[Difference]:
    """What differs. ``items`` and ``typed`` hold the units in which old and new were reported."""
    if isinstance(item.kind, Sheet):
        return list(_cells(item.kind, old, new))
    if isinstance(item.kind, Rows):
        return list(_rows(item, item.kind, old, new))
    return [Difference(words.label(item), words.answer(item, old, items), words.answer(item, new, typed))]


def _cells(kind: Sheet, old: object, new: object) -> Iterator[Difference]:
    before, after = (part if isinstance(part, dict) else {} for part in (old, new))
    for area, name in kind.areas.items():
        for cell in kind.measures:
            was = before.get("areas", {}).get(area, {}).get(cell.name)
            now = after.get("areas", {}).get(area, {}).get(cell.name)
            if was != now:
                label = f"{capfirst(name)}, {words.said(cell.term)}"
                yield Difference(label, words.answer(cell, was, {}), words.answer(cell, now, {}))
    for cell in kind.single:
        was, now = before.get(cell.name), after.get(cell.name)
        if was != now:
            yield Difference(words.label(cell), words.answer(cell, was, {}), words.answer(cell, now, {}))


def _rows(item: Item, kind: Rows, old: object, new: object) -> Iterator[Difference]:
    before, after = (part if isinstance(part, list) else [] for part in (old, new))
    if not before or not after:
        yield Difference(words.label(item), words.answer(item, old, {}), words.answer(item, new, {}))
        return
    for number in range(max(len(before), len(after))):
        was, now = (rows[number] if number < len(rows) else None for rows in (before, after))
        if was != now:
            texts = ["" if row is None else words.answer(item, [row], {}) for row in (was, now)]
            yield Difference(_("%(what)s, row %(number)s") % {"what": words.label(item), "number": number + 1}, *texts)
