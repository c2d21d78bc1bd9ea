"""A worksheet on a form: one cell for each measure of each area, and the cells beside them.

Names: ``cdasi_worksheet-malar-ery`` and ``cdasi_worksheet-gh_ery``; the buttons ``cdasi_worksheet-malar-zero`` fill
what is open in a row with 0. A cell that is not sent stays as it is saved; one sent empty is emptied.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from screening import words
from screening.eligibility.items import Item, Sheet
from screening.eligibility.kinds import Choice, Integer, Refused


@dataclass(frozen=True)
class Cell:
    """One cell as drawn: its name on the form, its choices (code, word), what is chosen as text, whether saved."""

    name: str
    item: Item
    chosen: str
    saved: bool
    error: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What may be chosen: digits, or the words of a vocabulary."""
        kind = self.item.kind
        if isinstance(kind, Integer):
            return [(str(number), str(number)) for number in range(kind.low, kind.high + 1)]
        return [(code, capfirst(words.said(self.item.shown(code)))) for code in self.item.codes]

    @property
    def label(self) -> str:
        """What it measures."""
        return words.label(self.item)


@dataclass(frozen=True)
class Area:
    """One row: its code, its name, its cells. ``open`` and ``empty`` say whether some and all of them are."""

    code: str
    label: str
    cells: tuple[Cell, ...]
    zero_name: str

    @property
    def open(self) -> int:
        """How many cells are open."""
        return sum(not cell.chosen for cell in self.cells)

    @property
    def empty(self) -> bool:
        """Whether every cell is open."""
        return self.open == len(self.cells)


class SheetEntry:
    """The worksheet of one item as sent, over what is saved. Answers are as the engine takes them."""

    template_name = "screening/widgets/sheet.html"

    def __init__(self, item: Item, data: Mapping[str, Any] | None, saved: object) -> None:
        assert isinstance(item.kind, Sheet)  # noqa: S101  (narrows the type)
        self.item, self.kind, self.saved = item, item.kind, saved
        kept = saved if isinstance(saved, dict) else {}
        self.errors: dict[str, str] = {}
        self.raw: dict[str, str] = {}
        """What is chosen in each cell, as text, by its name on the form."""
        self.saved_cells: set[str] = set()
        for area, cell in self._places():
            name = self._name(area, cell)
            value = kept.get("areas", {}).get(area, {}).get(cell.name) if area else kept.get(cell.name)
            if value is not None:
                self.saved_cells.add(name)
            sent = str(data[name]).strip() if data is not None and name in data else None
            self.raw[name] = sent if sent is not None else ("" if value is None else str(value))
        for area in self.kind.areas:
            if data is not None and self._zero(area) in data:
                for cell in self.kind.measures:
                    if isinstance(cell.kind, Integer) and not self.raw[self._name(area, cell)]:
                        self.raw[self._name(area, cell)] = "0"

    @property
    def names(self) -> set[str]:
        """All names it may be sent with."""
        return set(self.raw) | {self._zero(area) for area in self.kind.areas}

    @property
    def first_id(self) -> str:
        """Where a link to it leads."""
        return f"ask-{self.item.name}"

    @property
    def filled(self) -> int:
        """How many cells are chosen."""
        return sum(bool(chosen) for chosen in self.raw.values())

    @property
    def in_words(self) -> str:
        """How far it is."""
        return _("%(filled)s of %(count)s cells") % {"filled": self.filled, "count": len(self.raw)}

    def clean(self) -> object:
        """The worksheet as the engine takes it; None when every cell is open. Raises ValidationError."""
        areas: dict[str, dict[str, object]] = {}
        single: dict[str, object] = {}
        for area, cell in self._places():
            name = self._name(area, cell)
            if not self.raw[name]:
                continue
            try:
                value = self._read(cell, self.raw[name])
            except Refused:
                self.errors[name] = self._wrong(area, cell, self.raw[name])
                continue
            if area:
                areas.setdefault(area, {})[cell.name] = value
            else:
                single[cell.name] = value
        if self.errors:
            raise ValidationError(list(self.errors.values()))
        return ({"areas": areas} if areas else {}) | single or None

    @property
    def areas(self) -> list[Area]:
        """The rows, drawn."""
        return [
            Area(code, capfirst(label), tuple(self._cell(code, cell) for cell in self.kind.measures), self._zero(code))
            for code, label in self.kind.areas.items()
        ]

    @property
    def single(self) -> list[Cell]:
        """The cells beside the areas, drawn."""
        return [self._cell("", cell) for cell in self.kind.single]

    def _wrong(self, area: str, cell: Item, typed: str) -> str:
        allowed = ", ".join(word for _code, word in Cell("", cell, "", False, "").choices)
        where = f"{capfirst(self.kind.areas[area])}, {words.said(cell.term)}" if area else words.label(cell)
        return _("%(where)s: “%(typed)s” is not taken. Choose one of %(allowed)s.") % {
            "where": where,
            "typed": typed[:20],
            "allowed": allowed,
        }

    def _places(self) -> Iterator[tuple[str, Item]]:
        for area in self.kind.areas:
            for cell in self.kind.measures:
                yield area, cell
        for cell in self.kind.single:
            yield "", cell

    def _name(self, area: str, cell: Item) -> str:
        return "-".join(part for part in (self.item.name, area, cell.name) if part)

    def _zero(self, area: str) -> str:
        return f"{self.item.name}-{area}-zero"

    def _cell(self, area: str, cell: Item) -> Cell:
        name = self._name(area, cell)
        return Cell(name, cell, self.raw[name], name in self.saved_cells, self.errors.get(name, ""))

    def _read(self, cell: Item, text: str) -> object:
        digits = text.isascii() and text.isdigit() and len(text) < 4
        return cell.kind.read(int(text) if digits and not isinstance(cell.kind, Choice) else text)
