"""Kinds of items: what may be entered, how it is read, and what is said when it is refused.

Boundary: one value at a time, by itself. Limits that compare an item with another are in ``limits``; repeating rows
and worksheets, which are made of items, are in ``items``. Sections 1.1, 1.4 and 1.5 of the criteria specification.

    >>> Integer(0, 100).read("12")
    Traceback (most recent call last):
    screening.eligibility.kinds.Refused: enter a whole number, without quotes
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal
from functools import lru_cache

from screening.eligibility.dates import FIRST_YEAR, LAST_YEAR, read_date
from screening.eligibility.messages import Message, Text, render
from screening.eligibility.units import Measured, Reported, Scale, plain, read_reported, symbol

NOT_A_CHOICE = Text("refused.choice", "“{value}” is not one of: {allowed}")
NOT_TEXT = Text("refused.text_type", "enter it as text")
EMPTY_TEXT = Text("refused.text_empty", "enter some text, or leave the answer out")
LONG_TEXT = Text("refused.text_long", "shorten the text to {limit} characters")
NOT_A_DATE = Text("refused.date", "“{value}” is not a date: write it as {form}")
NOT_A_FULL_DATE = Text("refused.date_partial", "“{value}” has no day: a full date is needed here, as YYYY-MM-DD")
NOT_A_TIME = Text("refused.time", "“{value}” is not a time: write it as HH:MM, from 00:00 to 23:59")
NOT_AN_INTEGER = Text("refused.integer", "enter a whole number, without quotes")
OUT_OF_RANGE = Text("refused.range", "{value} is outside {low} to {high}")
NOT_A_NUMBER = Text(
    "refused.number", "“{value}” is not a number as reported: write decimal digits as text, such as “5.2” or “<0.5”"
)
OUT_OF_LIMITS = Text(
    "refused.quantity_range", "{value} is outside {low} to {high} {unit}: check the value and its unit"
)


class Refused(Exception):
    """A value that cannot be taken. ``message`` says what to enter instead."""

    def __init__(self, message: Message) -> None:
        super().__init__(render(message))
        self.message = message


def shown(raw: object) -> str:
    """A refused value, shortened for a message."""
    try:
        text = raw if isinstance(raw, str) else repr(raw)
    except (RecursionError, ValueError):
        # Nested too deeply, or a whole number with more digits than Python writes.
        text = f"({type(raw).__name__})"
    return text if len(text) <= 40 else text[:39] + "…"


@dataclass(frozen=True, eq=False)
class Kind:
    """What may be entered for an item. Equal only to itself: two items must never share a remembered value."""

    def read(self, raw: object) -> object:
        """The value of what was entered (anything but null). Raises :class:`Refused`."""
        raise NotImplementedError

    def words(self) -> str:
        """What may be entered, for people."""
        raise NotImplementedError


@dataclass(frozen=True, eq=False)
class Choice(Kind):
    """One of a vocabulary: ``codes`` maps what is stored to what is shown."""

    codes: Mapping[str, str]

    def read(self, raw: object) -> str:
        if isinstance(raw, str) and raw in self.codes:
            return raw
        raise Refused(NOT_A_CHOICE(value=shown(raw), allowed=", ".join(self.codes)))

    def words(self) -> str:
        return ", ".join(self.codes.values())


YES_NO = Choice({"yes": "yes", "no": "no", "unknown": "unknown"})
"""The answers of 1.1: ``unknown`` is asked but not known; null is not yet asked."""

DECISION = Choice({"yes": "yes", "no": "no"})
"""An investigator's own judgement: there is nobody else to ask, so there is no "unknown"."""


@dataclass(frozen=True, eq=False)
class Date(Kind):
    """A day; with ``partial``, also a month or a year alone (1.4: history dates only). Read as a ``Span``."""

    partial: bool = False

    def read(self, raw: object) -> object:
        if isinstance(raw, str):
            try:
                span = read_date(raw)
            except ValueError:
                pass
            else:
                if span.is_full or self.partial:
                    return span
                raise Refused(NOT_A_FULL_DATE(value=raw))
        form = "YYYY, YYYY-MM or YYYY-MM-DD" if self.partial else "YYYY-MM-DD"
        raise Refused(NOT_A_DATE(value=shown(raw), form=form))

    def words(self) -> str:
        known = "a date, of which the day or the month may be unknown" if self.partial else "a full date"
        return f"{known} ({FIRST_YEAR}–{LAST_YEAR})"


FULL_DATE, PARTIAL_DATE = Date(), Date(partial=True)


@dataclass(frozen=True, eq=False)
class Time(Kind):
    """A time of day, ``HH:MM`` on a 24-hour clock, in the site's zone."""

    def read(self, raw: object) -> time:
        if isinstance(raw, str) and re.fullmatch(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", raw, re.ASCII):
            return time.fromisoformat(raw)
        raise Refused(NOT_A_TIME(value=shown(raw)))

    def words(self) -> str:
        return "a time (HH:MM)"


@dataclass(frozen=True, eq=False)
class Integer(Kind):
    """A whole number from ``low`` to ``high``, both included (hard limits), in ``unit``."""

    low: int
    high: int
    unit: str = ""

    def read(self, raw: object) -> int:
        # bool is an int to Python, and 12.0 is not how anybody counts: both are typing errors.
        if type(raw) is not int:
            raise Refused(NOT_AN_INTEGER())
        if not self.low <= raw <= self.high:
            raise Refused(OUT_OF_RANGE(value=shown(raw), low=self.low, high=self.high))
        return raw

    def words(self) -> str:
        return f"a whole number, {self.low} to {self.high} {self.unit}".rstrip()


@dataclass(frozen=True, eq=False)
class Quantity(Kind):
    """A laboratory number as reported, with its unit.

    ``low`` and ``high`` are the hard limits, ``soft_low`` and ``soft_high`` the soft ones, all included and in the
    scale's own unit. ``unit_item`` names the item that holds the unit; "" when there is only one. Read as
    ``Reported``; :meth:`measure` puts it on the scale.
    """

    scale: Scale
    low: Decimal
    high: Decimal
    soft_low: Decimal | None = None
    soft_high: Decimal | None = None
    unit_item: str = ""

    def read(self, raw: object) -> Reported:
        if isinstance(raw, str):
            try:
                return read_reported(raw)
            except ValueError:
                pass
        raise Refused(NOT_A_NUMBER(value=shown(raw)))

    @lru_cache(maxsize=16_384)  # noqa: B019  (kinds live as long as the process)
    def measure(self, reported: Reported, unit: str) -> Measured:
        """The value on the scale. Raises :class:`Refused` outside the hard limits (1.5; the unit guard of E3)."""
        measured = self.scale.measure(reported, unit)
        if not self.low <= measured.amount <= self.high:
            raise Refused(
                OUT_OF_LIMITS(
                    value=measured.shown, low=plain(self.low), high=plain(self.high), unit=symbol(self.scale.own)
                )
            )
        return measured

    def words(self) -> str:
        units = ", ".join(symbol(unit) for unit in self.scale.units)
        return f"a number as reported, in {units}; {plain(self.low)} to {plain(self.high)} {symbol(self.scale.own)}"


@dataclass(frozen=True, eq=False)
class Words(Kind):
    """Free text of at most ``limit`` characters."""

    limit: int = 2000

    def read(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise Refused(NOT_TEXT())
        if not raw.strip():
            raise Refused(EMPTY_TEXT())
        if len(raw) > self.limit:
            raise Refused(LONG_TEXT(limit=self.limit))
        return raw

    def words(self) -> str:
        return "free text"


TEXT = Words()
