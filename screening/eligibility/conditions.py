"""Conditions: statements about a person that evaluate, explain themselves, and list what they read.

Boundary: strong Kleene logic over :class:`Facts`; polarity (inclusion or exclusion) and wording of whole sentences are
the criterion's. Leaves that compare numbers, dates and examinations are in ``comparisons``, decisions by cases in
``branches``. Sections 1.1 and 1.5 of
the criteria specification. A trial adds its own subclasses where these do not say what its protocol says.

A finding names the items that decided: changing any other item cannot change its truth, and these alone give the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, NoReturn

from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth, truth
from screening.eligibility.messages import Message, Text

IS = Text("fact.is", "{item}: {value}")
ENTER = Text("ask.enter", "enter the {item}")
ANSWER = Text("ask.answer", "answer “{item}”")
JUDGE = Text("ask.judge", "the investigator answers “{item}”")
ASKED_UNKNOWN = Text("ask.unknown", "“{item}” is answered “{value}”: find out")
UNSETTLED = Text("ask.unsettled", "{item} “{value}” does not settle it")


class Finding(NamedTuple):
    """What a condition found: its truth, the facts that make it so, the items that decided, the items still needed.

    ``reasons`` are facts as phrases, such as "platelets … are below …", or, while undecided, what to do, such as
    "enter the …". ``items`` may repeat a name.
    """

    truth: Truth
    reasons: tuple[Message, ...]
    items: tuple[str, ...]
    needs: tuple[str, ...] = ()


class Outline(NamedTuple):
    """A condition in words, for the protocol page: a phrase, and the parts under it."""

    text: str
    parts: tuple[Outline, ...] = ()

    @property
    def flat(self) -> str:
        """It on one line."""
        if not self.parts:
            return self.text
        joined = (" or " if self.text == ANY else " and ").join(part.flat for part in self.parts)
        return joined if self.text in (ANY, ALL) else f"{self.text} ({joined})"


ANY, ALL = "any of these", "all of these"


@dataclass(frozen=True, eq=False)
class Condition:
    """A statement that is true, false or not known yet."""

    def evaluate(self, facts: Facts) -> Finding:
        """The truth of it, with reasons. Reads nothing but ``facts``; raises nothing on any answers."""
        raise NotImplementedError

    def describe(self, config: Mapping[str, object]) -> Outline:
        """It in words, under a configuration."""
        raise NotImplementedError

    @property
    def limbs(self) -> tuple[Condition, ...]:
        """The conditions it is made of."""
        return ()

    @property
    def own_items(self) -> tuple[Item, ...]:
        """The items it reads itself."""
        return ()

    @property
    def own_settings(self) -> tuple[str, ...]:
        """The names of the settings it reads itself."""
        return ()

    def walk(self) -> Iterator[Condition]:
        """It and all conditions below it."""
        yield self
        for limb in self.limbs:
            yield from limb.walk()

    @property
    def reads(self) -> tuple[Item, ...]:
        """All items it or its limbs read, each once, in the order of the rule."""
        return tuple(dict.fromkeys(item for part in self.walk() for item in part.own_items))

    @property
    def settings(self) -> tuple[str, ...]:
        """All settings it or its limbs read, each once."""
        return tuple(dict.fromkeys(name for part in self.walk() for name in part.own_settings))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            f"A {type(self).__name__} is not a bool. Combine conditions with AnyOf, AllOf and Not; "
            "ask for `condition.evaluate(facts).truth`."
        )


def ask(item: Item) -> Message:
    """What to do about an item that is not answered."""
    if item.answered_by is AnsweredBy.JUDGEMENT:
        return JUDGE(item=item.asked)
    return ANSWER(item=item.asked) if item.question else ENTER(item=item.term)


def missing(*items: Item) -> Finding:
    """Not known yet because these items are not answered."""
    names = tuple(item.name for item in items)
    return Finding(UNKNOWN, tuple(ask(item) for item in items), names, names)


@dataclass(frozen=True, eq=False)
class Stated(Condition):
    """A choice says so: true for the codes in ``true``, false for those in ``false``, otherwise not known."""

    item: Item
    true: tuple[str, ...] = ("yes",)
    false: tuple[str, ...] = ("no",)

    def __post_init__(self) -> None:
        strange = [code for code in (*self.true, *self.false) if code not in self.item.codes]
        if strange or set(self.true) & set(self.false):
            raise ValueError(
                f"{self.item.name}: {strange or self.true} must be codes of its vocabulary, each used once."
            )

    @cached_property
    def _findings(self) -> Mapping[object, Finding]:
        item, name = self.item, (self.item.name,)
        findings: dict[object, Finding] = {None: missing(item)}
        for code in item.codes:
            if code in self.true or code in self.false:
                is_so = IS(item=item.term, value=item.shown(code))
                findings[code] = Finding(truth(code in self.true), (is_so,), name)
            else:
                text = ASKED_UNKNOWN if code == "unknown" else UNSETTLED
                findings[code] = Finding(UNKNOWN, (text(item=item.asked, value=item.shown(code)),), name, name)
        return findings

    def evaluate(self, facts: Facts) -> Finding:
        return self._findings[facts.values.get(self.item.name)]

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(_said(self.item, self.true, self.false))

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.item,)


@dataclass(frozen=True, eq=False)
class Entered(Condition):
    """Something is entered: a value, or at least one row. Two-valued, for flags only: no answer decides nothing."""

    item: Item

    def evaluate(self, facts: Facts) -> Finding:
        entered = facts.values.get(self.item.name) not in (None, ())
        return Finding(truth(entered), (), (self.item.name,))

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"{self.item.label} entered")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (self.item,)


def settles(item: Item, *codes: str) -> Stated:
    """True when the choice is one of ``codes``; anything else leaves it open, nothing makes it false."""
    return Stated(item, codes, ())


def answered(item: Item) -> Stated:
    """True when the choice is answered with anything but ``unknown``; otherwise open."""
    return settles(item, *(code for code in item.codes if code != "unknown"))


def _said(item: Item, codes: tuple[str, ...], others: tuple[str, ...]) -> str:
    """An answer in words; the shorter way round when the others are all that is left."""
    if len(codes) > len(others) > 0 and len(codes) + len(others) == len(item.codes):
        return f"{item.label}: any but {_said(item, others, ()).removeprefix(f'{item.label}: ')}"
    return f"{item.label}: {' or '.join(item.codes[code] for code in codes)}"


@dataclass(frozen=True, eq=False)
class _Joined(Condition):
    conditions: tuple[Condition, ...]

    def __init__(self, *conditions: Condition) -> None:
        object.__setattr__(self, "conditions", conditions)

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return self.conditions


def _join(found: list[Finding], decisive: Truth) -> Finding:
    """Kleene OR (``decisive`` TRUE) or AND (FALSE). The decisive findings explain alone; otherwise all of them do."""
    result: Truth = ~decisive
    for finding in found:
        if finding.truth is decisive:
            result = decisive
            break
        if finding.truth is UNKNOWN:
            result = UNKNOWN
    reasons: tuple[Message, ...] = ()
    items: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    for finding in found:
        if finding.truth is result:
            reasons += finding.reasons
            items += finding.items
            needs += finding.needs
        elif result is UNKNOWN:
            items += finding.items
    return Finding(result, reasons, items, needs)


class AnyOf(_Joined):
    """True when one limb is; false only when every limb is (1.1: OR)."""

    def evaluate(self, facts: Facts) -> Finding:
        return _join([limb.evaluate(facts) for limb in self.conditions], TRUE)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(ANY, tuple(limb.describe(config) for limb in self.conditions))


class AllOf(_Joined):
    """True when every limb is; false when one limb is (1.1: AND)."""

    def evaluate(self, facts: Facts) -> Finding:
        return _join([limb.evaluate(facts) for limb in self.conditions], FALSE)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(ALL, tuple(limb.describe(config) for limb in self.conditions))


@dataclass(frozen=True, eq=False)
class Not(Condition):
    """True when the other is false, and the other way round; not known stays not known."""

    condition: Condition

    def evaluate(self, facts: Facts) -> Finding:
        found = self.condition.evaluate(facts)
        return Finding(~found.truth, found.reasons, found.items, found.needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        other = self.condition
        if isinstance(other, Stated) and other.false:
            return Outline(_said(other.item, other.false, other.true))
        return Outline("not", (other.describe(config),))

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (self.condition,)


@dataclass(frozen=True, eq=False)
class RuledOutBy(Condition):
    """False once the other is true; until then not known. What would rule it out has to be shown (1.1)."""

    condition: Condition

    def evaluate(self, facts: Facts) -> Finding:
        found = self.condition.evaluate(facts)
        known = FALSE if found.truth is TRUE else UNKNOWN
        return Finding(known, found.reasons, found.items, found.needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        described = self.condition.describe(config)
        return Outline(f"undetermined until ruled out by {described.text}", described.parts)

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (self.condition,)


@dataclass(frozen=True, eq=False)
class RuledInBy(Condition):
    """True once the other is true; until then not known: what is unfavourable is not forgotten (1.5)."""

    condition: Condition

    def evaluate(self, facts: Facts) -> Finding:
        found = self.condition.evaluate(facts)
        known = TRUE if found.truth is TRUE else UNKNOWN
        return Finding(known, found.reasons, found.items, found.needs)

    def describe(self, config: Mapping[str, object]) -> Outline:
        described = self.condition.describe(config)
        return Outline(f"holds with {described.text}; otherwise undetermined", described.parts)

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (self.condition,)


@dataclass(frozen=True, eq=False)
class Established(Condition):
    """Two-valued: true when the other is true, otherwise false, also while the other is not known.

    Only where the specification says that whatever is not established counts as the cautious side.
    """

    condition: Condition
    otherwise: Text

    def evaluate(self, facts: Facts) -> Finding:
        found = self.condition.evaluate(facts)
        if found.truth is TRUE:
            return found
        return Finding(FALSE, (self.otherwise(),), found.items)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline("established (anything else counts as not so)", (self.condition.describe(config),))

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (self.condition,)


@dataclass(frozen=True, eq=False)
class Shared(Condition):
    """A condition that several criteria read under one ``name``; evaluated once a person, described once a page."""

    name: str
    condition: Condition

    def evaluate(self, facts: Facts) -> Finding:
        found = facts.memo.get(self)
        if found is None:
            found = facts.memo[self] = self.condition.evaluate(facts)
        return found

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"**{self.name}**")

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (self.condition,)
