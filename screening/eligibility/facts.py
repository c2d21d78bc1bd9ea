"""From what was entered to what is known: values are read, or refused with a problem and missing.

Boundary: fails closed. A wrong type, vocabulary, unit, name or date is a problem of that item, never an exception and
never a value (section 1 of the criteria specification; design: "The protocol as code").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from screening.eligibility.items import Item, Rows, Sheet, first_broken
from screening.eligibility.kinds import Choice, Quantity, Refused, shown
from screening.eligibility.messages import Message, Text
from screening.eligibility.settings import Configuration
from screening.eligibility.units import Reported

if TYPE_CHECKING:
    from screening.eligibility.conditions import Condition, Finding

UNKNOWN_ITEM = Text("problem.unknown_item", "there is no such item in this protocol: correct its name")


class Problem(NamedTuple):
    """A value that was refused: the item it was entered for, and what to do."""

    item: str
    message: Message


class Facts:
    """What is known of one person, and the configuration, while the rules are evaluated.

    ``values``: item name → value as its kind reads it; a missing answer is not in it. ``memo`` holds the findings of
    shared conditions for the time of one evaluation.
    """

    __slots__ = ("config", "memo", "values")

    def __init__(self, values: Mapping[str, object], config: Configuration) -> None:
        self.values = values
        self.config = config
        self.memo: dict[Condition, Finding] = {}


class Reader:
    """Reads the answers of one protocol. Made once; ``items`` in an order in which limits look back only."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = {item.name: item for item in items}
        # Most answers are choices, which are compared with nothing: the vocabulary is looked up without a call.
        self._codes = {item.name: item.codes for item in self.items.values() if isinstance(item.kind, Choice)}
        self._whole = {name for name, item in self.items.items() if isinstance(item.kind, Rows | Sheet)}
        # What other items are compared with is settled before them, in the protocol's order.
        read = {name for item in self.items.values() for name in item.reads}
        self._anchors = [item.name for item in self.items.values() if item.limits and item.name in read]
        self._compared = {
            item.name for item in self.items.values() if item.limits or isinstance(item.kind, Quantity)
        } - set(self._anchors)

    def read(self, entered: Mapping[str, object]) -> tuple[dict[str, object], list[Problem]]:
        """Values by item name, and the problems: first of each value by itself, then of values compared."""
        values: dict[str, object] = {}
        problems: list[Problem] = []
        compared = []
        for name, raw in entered.items():
            if raw is None:
                continue
            codes = self._codes.get(name)
            if codes is not None and isinstance(raw, str) and raw in codes:
                values[name] = raw
            elif name in self._whole:
                values[name] = raw
                compared.append(name)
            elif name not in self.items:
                problems.append(Problem(shown(name), UNKNOWN_ITEM()))
            else:
                try:
                    values[name] = self.items[name].kind.read(raw)
                except Refused as refused:
                    problems.append(Problem(name, refused.message))
                else:
                    if name in self._compared:
                        compared.append(name)
        for name in (*(name for name in self._anchors if name in values), *compared):
            try:
                values[name] = _compared(self.items[name], values[name], values, problems)
            except Refused as refused:
                del values[name]
                problems.append(Problem(name, refused.message))
        return values, problems


def _compared(item: Item, value: object, values: Mapping[str, object], problems: list[Problem]) -> object:
    """The value with its unit, its rows or its cells read, within the limits. Raises ``Refused``."""
    kind = item.kind
    if isinstance(kind, Rows):
        value = kind.read_rows(value, values, lambda message: problems.append(Problem(item.name, message)))
    elif isinstance(kind, Sheet):
        value = kind.read_cells(value, lambda message: problems.append(Problem(item.name, message)))
    elif isinstance(kind, Quantity) and isinstance(value, Reported):
        unit = values.get(kind.unit_item) if kind.unit_item else kind.scale.own
        if isinstance(unit, str):
            value = kind.measure(value, unit)
    broken = first_broken(item.limits, value, values)
    if broken is not None:
        raise Refused(broken)
    return value
