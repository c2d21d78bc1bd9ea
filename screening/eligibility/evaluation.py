"""Evaluation: one person's answers against one protocol, criterion by criterion, with reasons.

Boundary: a pure function of protocol, configuration and items; "today" is an item like the others. Section 1.1 of the
criteria specification and the design's "The protocol as code".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from screening.eligibility.facts import Facts, Problem
from screening.eligibility.flags import flags_of
from screening.eligibility.items import Item
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth
from screening.eligibility.messages import Message, Text, sentence
from screening.eligibility.protocol import Criterion, Instrument, Protocol, Raised
from screening.eligibility.settings import Configuration

APPLIES = Text("outcome.exclusion_applies", "{fact}, so this exclusion applies")
FAILS = Text("outcome.inclusion_fails", "{fact}, so this criterion is not met")
OPEN = Text("outcome.open", "Cannot be decided yet: {fact}")


class Outcome(StrEnum):
    """Of one criterion (1.1). For an exclusion, ``MET`` means that it applies and the person is excluded."""

    MET = "met"
    NOT_MET = "not_met"
    UNDETERMINED = "undetermined"


class Subject(StrEnum):
    """Of the person (1.1)."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    PENDING = "pending"


REMEMBERED = 50_000
"""How many results are remembered before all are forgotten: some tens of megabytes."""


@dataclass(frozen=True)
class CriterionResult:
    """The outcome of one criterion. Does not change, and may belong to many people with the same answers.

    ``facts`` are the phrases that decided; ``items`` the names of the items that decided, ``needs`` of those still
    needed, each once.
    """

    criterion: Criterion
    outcome: Outcome
    facts: tuple[Message, ...]
    items: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def reasons(self) -> tuple[Message, ...]:
        """Whole sentences (without capital and full stop): each fact, with what follows from it."""
        if self.outcome is Outcome.UNDETERMINED:
            frame = OPEN
        elif self.outcome is Outcome.MET and self.criterion.exclusion:
            frame = APPLIES
        elif self.outcome is Outcome.NOT_MET and not self.criterion.exclusion:
            frame = FAILS
        else:
            return self.facts
        return tuple(frame(fact=fact) for fact in self.facts)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """The reasons in English, with capital and full stop."""
        return tuple(sentence(reason) for reason in self.reasons)

    @cached_property
    def as_json(self) -> Mapping[str, object]:
        """The result as the command line writes it. Made once: not to be changed by who reads it."""
        return {"outcome": self.outcome.value, "reasons": list(self.sentences), "needs": list(self.needs)}

    @property
    def permits(self) -> bool:
        """Whether the criterion is settled in favour of taking part."""
        return self.outcome is (Outcome.NOT_MET if self.criterion.exclusion else Outcome.MET)

    @property
    def forbids(self) -> bool:
        """Whether the criterion is settled against taking part."""
        return self.outcome is (Outcome.MET if self.criterion.exclusion else Outcome.NOT_MET)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The outcome for one person under one protocol version and configuration."""

    protocol: Protocol
    results: tuple[CriterionResult, ...]
    instruments: Mapping[str, Mapping[str, object] | None]
    problems: tuple[Problem, ...]
    _facts: Facts

    @property
    def subject(self) -> Subject:
        """Ineligible if any criterion forbids; eligible only if every one permits; otherwise pending (1.1)."""
        if any(result.forbids for result in self.results):
            return Subject.INELIGIBLE
        if self.results and all(result.permits for result in self.results):
            return Subject.ELIGIBLE
        return Subject.PENDING

    def result(self, id: str) -> CriterionResult:
        """The result of one criterion. Raises KeyError."""
        for result in self.results:
            if result.criterion.id == id:
                return result
        raise KeyError(id)

    def flags(self, id: str) -> tuple[Raised, ...]:
        """What is pointed out at one criterion; made when asked for, since most readers need outcomes only."""
        return flags_of(self.protocol.criterion(id), self._facts)

    def applies(self, item: Item) -> Truth:
        """Whether an item is asked of this person; UNKNOWN counts as asked."""
        return TRUE if item.applies is None else item.applies.evaluate(self._facts).truth

    def as_json(self) -> dict[str, object]:
        """The result as the command line writes it, without the id. Reasons in English."""
        return {
            "protocol": self.protocol.label,
            "subject": self.subject.value,
            "criteria": {result.criterion.id: result.as_json for result in self.results},
            "instruments": dict(self.instruments),
            "problems": [{"item": problem.item, "message": sentence(problem.message)} for problem in self.problems],
        }


def evaluate(protocol: Protocol, items: Mapping[str, object], config: Configuration | None = None) -> Evaluation:
    """Evaluate the answers of one person.

    ``items``: item name → answer as JSON has it; null or absent is missing, 0 is an answer. ``config``: a whole
    configuration from ``protocol.configure``, the defaults if None. Any value whatever is either read or reported
    under ``problems`` and missing; nothing in ``items`` makes this raise.
    """
    values, problems = protocol.reader.read(items)
    facts = Facts(values, protocol.defaults if config is None else config)
    return Evaluation(
        protocol,
        tuple(_remembered(protocol, facts, criterion.id, _evaluated, criterion) for criterion in protocol.criteria),
        {
            name: _remembered(protocol, facts, name, _reported, instrument)
            for name, instrument in protocol.instruments.items()
        },
        tuple(problems),
        facts,
    )


def _remembered(
    protocol: Protocol, facts: Facts, name: str, compute: Callable[[Protocol, Any, Facts], Any], part: object
) -> Any:
    """What ``compute`` gives: the same answers to all that a part reads give the same, so it is remembered.

    Most people answer most criteria alike; computing each anew takes more than twice as long (benchmarks).
    """
    reads = protocol.keys[name]
    if reads is None:
        return compute(protocol, part, facts)
    known = facts.config.known
    key = (protocol, name, *map(facts.values.get, reads))
    try:
        return known[key]
    except KeyError:
        if len(known) >= REMEMBERED:
            known.clear()
        result = known[key] = compute(protocol, part, facts)
        return result


def _reported(protocol: Protocol, instrument: Instrument, facts: Facts) -> Mapping[str, object] | None:
    return instrument.report(facts)


def _evaluated(protocol: Protocol, criterion: Criterion, facts: Facts) -> CriterionResult:
    finding = criterion.condition.evaluate(facts)
    if finding.truth is TRUE:
        outcome = Outcome.MET
    else:
        outcome = Outcome.NOT_MET if finding.truth is FALSE else Outcome.UNDETERMINED
    needs = tuple(dict.fromkeys(finding.needs)) if finding.truth is UNKNOWN else ()
    return CriterionResult(
        criterion, outcome, tuple(dict.fromkeys(finding.reasons)), protocol.closure(finding.items), needs
    )
