"""Decisions by cases: the first case that holds, the answer to a choice, or a setting of the study.

Boundary: which case counts; what a case says is any other condition. Section 1.1 of the criteria specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from screening.eligibility.conditions import Condition, Finding, Outline, Stated
from screening.eligibility.facts import Facts
from screening.eligibility.items import Item
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth
from screening.eligibility.messages import Text


@dataclass(frozen=True, eq=False)
class Decided(Condition):
    """Always the same truth, TRUE or FALSE; with ``text``, for this reason."""

    truth: Truth
    text: Text | None = None

    def __post_init__(self) -> None:
        if self.truth is UNKNOWN:
            raise ValueError("Something that is not known needs a reason: use Open.")

    @cached_property
    def _finding(self) -> Finding:
        return Finding(self.truth, (self.text(),) if self.text else (), ())

    def evaluate(self, facts: Facts) -> Finding:
        return self._finding

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline("holds" if self.truth is TRUE else "does not hold")


YES, NO = Decided(TRUE), Decided(FALSE)


@dataclass(frozen=True, eq=False)
class Open(Condition):
    """Not known: ``text`` says what to do, ``items`` are what is needed for it."""

    text: Text
    items: tuple[Item, ...]

    @cached_property
    def _finding(self) -> Finding:
        names = tuple(item.name for item in self.items)
        return Finding(UNKNOWN, (self.text(),), names, names)

    def evaluate(self, facts: Facts) -> Finding:
        return self._finding

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"undetermined: {self.text.english}")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return self.items


@dataclass(frozen=True, eq=False)
class Cases(Condition):
    """The first case whose ``when`` is true decides, in this order; a ``when`` that is not known does not pass."""

    cases: tuple[tuple[Condition, Condition], ...]
    otherwise: Condition

    def evaluate(self, facts: Facts) -> Finding:
        items: tuple[str, ...] = ()
        for when, then in self.cases:
            passed = when.evaluate(facts)
            items += passed.items
            if passed.truth is TRUE:
                found = then.evaluate(facts)
                return Finding(found.truth, found.reasons or passed.reasons, items + found.items, found.needs)
        found = self.otherwise.evaluate(facts)
        return Finding(found.truth, found.reasons, items + found.items, found.needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        rows = [_then(then, config, when.describe(config).flat) for when, then in self.cases]
        return Outline("the first of these that holds", (*rows, _then(self.otherwise, config, "otherwise")))

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (*(part for case in self.cases for part in case), self.otherwise)


def _then(condition: Condition, config: Mapping[str, object], when: str) -> Outline:
    described = condition.describe(config)
    return Outline(f"{when} → {described.text}", described.parts)


@dataclass(frozen=True, eq=False)
class Switch(Condition):
    """The answer to a choice says which condition counts. Without ``otherwise``, any other answer leaves it open."""

    item: Item
    cases: Mapping[str, Condition]
    otherwise: Condition | None = None

    def __post_init__(self) -> None:
        if not set(self.cases) <= set(self.item.codes):
            raise ValueError(f"{self.item.name}: {sorted(set(self.cases) - set(self.item.codes))} are not its codes.")

    @cached_property
    def _said(self) -> Mapping[object, Finding]:
        return Stated(self.item, tuple(self.cases), ())._findings

    def evaluate(self, facts: Facts) -> Finding:
        value = facts.values.get(self.item.name)
        case = self.cases.get(value, self.otherwise) if isinstance(value, str) else self.otherwise
        said = self._said[value]
        if case is None:
            return said
        found = case.evaluate(facts)
        return Finding(found.truth, found.reasons or said.reasons, said.items + found.items, found.needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        label = self.item.label
        rows = [_then(case, config, f"{label}: {self.item.codes[code]}") for code, case in self.cases.items()]
        if self.otherwise is not None:
            rows.append(_then(self.otherwise, config, "anything else"))
        else:
            rows.append(Outline("anything else → undetermined"))
        return Outline(f"by {label}", tuple(rows))

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (*self.cases.values(), *(() if self.otherwise is None else (self.otherwise,)))

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.item,)


@dataclass(frozen=True, eq=False)
class BySetting(Condition):
    """A setting of the study says which condition counts ([D])."""

    setting: str
    cases: Mapping[str, Condition]

    def evaluate(self, facts: Facts) -> Finding:
        return self.cases[str(facts.config[self.setting])].evaluate(facts)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return self.cases[str(config[self.setting])].describe(config)

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return tuple(self.cases.values())

    @property
    def own_settings(self) -> tuple[str, ...]:
        return (self.setting,)
