"""What a save of a card is held against before anything is written: what the protocol refuses, what is unusual.

Boundary: private to ``actions``; reads the record as it would stand, writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from screening.eligibility.evaluation import Evaluation, evaluate
from screening.eligibility.items import Item, Rows
from screening.eligibility.kinds import Words
from screening.eligibility.protocol import FlagKind, Raised
from screening.refusals import Change, NotTaken
from screening.selectors import Loaded
from screening.words import sentence
from trial_portal.audit.refusals import Refused
from trial_portal.participants.identities import coded
from trial_portal.participants.selectors import person_of


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


def refuse_identities(after: Loaded, changes: Sequence[Change]) -> None:
    """Raise NotTaken for texts that say who the participant is: coded pages, signatures and copies show them."""
    person = person_of(after.record.participant.identity)
    problems: dict[str, str] = {}
    for change in changes:
        for text in _texts(change.item, change.new):
            try:
                coded(text, change.item.name, person, figures=True)
            except Refused as refused:
                problems.setdefault(change.item.name, refused.message)
    if problems:
        raise NotTaken(problems)


def _texts(item: Item, value: object) -> Iterable[str]:
    """What an answer says in free words: the answer itself, or fields of its rows."""
    if isinstance(item.kind, Words) and isinstance(value, str):
        yield value
    elif isinstance(item.kind, Rows) and isinstance(value, list):
        for row in value:
            for field in item.kind.fields:
                yield from _texts(field, row.get(field.name))


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
