"""How a protocol becomes cards: one a criterion, each item asked on exactly one of them, shown on the others.

Boundary: pure; made from the protocol alone, so a second trial gets its cards without a line here. Design: "Cards save
by themselves"; ui.md, Anatomy 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from screening.eligibility.evaluation import CriterionResult
from screening.eligibility.items import AnsweredBy, Examination, Item, Rows, Use
from screening.eligibility.kinds import TEXT
from screening.eligibility.protocol import Criterion, Protocol

VISIT = "visit"
"""The card of the anchors that belong to no criterion: the day of the screening visit."""


@dataclass(frozen=True, eq=False)
class Card:
    """What one criterion asks, by how it is answered.

    ``items`` are asked here; ``examinations`` have their result sets here; ``judgement`` is the investigator's alone;
    ``derived`` comes from registry and consent; ``elsewhere`` maps items asked on another card to that card's id.
    ``proof`` are informational items asked here; a judgement's rationale is asked with the judgement, not here.
    """

    id: str
    criterion: Criterion | None
    items: tuple[Item, ...]
    examinations: tuple[Examination, ...]
    judgement: tuple[Item, ...]
    derived: tuple[Item, ...]
    proof: tuple[Item, ...]
    elsewhere: Mapping[Item, str]

    @property
    def entered(self) -> tuple[Item, ...]:
        """Every item that is entered on this card by a coordinator or clinician, those of examinations too."""
        return (*(item for examination in self.examinations for item in examination.items), *self.items, *self.proof)

    @property
    def clinician(self) -> tuple[Item, ...]:
        """The items of this card that the investigator confirms at signing; rows when any of their fields is one."""
        return tuple(
            item
            for item in self.entered
            if any(part.answered_by is AnsweredBy.CLINICIAN for part in (item, *_fields(item)))
        )


def _fields(item: Item) -> tuple[Item, ...]:
    return item.kind.fields if isinstance(item.kind, Rows) else ()


@lru_cache(maxsize=8)
def cards_of(protocol: Protocol) -> Mapping[str, Card]:
    """Every card by id: the visit first, then one a criterion in the protocol's order."""
    anchors = tuple(dict.fromkeys(examination.anchor for examination in protocol.examinations))
    homes = dict(_homes(protocol, anchors))
    rationales = set(protocol.rationales.values())
    cards = {VISIT: Card(VISIT, None, anchors, (), (), (), (), {})}
    for criterion in protocol.criteria:
        here = [item for item in criterion.asks if homes.get(item) == criterion.id]
        examinations = tuple(
            examination for examination in protocol.examinations if homes[examination.date] == criterion.id
        )
        examined = {item for examination in examinations for item in examination.items}
        asked = [item for item in here if item not in examined]
        cards[criterion.id] = Card(
            id=criterion.id,
            criterion=criterion,
            items=tuple(i for i in asked if i.answered_by is not AnsweredBy.JUDGEMENT and i.use is Use.DECIDES),
            examinations=examinations,
            judgement=tuple(i for i in asked if i.answered_by is AnsweredBy.JUDGEMENT),
            derived=tuple(i for i in criterion.asks if i.answered_by is AnsweredBy.DERIVED),
            proof=tuple(i for i in asked if i.use is not Use.DECIDES and i not in rationales),
            elsewhere={i: homes[i] for i in criterion.asks if i in homes and homes[i] != criterion.id},
        )
    return cards


def _homes(protocol: Protocol, anchors: tuple[Item, ...]) -> Iterator[tuple[Item, str]]:
    """Each entered item with its card: an examination goes where its values are first asked, any other item where it
    is first asked."""
    for anchor in anchors:
        yield anchor, VISIT
    placed = set(anchors)
    for examination in protocol.examinations:
        for criterion in protocol.criteria:
            if any(item in criterion.asks for item in examination.values):
                for item in examination.items:
                    placed.add(item)
                    yield item, criterion.id
                break
    for criterion in protocol.criteria:
        for item in criterion.asks:
            if item not in placed and item.answered_by is not AnsweredBy.DERIVED:
                placed.add(item)
                yield item, criterion.id


@lru_cache(maxsize=64)
def source_of(examination: Examination) -> Item:
    """The question where a result comes from, of each set of an examination. No item of the protocol."""
    label = f"source of the {examination.label}"
    return Item(f"{examination.name}.source", TEXT, label, "Where is the report?", use=Use.PROOF)


CLEAR, EXCLUDES, UNDECIDED, INVESTIGATOR, TO_DO = "ok", "stop", "open", "judge", "todo"
"""The five marks of ui.md, by their class."""


def mark_of(result: CriterionResult, card: Card, answered: Mapping[str, object]) -> str:
    """The mark of a criterion: what a person has to do about it, not met and not met (ui.md, Principles 2).

    Undetermined is the investigator's when nothing but judgement is still needed, and to do when nothing of the card
    is answered yet.
    """
    if result.permits:
        return CLEAR
    if result.forbids:
        return EXCLUDES
    judgement = {item.name for item in card.judgement}
    if result.needs and judgement.issuperset(result.needs):
        return INVESTIGATOR
    if not any(answered.get(item.name) is not None for item in card.entered):
        return TO_DO
    return UNDECIDED
