"""What a save of a card is held against before anything is written: what the protocol refuses, what is unusual.

Boundary: private to ``actions``; reads the record as it would stand, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from screening.eligibility.evaluation import Evaluation, evaluate
from screening.eligibility.protocol import FlagKind, Raised
from screening.refusals import Change, NotTaken
from screening.selectors import Loaded
from screening.words import sentence


def refuse_problems(after: Loaded, readings: Sequence[Mapping[str, object]], changes: Sequence[Change]) -> None:
    """Raise NotTaken for what the protocol does not take, and for answers that contradict each other.

    ``readings`` are the items as they would be read, once for each result set that was typed.
    """
    changed = {change.item.name for change in changes}
    problems: dict[str, str] = {}
    for reading in readings:
        _values, found = after.protocol.reader.read(reading)
        for problem in found:
            if problem.item in changed:
                problems.setdefault(problem.item, sentence(problem.message))
    if not problems:
        for flag in _flags(after, readings, changed, FlagKind.FORM):
            concerned = [name for name in flag.items if name in changed]
            if concerned:
                problems.setdefault(concerned[0], sentence(flag.message))
    if problems:
        raise NotTaken(problems)


def unusual_values(
    after: Loaded, readings: Sequence[Mapping[str, object]], changes: Sequence[Change]
) -> dict[str, str]:
    """What has to be confirmed: soft limits of what changes, by item name."""
    changed = {change.item.name for change in changes if change.new is not None}
    return {
        name: sentence(flag.message)
        for flag in _flags(after, readings, changed, FlagKind.CONFIRM)
        for name in flag.items
        if name in changed
    }


def _flags(
    after: Loaded, readings: Sequence[Mapping[str, object]], changed: set[str], kind: FlagKind
) -> Iterator[Raised]:
    """The flags of one kind at every criterion that asks for something that changes."""
    concerned = [
        criterion.id for criterion in after.protocol.criteria if any(item.name in changed for item in criterion.asks)
    ]
    for evaluation in _evaluations(after, readings):
        for id in concerned:
            yield from (flag for flag in evaluation.flags(id) if flag.kind is kind)


def _evaluations(after: Loaded, readings: Sequence[Mapping[str, object]]) -> Iterator[Evaluation]:
    yield after.evaluation
    for reading in readings:
        if reading != after.items:
            yield evaluate(after.protocol, reading)
