"""Limits that compare one item with another: a date in the future, an event before birth.

Boundary: as a hard limit of an item, a value that breaks it is refused and counts as missing; as a soft limit it is
used, and pointed out. Section 1.5 of the criteria specification. A limit whose other item is missing holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from screening.eligibility.dates import Span, completed_years, minus_years
from screening.eligibility.messages import Message, Text

AFTER = Text("limit.after", "{value} is after the {other} ({date}): check both")
BEFORE = Text("limit.before", "{value} is before the {other} ({date}): check both")
TOO_EARLY = Text("limit.too_early", "{value} is more than {days} days before the {other} ({date}): enter a later one")
ABOVE_AGE = Text("limit.above_age", "{value} years is more than the age at consent ({age}): check both")
UNUSUAL = Text("limit.unusual", "{value} is unusual (expected {low} to {high}): confirm it")
LONG_AGO = Text("limit.long_ago", "{value} is more than {years} years before the {other}: confirm it")


@dataclass(frozen=True)
class Limit:
    """A comparison of an item's value with other items. ``reads`` names those others."""

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of the other items."""
        return ()

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        """What is wrong with ``value`` (already read), or None. ``values``: the accepted answers by item name."""
        raise NotImplementedError

    def words(self) -> str:
        """The limit, for people."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Against(Limit):
    other: str
    label: str

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.other,)


@dataclass(frozen=True)
class NotAfter(_Against):
    """A date is not after another. Broken only when every possible day of it is (1.4)."""

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        bound = values.get(self.other)
        if isinstance(value, Span) and isinstance(bound, Span) and value.earliest > bound.latest:
            return AFTER(value=value.text, other=self.label, date=bound.text)
        return None

    def words(self) -> str:
        return f"not after the {self.label}"


@dataclass(frozen=True)
class NotBefore(_Against):
    """A date is not before the latest possible day of another (1.5). Broken only when every possible day of it is."""

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        bound = values.get(self.other)
        if isinstance(value, Span) and isinstance(bound, Span) and value.latest < bound.latest:
            return BEFORE(value=value.text, other=self.label, date=bound.text)
        return None

    def words(self) -> str:
        return f"not before the {self.label}"


@dataclass(frozen=True)
class NotEarlierThan(_Against):
    """A date is at most ``days`` days before another (a full date)."""

    days: int

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        bound = values.get(self.other)
        if (
            isinstance(value, Span)
            and isinstance(bound, Span)
            and value.latest < bound.earliest - timedelta(days=self.days)
        ):
            return TOO_EARLY(value=value.text, days=self.days, other=self.label, date=bound.text)
        return None

    def words(self) -> str:
        return f"not more than {self.days} days before the {self.label}"


@dataclass(frozen=True)
class NotAboveAge(Limit):
    """A whole number of years is not more than the highest possible age on a day."""

    birth: str
    on: str

    @property
    def reads(self) -> tuple[str, ...]:
        return (self.birth, self.on)

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        born, day = values.get(self.birth), values.get(self.on)
        if isinstance(value, int) and isinstance(born, Span) and isinstance(day, Span):
            age = completed_years(born.earliest, day.latest)
            if value > age:
                return ABOVE_AGE(value=value, age=age)
        return None

    def words(self) -> str:
        return "not more than the age at consent"


@dataclass(frozen=True)
class Usual(Limit):
    """A whole number lies from ``low`` to ``high``; a soft limit."""

    low: int
    high: int

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        if isinstance(value, int) and not self.low <= value <= self.high:
            return UNUSUAL(value=value, low=self.low, high=self.high)
        return None

    def words(self) -> str:
        return f"usually {self.low} to {self.high}"


@dataclass(frozen=True)
class NotLongAgo(_Against):
    """A date is at most ``years`` years before another; a soft limit against a mistyped century."""

    years: int = 50

    def broken(self, value: object, values: Mapping[str, object]) -> Message | None:
        bound = values.get(self.other)
        if (
            isinstance(value, Span)
            and isinstance(bound, Span)
            and value.latest < minus_years(bound.earliest, self.years)
        ):
            return LONG_AGO(value=value.text, years=self.years, other=self.label)
        return None

    def words(self) -> str:
        return f"usually not more than {self.years} years before the {self.label}"
