"""Conditions that compare: dates with windows, ages with bounds, laboratory values with limits, examinations with days.

Boundary: the windows and limits are given by the trial. Sections 1.3, 1.4 and 1.5 of the criteria specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from screening.eligibility.conditions import Condition, Finding, Outline, ask, missing
from screening.eligibility.dates import Span, completed_years, lies_within, minus_days, minus_years
from screening.eligibility.facts import Facts
from screening.eligibility.items import Examination, Item
from screening.eligibility.kinds import Quantity
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth, truth
from screening.eligibility.messages import Message, Text
from screening.eligibility.units import Measured, Reported, plain, symbol

INSIDE = Text("window.inside", "{item} {date} lies within the {period} before the {anchor} (from {first} to {last})")
OUTSIDE = Text("window.outside", "{item} {date} lies before {first}, the first of the {period} before the {anchor}")
AFTERWARDS = Text("window.after", "{item} {date} is after the {anchor} {last}")
SPLIT = Text("window.split", "enter the {item} more exactly: {date} may lie before or after {first}")
QUERY_AFTER = Text("window.query_after", "{item} {date} is after the {anchor} {last}: check both dates")

AGE = Text("age.known", "age at consent is {age}")
AGE_BETWEEN = Text("age.between", "age at consent is {low} to {high}, depending on the exact birth date")
AGE_SPLIT = Text("age.split", "enter the {item} more exactly: the age at consent is {low} or {high}")

IS_BELOW = Text("lab.is_below", "{item} {value}{on} is below {limit}")
ARE_BELOW = Text("lab.are_below", "{item} {value}{on} are below {limit}")
IS_NOT_BELOW = Text("lab.is_not_below", "{item} {value}{on} is not below {limit}")
ARE_NOT_BELOW = Text("lab.are_not_below", "{item} {value}{on} are not below {limit}")
IS_AT_MOST = Text("lab.is_at_most", "{item} {value}{on} is at or below {limit}")
IS_ABOVE = Text("lab.is_above", "{item} {value}{on} is above {limit}")
ON = Text("lab.on", " on {date}")
CENSORED = Text("lab.censored", "{item} “{value}” cannot be compared with {limit}: a measured value is needed")

TOO_OLD = Text("examination.old", "repeat the {examination}: {date} is before {first}, the first day accepted")
TOO_LATE = Text("examination.late", "{examination} {date} is after {last}, the last day accepted: check the date")


@dataclass(frozen=True, eq=False)
class Within(Condition):
    """An event lies in the ``days`` or ``years`` before ``anchor``, both ends included (1.3, 1.4).

    ``after`` is the truth when it lies after the anchor: UNKNOWN (a query) unless the protocol says otherwise.
    """

    event: Item
    anchor: Item
    days: int = 0
    years: int = 0
    after: Truth = UNKNOWN

    def __post_init__(self) -> None:
        if (self.days > 0) == (self.years > 0):
            raise ValueError("Give the window in days or in years, one of them.")

    @property
    def period(self) -> str:
        """The length of the window in words."""
        if self.years:
            return "year" if self.years == 1 else f"{self.years} years"
        return f"{self.days // 7} weeks ({self.days} days)" if self.days % 7 == 0 else f"{self.days} days"

    def first(self, anchor: date) -> date:
        """The first day inside."""
        return minus_years(anchor, self.years) if self.years else minus_days(anchor, self.days)

    def evaluate(self, facts: Facts) -> Finding:
        event, anchor = facts.values.get(self.event.name), facts.values.get(self.anchor.name)
        names = (self.event.name, self.anchor.name)
        lacking = [item for item, value in ((self.event, event), (self.anchor, anchor)) if value is None]
        if not isinstance(event, Span) or not isinstance(anchor, Span):
            return missing(*lacking)._replace(items=names)
        last = anchor.day
        first = self.first(last)
        # Where what comes after the anchor counts too, only the first day matters.
        inside = lies_within(event, first, date.max if self.after is TRUE else last)
        later = event.earliest > last
        needs: tuple[str, ...] = ()
        if inside is TRUE:
            text = AFTERWARDS if later else INSIDE
        elif inside is FALSE:
            text = OUTSIDE
        else:
            text, needs = QUERY_AFTER if later else SPLIT, (self.event.name,)
        reason = text(
            item=self.event.term,
            date=event.text,
            anchor=self.anchor.term,
            first=first.isoformat(),
            last=last.isoformat(),
            period=self.period,
        )
        return Finding(inside, (reason,), names, needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        later = "; later counts too" if self.after is TRUE else "; later: undetermined"
        return Outline(
            f"{self.event.label} within the {self.period} before the {self.anchor.label}, both ends included{later}"
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.event, self.anchor)


@dataclass(frozen=True, eq=False)
class Before(Condition):
    """One date is before another; not known while a date is missing or its possible days allow both (1.4).

    For the flags and for what is asked; it gives facts, no instructions.
    """

    first: Item
    second: Item

    def evaluate(self, facts: Facts) -> Finding:
        first, second = facts.values.get(self.first.name), facts.values.get(self.second.name)
        names = (self.first.name, self.second.name)
        if not isinstance(first, Span) or not isinstance(second, Span):
            return Finding(UNKNOWN, (), names)
        if first.latest < second.earliest:
            return Finding(TRUE, (), names)
        return Finding(FALSE if first.earliest >= second.latest else UNKNOWN, (), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"{self.first.label} before the {self.second.label}")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.first, self.second)


@dataclass(frozen=True, eq=False)
class OlderThan(Condition):
    """A date is more days before an anchor than a setting allows; for flags only."""

    event: Item
    anchor: Item
    setting: str

    def evaluate(self, facts: Facts) -> Finding:
        day, anchor = facts.values.get(self.event.name), facts.values.get(self.anchor.name)
        names = (self.event.name, self.anchor.name)
        days = facts.config[self.setting]
        if not isinstance(day, Span) or not isinstance(anchor, Span) or not isinstance(days, int):
            return Finding(UNKNOWN, (), names)
        return Finding(truth(day.latest < minus_days(anchor.day, days)), (), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"{self.event.label} more than {config[self.setting]} days before the {self.anchor.label}")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.event, self.anchor)

    @property
    def own_settings(self) -> tuple[str, ...]:
        return (self.setting,)


@dataclass(frozen=True, eq=False)
class AgeBetween(Condition):
    """The age in completed years on a day is ``low`` to ``high``, both included; the birth date may be partial (I2)."""

    birth: Item
    on: Item
    low: int
    high: int

    def evaluate(self, facts: Facts) -> Finding:
        born, day = facts.values.get(self.birth.name), facts.values.get(self.on.name)
        names = (self.birth.name, self.on.name)
        lacking = [item for item, value in ((self.birth, born), (self.on, day)) if value is None]
        if not isinstance(born, Span) or not isinstance(day, Span):
            return missing(*lacking)._replace(items=names)
        on = day.day
        youngest = completed_years(min(born.latest, on), on)
        oldest = completed_years(born.earliest, on)
        if self.low <= youngest and oldest <= self.high:
            known = TRUE
        elif oldest < self.low or youngest > self.high:
            known = FALSE
        else:
            reason = AGE_SPLIT(item=self.birth.term, low=youngest, high=oldest)
            return Finding(UNKNOWN, (reason,), names, (self.birth.name,))
        reason = AGE(age=oldest) if youngest == oldest else AGE_BETWEEN(low=youngest, high=oldest)
        return Finding(known, (reason,), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"age in completed years on the {self.on.label} is {self.low} to {self.high}, both included")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.birth, self.on)


@dataclass(frozen=True, eq=False)
class Below(Condition):
    """A laboratory value is below ``limit`` (or equal to it, with ``or_equal``), in its scale's own unit (1.5).

    ``of`` is the examination it comes from; whether that is recent enough is not asked here (``OnExamination``).
    """

    item: Item
    limit: Decimal
    of: Examination
    or_equal: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.item.kind, Quantity):
            raise TypeError(f"{self.item.name} is not a quantity.")

    @property
    def _kind(self) -> Quantity:
        assert isinstance(self.item.kind, Quantity)  # noqa: S101  (checked when made; narrows the type)
        return self.item.kind

    def measured(self, facts: Facts) -> tuple[Measured, tuple[str, ...]] | Finding:
        """The value on its scale and the names of the items it comes from, or the finding that it is not known."""
        value = facts.values.get(self.item.name)
        if isinstance(value, Measured):
            return value, (self.item.name,)
        if isinstance(value, Reported):
            unit = next(unit for unit in self.of.values if unit.name == self._kind.unit_item)
            return missing(unit)._replace(items=(self.item.name,))
        return missing(self.item)

    def evaluate(self, facts: Facts) -> Finding:
        found = self.measured(facts)
        if isinstance(found, Finding):
            return found
        value, names = found
        known = value.at_most(self.limit) if self.or_equal else value.below(self.limit)
        limit = f"{plain(self.limit)} {symbol(self._kind.scale.own)}"
        if known is UNKNOWN:
            reason = CENSORED(item=self.item.term, value=value.shown, limit=limit)
            return Finding(UNKNOWN, (reason,), names, (self.item.name,))
        day = facts.values.get(self.of.date.name)
        on: Message | str = ON(date=day.text) if isinstance(day, Span) else ""
        return Finding(known, (self._text(known)(item=self.item.term, value=value.shown, on=on, limit=limit),), names)

    def _text(self, known: Truth) -> Text:
        if self.or_equal:
            return IS_AT_MOST if known is TRUE else IS_ABOVE
        if self.item.plural:
            return ARE_BELOW if known is TRUE else ARE_NOT_BELOW
        return IS_BELOW if known is TRUE else IS_NOT_BELOW

    def describe(self, config: Mapping[str, object]) -> Outline:
        how = "at or below" if self.or_equal else "below"
        return Outline(f"{self.item.label} {how} {plain(self.limit)} {symbol(self._kind.scale.own)}")

    @property
    def own_items(self) -> tuple[Item, ...]:
        units = tuple(unit for unit in self.of.values if unit.name == self._kind.unit_item)
        return (self.item, *units)


def accepted_days(of: Examination, anchor: date, config: Mapping[str, object]) -> tuple[date, date]:
    """The first and the last day on which an examination may have been done (1.5)."""
    before, after = config[of.validity], config[of.after]
    if not isinstance(before, int) or not isinstance(after, int):
        raise TypeError(f"{of.validity} and {of.after} are whole numbers of days.")
    return anchor - timedelta(days=before), anchor + timedelta(days=after)


@dataclass(frozen=True, eq=False)
class Usable(Condition):
    """An examination was done close enough to its anchor; not known while one of the two dates is missing (1.5)."""

    of: Examination

    def evaluate(self, facts: Facts) -> Finding:
        day, anchor = facts.values.get(self.of.date.name), facts.values.get(self.of.anchor.name)
        names = (self.of.date.name, self.of.anchor.name)
        if not isinstance(anchor, Span):
            return Finding(UNKNOWN, (ask(self.of.anchor),), names, (self.of.anchor.name,))
        if not isinstance(day, Span):
            return Finding(UNKNOWN, (ask(self.of.date),), names, (self.of.date.name,))
        first, last = accepted_days(self.of, anchor.day, facts.config)
        if day.day < first:
            reason = TOO_OLD(examination=self.of.term, date=day.text, first=first.isoformat())
        elif day.day > last:
            reason = TOO_LATE(examination=self.of.term, date=day.text, last=last.isoformat())
        else:
            return Finding(TRUE, (), names)
        return Finding(FALSE, (reason,), names, (self.of.date.name,))

    def describe(self, config: Mapping[str, object]) -> Outline:
        of = self.of
        return Outline(
            f"{of.label} dated from {config[of.validity]} days before to {config[of.after]} days after the "
            f"{of.anchor.label} [D: {of.validity}, {of.after}]"
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.of.date, self.of.anchor)

    @property
    def own_settings(self) -> tuple[str, ...]:
        return (self.of.validity, self.of.after)


@dataclass(frozen=True, eq=False)
class OnExamination(Condition):
    """A condition on the values of an examination: open until one is on file that is recent enough (1.5)."""

    of: Examination
    then: Condition

    def evaluate(self, facts: Facts) -> Finding:
        recent, found = Usable(self.of).evaluate(facts), self.then.evaluate(facts)
        if recent.truth is not TRUE:
            # What its values would leave open is needed too; an item that nothing waits for is not.
            return Finding(UNKNOWN, recent.reasons, recent.items, recent.needs + found.needs)
        return Finding(found.truth, found.reasons, recent.items + found.items, found.needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        described = self.then.describe(config)
        return Outline(f"{described.text} (counts only with: {Usable(self.of).describe(config).text})", described.parts)

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (Usable(self.of), self.then)
