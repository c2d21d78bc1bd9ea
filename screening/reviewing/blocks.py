"""The two blocks that an investigator saves: judgements to answer, and clinical findings to confirm.

Boundary: pure; made from the review alone. Words: ui.md, Anatomy 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from screening.cards import Card
from screening.eligibility.evaluation import evaluate
from screening.eligibility.items import Item, Sheet
from screening.eligibility.logic import FALSE, TRUE
from screening.eligibility.protocol import Criterion, FlagKind, Protocol
from screening.evaluations import digest
from screening.models import Confirmation
from screening.reviewing.selectors import Review
from screening.selectors import Loaded
from screening.words import answer, asked, label, said, sentence

ASKS_WHY = (FlagKind.RATIONALE, FlagKind.CONSISTENCY)
"""Flags that a rationale answers."""


def judgement_card(protocol: Protocol) -> Card:
    """All that only an investigator enters, as one card: judgements and their rationales."""
    judgement = [item for _id, item in judgements(protocol)]
    return Card("judgement", None, (*judgement, *protocol.rationales.values()), (), (), (), (), {})


def judgements(protocol: Protocol) -> list[tuple[str, Item]]:
    """Every item of judgement with the id of its criterion, in the protocol's order."""
    found: dict[str, tuple[str, Item]] = {}
    for criterion in protocol.criteria:
        for item in criterion.asks:
            if item.answered_by == "judgement":
                found.setdefault(item.name, (criterion.id, item))
    return list(found.values())


def awaited(loaded: Loaded) -> list[tuple[str, Item]]:
    """The judgements that are all that is missing for their criterion: with either answer it is decided."""
    return [
        (id, item)
        for id, item in judgements(loaded.protocol)
        if loaded.items.get(item.name) is None
        and item.name in loaded.evaluation.result(id).needs
        and all(_decided(loaded, id, item, code) for code in item.codes)
    ]


def _decided(loaded: Loaded, id: str, item: Item, code: str) -> bool:
    result = evaluate(loaded.protocol, {**loaded.items, item.name: code}).result(id)
    names = {other.name for other in loaded.cards[id].judgement}
    return result.permits or result.forbids or names.issuperset(result.needs)


def unexplained(loaded: Loaded, answers: Mapping[str, object]) -> dict[str, str]:
    """The rationales that judgements ask for and that are not given: rationale's item name → why it is asked.

    ``answers`` are judgements and rationales as they would stand.
    """
    items = {**loaded.items, **answers}
    evaluation = evaluate(loaded.protocol, items)
    rationales = loaded.protocol.rationales
    return {
        rationales[item.name].name: sentence(flag.message)
        for id, item in judgements(loaded.protocol)
        if item.name in rationales and not items.get(rationales[item.name].name)
        for flag in evaluation.flags(id)
        if flag.kind in ASKS_WHY and item.name in flag.items
    }


@dataclass(frozen=True)
class Question:
    """One judgement: its criterion, what is asked, what was entered for it, whether the criterion waits for it."""

    criterion: Criterion
    item: Item
    rationale: Item | None
    text: str
    facts: str
    waits: bool


def questions(review: Review) -> tuple[list[Question], list[Question]]:
    """The judgements to answer, and those that may be answered but decide nothing as things stand."""
    loaded = review.loaded
    main, other = [], []
    for id, item in judgements(loaded.protocol):
        result = loaded.evaluation.result(id)
        asks = loaded.evaluation.applies(item)
        if asks is FALSE and loaded.items.get(item.name) is None:
            continue
        entered = [i for i in loaded.cards[id].entered if loaded.items.get(i.name) is not None]
        question = Question(
            result.criterion,
            item,
            loaded.protocol.rationales.get(item.name),
            asked(item),
            in_words(loaded, entered, short=True),
            item.name in result.needs,
        )
        decides = question.waits or loaded.items.get(item.name) is not None
        (main if decides or (item.applies is not None and asks is TRUE) else other).append(question)
    return main, other


@dataclass(frozen=True)
class Group:
    """The clinician items of one criterion: their values in words, a digest of them, and how they stand.

    ``last`` is the last confirmation; ``changed`` says what became different since, "" when nothing did.
    """

    criterion: Criterion
    words: str
    digest: str
    confirmed: bool
    last: Confirmation | None
    changed: str
    entered: Sequence[str]


def groups(review: Review) -> list[Group]:
    """What there is to confirm, one group a criterion; a criterion of which nothing is answered has none."""
    loaded = review.loaded
    found = []
    for criterion in loaded.protocol.criteria:
        values = review.clinical(criterion.id)
        if not values:
            continue
        items = [item for item in loaded.cards[criterion.id].clinician if item.name in values]
        last, confirmed = review.confirmation(criterion.id), review.is_confirmed(criterion.id)
        rows = [row for row in map(review.who_entered, items) if row is not None]
        found.append(
            Group(
                criterion,
                in_words(loaded, items),
                digest(values),
                confirmed,
                last,
                "" if confirmed or last is None else _difference(loaded, last.values, values),
                list(dict.fromkeys(row.by.printed_name for row in rows)),
            )
        )
    return found


def _difference(loaded: Loaded, before: Mapping[str, object], now: Mapping[str, object]) -> str:
    told = []
    for name in dict.fromkeys((*before, *now)):
        item = loaded.protocol.by_name.get(name)
        if item is not None and before.get(name) != now.get(name):
            old = answer(item, before.get(name), loaded.items) or _("nothing")
            new = answer(item, now.get(name), loaded.items) or _("nothing")
            told.append(f"{label(item)}: {old} → {new}")
    return "; ".join(told)


def in_words(loaded: Loaded, items: Sequence[Item], *, short: bool = False) -> str:
    """Some answered items in words, those with the same answer together: "No: a, b. Yes: c."

    ``short``: when three or more all have the same answer, only how many.
    """
    by_answer: dict[str, list[str]] = {}
    for item in items:
        if item in _units(loaded):
            continue
        text = answer(item, loaded.items.get(item.name), loaded.items)
        if isinstance(item.kind, Sheet):
            text = ", ".join([text, *_totals(loaded, item)])
        by_answer.setdefault(text, []).append(said(item.term))
    if short and len(by_answer) == 1:
        ((text, names),) = by_answer.items()
        if len(names) > 2:
            return _("All %(count)s answered: %(answer)s.") % {"count": len(names), "answer": text}
    return " ".join(_told(text, names) for text, names in by_answer.items())


def _told(text: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{capfirst(names[0])}: {text}."
    return f"{capfirst(text)}: {', '.join(names)}."


def _units(loaded: Loaded) -> set[Item]:
    by_name = loaded.protocol.by_name
    names = (getattr(item.kind, "unit_item", "") for item in loaded.protocol.items)
    return {by_name[name] for name in names if name in by_name}


def _totals(loaded: Loaded, sheet: Item) -> Iterable[str]:
    """What the instruments that read a worksheet make of it: a lowest and highest value as one range."""
    for name, instrument in loaded.protocol.instruments.items():
        if sheet in instrument.reads:
            yield from ranges(loaded.evaluation.instruments.get(name) or {})


def ranges(report: Mapping[str, object]) -> Iterator[str]:
    """The numbers of an instrument's report in words: "activity 20", or "activity 20–24" while it is open."""
    for name, low in report.items():
        stem, found, _end = name.partition("_min")
        high = report.get(f"{stem}_max")
        if found and low is not None and high is not None:
            yield f"{stem} {low}" if low == high else f"{stem} {low}–{high}"
