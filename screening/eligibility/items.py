"""Items: what is asked of a person, by whom it is answered, and what may be answered.

Boundary: definitions only, nothing is evaluated here. An item is defined once; the form, the review page, the exports
and the rules all use the same object. Sections 1.5, 1.6 and 5 of the criteria specification.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from screening.eligibility.dates import Span
from screening.eligibility.kinds import FULL_DATE, Choice, Kind, Quantity, Refused, shown
from screening.eligibility.limits import Limit
from screening.eligibility.messages import Message, Text

if TYPE_CHECKING:
    from screening.eligibility.conditions import Condition

NOT_ROWS = Text("refused.rows", "enter a list of rows; an empty list means there are none")
NOT_A_SHEET = Text("refused.sheet", "enter the worksheet as an object with its areas and its other cells")
NOT_AN_OBJECT = Text("refused.row", "{where}: enter it as an object with its fields")
UNKNOWN_FIELD = Text("refused.field", "{where}: there is no field “{name}”")
IN_FIELD = Text("refused.in_field", "{where}: {problem}")
REVERSED = Text("refused.reversed", "{where}: {first} {begin} is after {last} {end}: check both")
ROW = Text("where.row", "row {number}")
ROW_FIELD = Text("where.row_field", "row {number}, {field}")
CELL = Text("where.cell", "{cell}")
Complain = Callable[[Message], None]


class AnsweredBy(StrEnum):
    """Who answers an item (1.6)."""

    COORDINATOR = "coordinator"
    CLINICIAN = "clinician"
    """A coordinator may transcribe it; the investigator confirms it at sign-off."""
    JUDGEMENT = "judgement"
    """The investigator only."""
    DERIVED = "derived"
    """Taken from the registry, the consent or the site."""


class Use(StrEnum):
    """What an item is for."""

    DECIDES = "decides"
    PROOF = "proof"
    """Informational: what a monitor asks to see. Never changes an outcome (5.6)."""
    ADVISORY = "advisory"
    """Outside the protocol. Never changes an outcome (6)."""


@dataclass(frozen=True, eq=False)
class Item:
    """One question, by name.

    ``label`` is a noun phrase that fits into a sentence ("enter the …"); ``question`` is what the form asks, and ""
    when the label is enough. ``plural`` says which verb the label takes. ``limits`` are hard, ``soft`` ones are
    pointed out. ``applies`` says when it is asked: it is hidden while that condition is false.
    """

    name: str
    kind: Kind
    label: str
    question: str = ""
    answered_by: AnsweredBy = AnsweredBy.COORDINATOR
    limits: tuple[Limit, ...] = ()
    soft: tuple[Limit, ...] = ()
    applies: Condition | None = None
    help: str = ""
    use: Use = Use.DECIDES
    plural: bool = False

    @cached_property
    def term(self) -> Message:
        """The label, as a parameter of a message."""
        return Text(f"item.{self.name}", self.label)()

    @property
    def asked(self) -> Message:
        """The question, or the label where that is enough, as a parameter of a message."""
        return Text(f"question.{self.name}", self.question)() if self.question else self.term

    @cached_property
    def codes(self) -> Mapping[str, str]:
        """The vocabulary of a choice: code → what is shown. TypeError for another kind."""
        if not isinstance(self.kind, Choice):
            raise TypeError(f"{self.name} has no vocabulary: it is {self.kind.words()}.")
        return self.kind.codes

    def shown(self, code: str) -> Message:
        """One code of the vocabulary, as a parameter of a message."""
        return Text(f"value.{self.name}.{code}", self.codes[code])()

    @property
    def reads(self) -> Iterator[str]:
        """The names of other items on which it depends whether a value is taken."""
        if isinstance(self.kind, Quantity) and self.kind.unit_item:
            yield self.kind.unit_item
        for limit in self.limits:
            yield from limit.reads
        if isinstance(self.kind, Rows):
            for field in self.kind.fields:
                yield from field.reads


@dataclass(frozen=True, eq=False)
class Rows(Kind):
    """A list of rows, each an object of ``fields``. An empty list is an answer: "none". Read as a tuple of dicts.

    A refused field is missing from its row; a row that is no object has no fields. ``ordered`` names pairs of date
    fields of which the first must not certainly be after the second; if it is, both are missing.
    """

    fields: tuple[Item, ...]
    ordered: tuple[tuple[str, str], ...] = ()

    def words(self) -> str:
        return "rows of: " + "; ".join(f"{field.label} ({field.kind.words()})" for field in self.fields)

    def read_rows(
        self, raw: object, values: Mapping[str, object], complain: Complain
    ) -> tuple[Mapping[str, object], ...]:
        """The rows; what is wrong inside one goes to ``complain``. Raises ``Refused`` when it is no list at all."""
        if not isinstance(raw, list):
            raise Refused(NOT_ROWS())
        return tuple(self._row(number, row, values, complain) for number, row in enumerate(raw, start=1))

    def _row(self, number: int, raw: object, values: Mapping[str, object], complain: Complain) -> Mapping[str, object]:
        if not isinstance(raw, dict):
            complain(NOT_AN_OBJECT(where=ROW(number=number)))
            return {}
        by_name = {field.name: field for field in self.fields}
        row: dict[str, object] = {}
        for name, entered in raw.items():
            field = by_name.get(name)
            if field is None:
                complain(UNKNOWN_FIELD(where=ROW(number=number), name=shown(name)))
            elif entered is not None:
                where = ROW_FIELD(number=number, field=field.term)
                try:
                    value = field.kind.read(entered)
                except Refused as refused:
                    complain(IN_FIELD(where=where, problem=refused.message))
                    continue
                broken = first_broken(field.limits, value, values)
                if broken is None:
                    row[name] = value
                else:
                    complain(IN_FIELD(where=where, problem=broken))
        for first, last in self.ordered:
            begin, end = row.get(first), row.get(last)
            if isinstance(begin, Span) and isinstance(end, Span) and begin.earliest > end.latest:
                complain(
                    REVERSED(
                        where=ROW(number=number),
                        first=by_name[first].term,
                        begin=begin.text,
                        last=by_name[last].term,
                        end=end.text,
                    )
                )
                del row[first], row[last]
        return row


@dataclass(frozen=True, eq=False)
class Sheet(Kind):
    """A worksheet: each of ``areas`` has the same ``measures``, and there are ``single`` cells beside them.

    Entered as ``{"areas": {area: {measure: …}}, single: …}``; read as a dict from ``"area.measure"`` or ``"single"``
    to its value. What is not in it has not been examined.
    """

    areas: Mapping[str, str]
    measures: tuple[Item, ...]
    single: tuple[Item, ...]

    def words(self) -> str:
        return (
            f"a worksheet of {len(self.areas)} areas ({'; '.join(self.areas.values())}), each with "
            + ", ".join(f"{cell.label} ({cell.kind.words()})" for cell in self.measures)
            + "; and "
            + ", ".join(f"{cell.label} ({cell.kind.words()})" for cell in self.single)
        )

    def read_cells(self, raw: object, complain: Complain) -> Mapping[str, object]:
        """The cells; what is wrong inside goes to ``complain``. Raises ``Refused`` when it is no worksheet at all."""
        if not isinstance(raw, dict):
            raise Refused(NOT_A_SHEET())
        cells: dict[str, object] = {}
        areas = raw.get("areas")
        if isinstance(areas, dict):
            for area, entered in areas.items():
                if area not in self.areas:
                    complain(UNKNOWN_FIELD(where=CELL(cell="areas"), name=shown(area)))
                elif isinstance(entered, dict):
                    _read_cells(self.measures, entered, f"{area}.", cells, complain)
                elif entered is not None:
                    complain(NOT_AN_OBJECT(where=CELL(cell=area)))
        elif areas is not None:
            complain(NOT_AN_OBJECT(where=CELL(cell="areas")))
        _read_cells(self.single, {name: cell for name, cell in raw.items() if name != "areas"}, "", cells, complain)
        return cells


def _read_cells(
    expected: tuple[Item, ...],
    entered: Mapping[object, object],
    prefix: str,
    cells: dict[str, object],
    complain: Complain,
) -> None:
    by_name = {cell.name: cell for cell in expected}
    for name, raw in entered.items():
        cell = by_name.get(name) if isinstance(name, str) else None
        if cell is None:
            complain(UNKNOWN_FIELD(where=CELL(cell=prefix.rstrip(".") or "worksheet"), name=shown(name)))
        elif raw is not None:
            try:
                cells[prefix + cell.name] = cell.kind.read(raw)
            except Refused as refused:
                complain(IN_FIELD(where=CELL(cell=prefix + cell.name), problem=refused.message))


def first_broken(limits: tuple[Limit, ...], value: object, values: Mapping[str, object]) -> Message | None:
    """What the first broken limit says, or None."""
    for limit in limits:
        message = limit.broken(value, values)
        if message is not None:
            return message
    return None


@dataclass(frozen=True, eq=False)
class Remembered:
    """While any examination on file has ``code`` for ``value``, the answer to ``history`` is ``answer``."""

    value: Item
    code: str
    history: Item
    answer: str


@dataclass(frozen=True, eq=False)
class Examination:
    """A dated examination: its values count only while its date is close enough to the anchor (1.5, result validity).

    ``validity`` and ``after`` name the settings with the days before and after the anchor; ``anchor`` and ``date``
    are full dates. ``values`` are the items that come from it. ``routine_care`` answers whether it was done for other
    reasons than this study. ``enroll_validity`` names the setting with the days that it counts before the day of
    enrollment; "" when it does not lapse until then. ``remembers``: a code of a value that, in any examination on file,
    however old, answers a history item (1.5: a stale unfavourable result is never forgotten).
    """

    name: str
    label: str
    date: Item
    values: tuple[Item, ...]
    anchor: Item
    validity: str
    after: str
    routine_care: Item
    enroll_validity: str = ""
    remembers: tuple[Remembered, ...] = ()

    @property
    def term(self) -> Message:
        """The label, as a parameter of a message."""
        return Text(f"examination.{self.name}", self.label)()

    @property
    def items(self) -> tuple[Item, ...]:
        """Everything that is entered for it."""
        return (self.date, *self.values, self.routine_care)

    def __post_init__(self) -> None:
        if self.date.kind is not FULL_DATE or self.anchor.kind is not FULL_DATE:
            raise ValueError(f"{self.name}: the date of an examination and its anchor are full dates.")
