"""Look at these first: what is not clear, and what is clear but carries an unknown, a repeat, a note or a late change.

Boundary: pure; made from the review alone. Words: ui.md, Anatomy 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.cards import CLEAR, EXCLUDES
from screening.eligibility.evaluation import CriterionResult, Evaluation, evaluate
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.kinds import Choice
from screening.eligibility.logic import FALSE
from screening.eligibility.protocol import Criterion, FlagKind, Protocol
from screening.models import AnswerRevision, ResultSet, SourceDocument
from screening.reviewing.selectors import NOT_CLEAR, Review
from screening.selectors import projected
from screening.words import answer, label, said, sentence, shown_day

FLAGS = {
    FlagKind.QUERY: gettext_lazy("Two answers do not fit"),
    FlagKind.FORM: gettext_lazy("Two answers contradict each other"),
    FlagKind.CONFIRM: gettext_lazy("Unusual value, confirmed when it was entered"),
    FlagKind.CONSISTENCY: gettext_lazy("Judgement and answers do not fit"),
    FlagKind.RATIONALE: gettext_lazy("Judgement against the answers"),
    FlagKind.OUTDATED: gettext_lazy("Old evidence"),
    FlagKind.WARNING: gettext_lazy("Note"),
}


@dataclass(frozen=True)
class Note:
    """One thing to look at: what it is in two or three words, an icon, and a whole sentence.

    What does not weigh (general advice of the protocol) alone is no reason to look at a criterion first.
    """

    title: str
    says: str
    icon: str = "warning"
    weighs: bool = True


@dataclass(frozen=True)
class Result:
    """A result set as evidence: "Blood count 13 Oct 2026", the source in words, the card it stands on, who entered."""

    title: str
    source: str
    card: str
    by: str
    used: bool


@dataclass(frozen=True)
class Evidence:
    """What a criterion rests on: values with unit, result sets, source documents, who entered them and on which day."""

    values: Sequence[tuple[str, str]]
    results: Sequence[Result]
    documents: Sequence[SourceDocument]
    entered: Sequence[tuple[str, date]]


@dataclass(frozen=True)
class Finding:
    """One criterion to look at: its mark, the sentences of its outcome, notes, evidence."""

    criterion: Criterion
    mark: str
    reasons: Sequence[str]
    notes: Sequence[Note]
    evidence: Evidence

    @property
    def is_clear(self) -> bool:
        """Whether it is looked at for its notes alone."""
        return self.mark == CLEAR


def findings(review: Review) -> list[Finding]:
    """The criteria to look at first: what excludes, what is undecided, then what carries a note; each in order."""
    notes = _notes(review)
    marks = review.loaded.marks
    found = [
        Finding(
            result.criterion,
            marks[result.criterion.id],
            [sentence(reason) for reason in result.reasons],
            notes[result.criterion.id],
            evidence(review, result),
        )
        for result in review.loaded.evaluation.results
        if marks[result.criterion.id] in NOT_CLEAR or any(note.weighs for note in notes[result.criterion.id])
    ]
    return sorted(found, key=lambda finding: (finding.mark != EXCLUDES, finding.mark not in NOT_CLEAR))


def clear(review: Review) -> list[CriterionResult]:
    """The criteria that are clear and carry nothing to look at."""
    looked_at = {finding.criterion.id for finding in findings(review)}
    return [
        result
        for result in review.loaded.evaluation.results
        if review.loaded.marks[result.criterion.id] == CLEAR and result.criterion.id not in looked_at
    ]


def _notes(review: Review) -> dict[str, list[Note]]:
    notes: dict[str, list[Note]] = {id: [] for id in review.loaded.marks}
    for found in (_problems, _unknowns, _repeats, _corrections, _flags):
        for id, note in found(review):
            notes[id].append(note)
    return notes


def asking(protocol: Protocol, item: str) -> list[str]:
    """The ids of the criteria that ask for an item, by its name."""
    return [c.id for c in protocol.criteria if any(asked.name == item for asked in c.asks)]


def _problems(review: Review) -> Iterator[tuple[str, Note]]:
    protocol = review.loaded.protocol
    for problem in review.loaded.evaluation.problems:
        item = protocol.by_name.get(problem.item)
        name = label(item) if item else problem.item
        says = _("%(item)s: %(problem)s It counts as missing.") % {"item": name, "problem": sentence(problem.message)}
        for id in asking(protocol, problem.item) or [protocol.criteria[0].id]:
            yield id, Note(_("Value that the protocol refuses"), says, "cross-octagon")


def _unknowns(review: Review) -> Iterator[tuple[str, Note]]:
    loaded = review.loaded
    for id, mark in loaded.marks.items():
        unknown = [
            said(item.term)
            for item in loaded.cards[id].entered
            if isinstance(item.kind, Choice)
            and loaded.items.get(item.name) == "unknown"
            and loaded.evaluation.applies(item) is not FALSE
        ]
        if unknown:
            says = _("Unknown: %(items)s.") % {"items": ", ".join(unknown)}
            if mark == CLEAR:
                says += " " + _("The outcome does not depend on it.")
            yield id, Note(_("Answered as unknown"), says, "question-square")


def _repeats(review: Review) -> Iterator[tuple[str, Note]]:
    """Earlier results that would exclude, had they not been repeated."""
    loaded = review.loaded
    for examination in loaded.protocol.examinations:
        used, *older = loaded.of(examination) or [None]
        for row in older:
            before = _with(review, projected(examination, row))
            for result in before.results:
                now = loaded.evaluation.result(result.criterion.id)
                if result.forbids and not now.forbids and used is not None:
                    says = _("%(reason)s The result of %(day)s is used.") % {
                        "reason": " ".join(sentence(fact) for fact in result.facts),
                        "day": _day(used),
                    }
                    yield result.criterion.id, Note(_("Repeat after an excluding value"), says, "history")


def _corrections(review: Review) -> Iterator[tuple[str, Note]]:
    """Changed answers that excluded before, or that were changed after the record was first handed in."""
    loaded = review.loaded
    handed_in = next((step.recorded_at for step in review.steps if step.action == "submit"), None)
    for row in review.revisions:
        item = loaded.protocol.by_name.get(row.item)
        if item is None or row.old is None or row.item in review.judged:
            continue
        excluded = [
            result.criterion.id
            for result in (_with(review, {row.item: row.old}).results if _in_use(review, row) else ())
            if result.forbids and not loaded.evaluation.result(result.criterion.id).forbids
        ]
        late = handed_in is not None and row.at > handed_in
        for id in excluded or (_home(review, item) if late else []):
            yield id, _correction(review, row, item, excluded=bool(excluded), late=late)


def _correction(review: Review, row: AnswerRevision, item: Item, *, excluded: bool, late: bool) -> Note:
    site = review.record.participant.site
    says = _("%(item)s: %(old)s → %(new)s, %(by)s, %(day)s.") % {
        "item": label(item),
        "old": answer(item, row.old, review.loaded.items),
        "new": answer(item, row.new, review.loaded.items) or _("nothing"),
        "by": row.by.printed_name,
        "day": shown_day(site.day(row.at).isoformat()),
    }
    why = row.reason or (row.get_reason_code_display() if row.reason_code else "")
    if why:
        says += " " + _("Reason: “%(reason)s”") % {"reason": why}
    if excluded:
        says += " " + _("With the earlier answer this criterion would exclude.")
    title = _("Changed after it was handed in") if late else _("Changed from an excluding answer")
    return Note(title, says, "history")


def _flags(review: Review) -> Iterator[tuple[str, Note]]:
    """What the protocol points out; the same thing raised at several criteria is said once, at the first."""
    loaded = review.loaded
    raised: dict[tuple[FlagKind, str], list[str]] = {}
    for criterion in loaded.protocol.criteria:
        for flag in loaded.evaluation.flags(criterion.id):
            says = _flag_words(review, criterion, flag.kind, sentence(flag.message))
            raised.setdefault((flag.kind, says), []).append(criterion.id)
    for (kind, says), (first, *others) in raised.items():
        also = (" " + _("Also in %(criteria)s.") % {"criteria": ", ".join(others)}) if others else ""
        weighs = kind is not FlagKind.WARNING
        yield first, Note(str(FLAGS[kind]), says + also, "warning" if weighs else "info", weighs)


def _flag_words(review: Review, criterion: Criterion, kind: FlagKind, says: str) -> str:
    if kind not in (FlagKind.RATIONALE, FlagKind.CONSISTENCY):
        return says
    rationales = review.loaded.protocol.rationales
    given = [
        str(review.loaded.items[rationales[item.name].name])
        for item in review.loaded.cards[criterion.id].judgement
        if item.name in rationales and review.loaded.items.get(rationales[item.name].name)
    ]
    return says + "".join(" " + _("Rationale: “%(text)s”") % {"text": text} for text in given)


def evidence(review: Review, result: CriterionResult) -> Evidence:
    """What the outcome of a criterion rests on, or what is on file for it while it is open."""
    loaded = review.loaded
    names = dict.fromkeys((*result.items, *result.needs))
    asked = [loaded.protocol.by_name[name] for name in names if name in loaded.protocol.by_name]
    # What is derived is left out: the page is coded, and a birth date is no evidence that it may show.
    asked = [item for item in asked if item.answered_by is not AnsweredBy.DERIVED]
    units = {getattr(item.kind, "unit_item", "") for item in asked}
    values = [
        (label(item), answer(item, loaded.items.get(item.name), loaded.items))
        for item in asked
        if loaded.items.get(item.name) is not None and item.name not in units
    ]
    entered: dict[str, date] = {}
    for item in asked:
        row = review.who_entered(item)
        if row is not None and row.new is not None and item.name not in review.judged:
            day = review.record.participant.site.day(row.at)
            entered[row.by.printed_name] = max(day, entered.get(row.by.printed_name, day))
    return Evidence(
        values,
        list(_results(review, result.criterion)),
        [row for row in review.standing_documents if result.criterion.id in row.criteria],
        sorted(entered.items()),
    )


def _results(review: Review, criterion: Criterion) -> Iterator[Result]:
    loaded = review.loaded
    for examination in loaded.protocol.examinations:
        if not any(item in criterion.asks for item in examination.values):
            continue
        card = next(card.id for card in loaded.cards.values() if examination in card.examinations)
        for position, row in enumerate(loaded.of(examination)):
            who = next((r.by.printed_name for r in reversed(review.revisions) if r.result_set_id == row.pk), "")
            title = f"{said(examination.term)} {_day(row)}".strip()
            yield Result(title[:1].upper() + title[1:], row.source, card, who, position == 0)


def _with(review: Review, items: Mapping[str, object]) -> Evaluation:
    """The evaluation as it would be with other answers. Fields of rows and sheets are taken whole."""
    return evaluate(review.loaded.protocol, {**review.loaded.items, **items})


def _in_use(review: Review, row: AnswerRevision) -> bool:
    """Whether a revision is of an answer, or of the result set that is used."""
    if row.result_set is None:
        return True
    used = [s for s in review.loaded.sets if s.examination == row.result_set.examination and not s.is_struck]
    return bool(used) and max(used, key=lambda s: (s.specimen_date or date.min, s.pk)).pk == row.result_set_id


def _home(review: Review, item: Item) -> list[str]:
    return [card.id for card in review.loaded.cards.values() if card.criterion and item in card.entered]


def _day(row: ResultSet) -> str:
    return shown_day(row.specimen_date.isoformat()) if row.specimen_date else _("without a date")
