"""The totals of a worksheet: of the whole as the instrument sums it, and of each row, as ranges while cells are open.

Boundary: pure. Which measure counts for which component is found by asking the instrument about one cell at a time, so
any trial's worksheet has its sums without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from screening.cards import Card
from screening.eligibility.facts import Facts
from screening.eligibility.items import Item, Sheet
from screening.eligibility.kinds import Integer
from screening.eligibility.protocol import Instrument, Protocol
from screening.limits import threshold
from screening.selectors import Loaded


@dataclass(frozen=True)
class Total:
    """One component: lowest and highest total as it stands, the most there can be, the score a criterion wants.

    ``wanted`` is None where no criterion wants one of this component.
    """

    name: str
    low: int
    high: int
    most: int
    wanted: int | None

    @property
    def low_width(self) -> float:
        """The lowest total in per cent of the most."""
        return 100 * self.low / self.most if self.most else 0

    @property
    def open_width(self) -> float:
        """What is still open, in per cent of the most."""
        return 100 * (self.high - self.low) / self.most if self.most else 0

    @property
    def wanted_at(self) -> float:
        """Where the wanted score lies, in per cent of the most."""
        return 100 * (self.wanted or 0) / self.most if self.most else 0


@dataclass(frozen=True)
class RowSum:
    """The sum of the first component in one row: lowest, highest, the most there can be."""

    low: int
    high: int
    most: int


@dataclass(frozen=True)
class Sums:
    """All totals; ``first`` and ``measures`` say which measures the row sums add."""

    totals: list[Total]
    rows: Mapping[str, RowSum]
    components: Mapping[str, str]
    complete_rows: int


def totals(loaded: Loaded, card: Card, item: Item, saved: object, entry: Any) -> Sums:
    """The sums of a worksheet as saved; the row sums as it is drawn."""
    assert isinstance(item.kind, Sheet)  # noqa: S101  (narrows the type)
    instrument = next((one for one in loaded.protocol.instruments.values() if item in one.reads), None)
    found = []
    components: Mapping[str, str] = {}
    if instrument is not None:
        components = components_of(loaded.protocol, instrument, item)
        report = _report(loaded.protocol, instrument, item, saved) or {}
        most = _report(loaded.protocol, instrument, item, _full(item.kind)) or {}
        wanted = threshold(card.criterion, item) if card.criterion else None
        counted = str(loaded.protocol.defaults.get(_component_setting(card, item), ""))
        for name in dict.fromkeys(components.values()):
            highest = _whole(most.get(f"{name}_max"))
            low, high = report.get(f"{name}_min"), report.get(f"{name}_max")
            found.append(
                Total(
                    name,
                    _whole(low),
                    highest if high is None else _whole(high),
                    highest,
                    wanted if counted in (name, "") else None,
                )
            )
    rows = {area.code: _row_sum(item.kind, area, components) for area in entry.areas}
    complete = sum(area.open == 0 for area in entry.areas)
    return Sums(found, rows, components, complete)


def _component_setting(card: Card, item: Item) -> str:
    """The setting that says which component the criterion's condition counts; "" when there is none."""
    if card.criterion is None:
        return ""
    for part in card.criterion.condition.walk():
        if item in part.own_items and isinstance(getattr(part, "limit", None), int) and part.own_settings:
            return part.own_settings[0]
    return ""


@lru_cache(maxsize=16)
def components_of(protocol: Protocol, instrument: Instrument, item: Item) -> Mapping[str, str]:
    """For each measure and each single cell, the component that it raises; those that raise none are left out."""
    kind = item.kind
    assert isinstance(kind, Sheet)  # noqa: S101  (narrows the type)
    found = {}
    area = next(iter(kind.areas))
    for cell in (*kind.measures, *kind.single):
        if not isinstance(cell.kind, Integer):
            continue
        value = {cell.name: cell.kind.high}
        sheet = {"areas": {area: value}} if cell in kind.measures else value
        report = _report(protocol, instrument, item, sheet) or {}
        for name, total in report.items():
            if name.endswith("_min") and isinstance(total, int) and total > 0:
                found[cell.name] = name.removesuffix("_min")
    return found


def _report(protocol: Protocol, instrument: Instrument, item: Item, sheet: object) -> Mapping[str, object] | None:
    values, _problems = protocol.reader.read({item.name: sheet})
    return instrument.report(Facts(values, protocol.defaults))


def _full(kind: Sheet) -> dict[str, object]:
    """A worksheet with every cell at its highest."""

    def highest(cell: Item) -> object:
        return cell.kind.high if isinstance(cell.kind, Integer) else next(iter(cell.codes))

    areas = {area: {cell.name: highest(cell) for cell in kind.measures} for area in kind.areas}
    return {"areas": areas} | {cell.name: highest(cell) for cell in kind.single}


def _row_sum(kind: Sheet, area: Any, components: Mapping[str, str]) -> RowSum:
    """The sum over the measures of the first component."""
    first = next(iter(components.values()), "")
    low = high = most = 0
    for cell in area.cells:
        if components.get(cell.item.name) != first or not isinstance(cell.item.kind, Integer):
            continue
        most += cell.item.kind.high
        known = cell.chosen.isascii() and cell.chosen.isdigit()
        low += int(cell.chosen) if known else 0
        high += int(cell.chosen) if known else cell.item.kind.high
    return RowSum(low, high, most)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
