"""Laboratory values as reported: decimal text, "<" or ">" where the report has one, and a unit.

Boundary: exact decimal arithmetic, nothing is rounded. Section 1.5 and 5.4 of the criteria specification.

    >>> hgb = Scale("g/L", {"g/L": Decimal(1), "g/dL": Decimal(10)})
    >>> hgb.measure(read_reported("8.5"), "g/dL").amount
    Decimal('85.0')
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from functools import lru_cache
from typing import NamedTuple

from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth, truth

_REPORTED = re.compile(r"([<>]?)([0-9]{1,40}(?:\.[0-9]{1,40})?)", re.ASCII)

EXACT = Context(prec=200)
"""For multiplying reported numbers: holds every digit, where the usual context would round after 28."""

SYMBOLS = {
    "10^9/L": "×10⁹/L",
    "10^3/uL": "×10³/µL",
    "cells/uL": "cells/µL",
    "cells/mm3": "cells/mm³",
}
"""How a unit code is written for people; a code that is not here is written as it is."""


class Reported(NamedTuple):
    """A number exactly as reported; ``comparator`` is "", "<" or ">"."""

    comparator: str
    number: Decimal
    text: str


class Measured(NamedTuple):
    """A reported value on its scale: ``amount`` in the scale's own unit, ``shown`` as reported, for people."""

    comparator: str
    amount: Decimal
    shown: str

    def below(self, limit: Decimal) -> Truth:
        """Whether the value is < ``limit``. A value reported as "<x" or ">x" is every value on that side of x."""
        if self.comparator == "<":
            return TRUE if self.amount <= limit else UNKNOWN
        if self.comparator == ">":
            return FALSE if self.amount >= limit else UNKNOWN
        return truth(self.amount < limit)

    def at_most(self, limit: Decimal) -> Truth:
        """Whether the value is ≤ ``limit``; "<x" and ">x" as in :meth:`below`."""
        if self.comparator == "<":
            return TRUE if self.amount <= limit else UNKNOWN
        if self.comparator == ">":
            return FALSE if self.amount >= limit else UNKNOWN
        return truth(self.amount <= limit)


@lru_cache(maxsize=16_384)
def read_reported(text: str) -> Reported:
    """Read decimal digits with an optional point, and an optional leading "<" or ">".

    Raises ValueError for anything else: signs, exponents, commas, blanks, NaN, more than 40 digits either side.
    """
    found = _REPORTED.fullmatch(text)
    if found is None:
        raise ValueError("not a decimal number")
    return Reported(found[1], Decimal(found[2]), text)


@dataclass(frozen=True)
class Scale:
    """The units one quantity may be reported in. ``units``: code → factor that turns it into ``own`` (5.4)."""

    own: str
    units: Mapping[str, Decimal]

    def measure(self, reported: Reported, unit: str) -> Measured:
        """Convert to the scale's own unit, exactly. ``unit`` must be one of ``units`` (KeyError otherwise)."""
        amount = EXACT.multiply(reported.number, self.units[unit])
        shown = f"{reported.text} {symbol(unit)}"
        if self.units[unit] != 1:
            shown += f" (= {reported.comparator}{plain(amount)} {symbol(self.own)})"
        return Measured(reported.comparator, amount, shown)


def symbol(unit: str) -> str:
    """A unit code as people write it."""
    return SYMBOLS.get(unit, unit)


def plain(number: Decimal) -> str:
    """All digits of ``number`` without trailing zeros or an exponent, for people."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
