"""Calendar arithmetic and dates of which only the month or the year is known.

Boundary: days only, no times of day, no time zones, no clock. Sections 1.3 and 1.4 of the criteria specification.

    >>> add_months(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    >>> read_date("2026-07").latest
    datetime.date(2026, 7, 31)
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years outside this range are typing errors; the range also keeps all arithmetic inside ``datetime.date``."""

_PATTERN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?", re.ASCII)


class Span(NamedTuple):
    """A date as known: each day from ``earliest`` to ``latest`` (both included) is possible.

    A full date is a span of one day. ``text`` is what was entered: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.
    """

    earliest: date
    latest: date
    text: str

    @property
    def is_full(self) -> bool:
        """Whether the day is known."""
        return self.earliest == self.latest

    @property
    def day(self) -> date:
        """The day of a full date."""
        return self.earliest


@lru_cache(maxsize=16_384)
def read_date(text: str) -> Span:
    """Read ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` (ASCII digits, years 1900 to 2199).

    Raises ValueError for any other form, a day that does not exist, or a year out of range.
    """
    found = _PATTERN.fullmatch(text)
    if found is None:
        raise ValueError("not a date")
    year_text, month_text, day_text = found.groups()
    year = int(year_text)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("year out of range")
    if month_text is None:
        return Span(date(year, 1, 1), date(year, 12, 31), text)
    month = int(month_text)
    if day_text is None:
        first = date(year, month, 1)
        return Span(first, first.replace(day=monthrange(year, month)[1]), text)
    day = date(year, month, int(day_text))
    return Span(day, day, text)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` calendar months later, or that month's last day (1.3). Never decreasing in ``day``."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    month += 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def minus_years(day: date, years: int) -> date:
    """The same day ``years`` calendar years earlier; 29 February becomes 28 February (1.3)."""
    return add_months(day, -12 * years)


def minus_days(day: date, days: int) -> date:
    """The day ``days`` days earlier; a week is 7 days (1.3)."""
    return day - timedelta(days=days)


def completed_years(born: date, on: date) -> int:
    """Age in completed years; someone born on 29 February ages on 1 March in other years (1.3)."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def lies_within(event: Span, first: date, anchor: date) -> Truth:
    """Whether an event of the past lies between ``first`` and ``anchor``, both included (1.3, 1.4).

    TRUE or FALSE when every possible day up to the anchor agrees; UNKNOWN when they differ, or when the event
    lies wholly after the anchor.
    """
    if event.earliest > anchor:
        return UNKNOWN
    if event.earliest >= first:
        return TRUE
    return FALSE if event.latest < first else UNKNOWN
