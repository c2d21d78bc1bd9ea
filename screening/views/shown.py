"""What the page of a record shows of it: cards, verdicts, result sets, what is still needed. For templates.

Boundary: reads a :class:`Loaded` record and writes nothing; forms are put beside it by the views.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening import words
from screening.cards import CLEAR, EXCLUDES, INVESTIGATOR, TO_DO, UNDECIDED, VISIT, Card, source_of
from screening.eligibility.dates import completed_years, read_date
from screening.eligibility.items import AnsweredBy, Examination
from screening.eligibility.kinds import Quantity
from screening.eligibility.logic import FALSE
from screening.eligibility.protocol import FlagKind, Mark
from screening.models import Query, ResultSet, SourceDocument
from screening.selectors import Loaded
from screening.usability import Usability, setting_note, usability

HEADLINES = {
    CLEAR: gettext_lazy("%(id)s is clear"),
    EXCLUDES: gettext_lazy("%(id)s excludes this participant"),
    UNDECIDED: gettext_lazy("%(id)s is undecided"),
    INVESTIGATOR: gettext_lazy("%(id)s waits for the investigator"),
    TO_DO: gettext_lazy("%(id)s is to do"),
}
AS_SAVED = {
    CLEAR: gettext_lazy("As saved, %(id)s is clear"),
    EXCLUDES: gettext_lazy("As saved, %(id)s excludes this participant"),
    UNDECIDED: gettext_lazy("As saved, %(id)s is undecided"),
    INVESTIGATOR: gettext_lazy("As saved, %(id)s waits for the investigator"),
    TO_DO: gettext_lazy("As saved, %(id)s is to do"),
}
"""While something typed is not saved: it never shows its own outcome."""

FACTS_SHOWN = 3
NOTE_MARKS = {
    Mark.INTERPRETATION: gettext_lazy("Interpretation of the text, to be confirmed by the sponsor."),
    Mark.DEFAULT: gettext_lazy("A study setting, not protocol text."),
    Mark.ADVISORY: gettext_lazy("Advice from outside the protocol."),
    Mark.PROTOCOL: gettext_lazy("Stated by the protocol."),
}


class Pair(NamedTuple):
    """A question with its answer in words; "" when not answered. ``note`` says where it comes from."""

    label: str
    value: str
    note: str = ""
    card: str = ""


@dataclass(frozen=True)
class SetShown:
    """One result set in words: its title, whether it counts, why it is not the one in use."""

    row: ResultSet
    title: str
    stands: Usability
    why_not: str
    pairs: Sequence[Pair]
    used: bool


@dataclass(frozen=True)
class ExaminationShown:
    """An examination on its card: the set whose fields are open, and all others."""

    examination: Examination
    name: str
    opened: SetShown | None
    others: Sequence[SetShown]
    setting: str
    anew: str


@dataclass
class CardShown:
    """A card as it stands. ``form`` is None for those who only read."""

    card: Card
    id: str
    title: str
    mark: str
    headline: str
    facts: Sequence[str]
    more: Sequence[str]
    flags: Sequence[str]
    derived: Sequence[Pair]
    elsewhere: Sequence[Pair]
    judgement: Sequence[Pair]
    notes: Sequence[Pair]
    form: Any = None
    prompt: Any = None
    examinations: Sequence[ExaminationShown] = ()
    answers: Sequence[Pair] = ()
    saved: str = ""
    documents: list[SourceDocument] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)

    @property
    def word(self) -> Any:
        """The word of its mark."""
        return words.MARKS.get(self.mark, "")

    @property
    def text(self) -> str:
        """The protocol's words, byte for byte."""
        return self.card.criterion.text if self.card.criterion else ""


def card_shown(loaded: Loaded, card: Card, *, as_saved: bool = False) -> CardShown:
    """A card without its form. ``as_saved``: something typed on it is not saved."""
    criterion = card.criterion
    if criterion is None:
        title = _("Screening visit")
        return CardShown(card, card.id, title, "", "", (), (), (), (), (), (), ())
    result, mark = loaded.evaluation.result(criterion.id), loaded.marks[criterion.id]
    facts = [words.sentence(fact) for fact in result.facts]
    shown = 0 if mark in (CLEAR, TO_DO) else FACTS_SHOWN
    # One fact more than fits is shown rather than folded.
    shown = len(facts) if shown and len(facts) <= shown + 1 else shown
    return CardShown(
        card=card,
        id=card.id,
        title=criterion.title,
        mark=mark,
        headline=str((AS_SAVED if as_saved else HEADLINES)[mark]) % {"id": criterion.id},
        facts=facts[:shown],
        more=facts[shown:],
        flags=[
            words.sentence(flag.message)
            for flag in loaded.evaluation.flags(criterion.id)
            if flag.kind is not FlagKind.FORM
        ],
        derived=list(_derived(loaded, card)),
        elsewhere=list(_elsewhere(loaded, card)),
        judgement=list(_judgement(loaded, card)),
        notes=[
            Pair(
                note.text, f"{_('Instead:')} {note.alternative}" if note.alternative else "", str(NOTE_MARKS[note.mark])
            )
            for note in criterion.notes
        ],
    )


def _derived(loaded: Loaded, card: Card) -> Iterator[Pair]:
    """What the registry and the consent say, and what follows from it, with its sum."""
    sources = {item: word for word, item in loaded.protocol.derived.items()}
    summed = {"participant.birth_date", "consent.date"}
    told: set[str] = set()
    if summed <= {sources.get(item) for item in card.derived}:
        age = age_at_consent(loaded)
        if age:
            told = summed
            born = loaded.record.participant.birth_year
            signed = date_format(loaded.consent.signed_on, "j M Y") if loaded.consent else ""
            yield Pair(
                _("Age at consent"), age, _("born %(born)s, consent %(signed)s") % {"born": born, "signed": signed}
            )
    for item in card.derived:
        if sources.get(item) in told:
            continue
        value = words.answer(item, loaded.items.get(item.name), loaded.items)
        if sources.get(item) == "participant.birth_date":
            yield Pair(_("Birth year"), str(loaded.record.participant.birth_year), _("from the registry"))
        elif value:
            origin = _("from the consent") if str(sources.get(item)).startswith("consent") else _("from the registry")
            yield Pair(words.label(item), capfirst(value), origin)
    for name, instrument in loaded.protocol.instruments.items():
        if card.items and set(card.items) & set(instrument.reads):
            report = loaded.evaluation.instruments.get(name)
            yield from (
                Pair(capfirst(key.replace("_", " ")), capfirst(str(value).replace("_", " ")))
                for key, value in (report or {}).items()
                if value is not None
            )


def age_at_consent(loaded: Loaded) -> str:
    """The age in completed years on the day of consent, as a range while the birth date is partial; "" without."""
    born = loaded.record.participant.identity.birth_date
    if not born or loaded.consent is None:
        return ""
    span, signed = read_date(born), loaded.consent.signed_on
    low, high = completed_years(span.latest, signed), completed_years(span.earliest, signed)
    return str(low) if low == high else _("%(low)s or %(high)s") % {"low": low, "high": high}


def _units(loaded: Loaded) -> set[str]:
    """The names of the items that are units: they are said with their numbers."""
    return {item.kind.unit_item for item in loaded.protocol.items if isinstance(item.kind, Quantity)}


def _elsewhere(loaded: Loaded, card: Card) -> Iterator[Pair]:
    units = _units(loaded)
    for item, home in card.elsewhere.items():
        value = words.answer(item, loaded.items.get(item.name), loaded.items)
        if home == VISIT:
            yield Pair(words.label(item), value, "", VISIT)
        elif loaded.evaluation.applies(item) is not FALSE and item.name not in units:
            yield Pair(words.label(item), capfirst(value), "", home)


def _judgement(loaded: Loaded, card: Card) -> Iterator[Pair]:
    for item in card.judgement:
        if loaded.evaluation.applies(item) is FALSE:
            continue
        rationale = loaded.protocol.rationales.get(item.name)
        why = str(loaded.items.get(rationale.name) or "") if rationale else ""
        yield Pair(words.asked(item), capfirst(words.answer(item, loaded.items.get(item.name), loaded.items)), why)


def answers_shown(loaded: Loaded, card: Card) -> list[Pair]:
    """The answers of a card in words, for those who only read: all that is asked, and the evidence that is there."""
    shown = []
    for item in (*card.items, *card.proof):
        value = loaded.items.get(item.name)
        asked = item in card.items and loaded.evaluation.applies(item) is not FALSE
        if asked or value is not None:
            shown.append(Pair(words.asked(item), capfirst(words.answer(item, value, loaded.items))))
    return shown


def examinations_shown(
    loaded: Loaded, card: Card, opened: Mapping[Examination, ResultSet | None] | None
) -> list[ExaminationShown]:
    """The result sets of a card. ``opened`` says whose fields are open; None when nothing is entered here."""
    shown = []
    for examination in card.examinations:
        rows = loaded.of(examination)
        sets = [_set_shown(loaded, examination, row, rows[0]) for row in rows]
        row = opened.get(examination) if opened is not None else (rows[0] if rows else None)
        shown.append(
            ExaminationShown(
                examination,
                capfirst(words.said(examination.term)),
                next((one for one in sets if row is not None and one.row.pk == row.pk), None),
                [one for one in sets if row is None or one.row.pk != row.pk],
                setting_note(examination, loaded.protocol.defaults),
                _("Enter another %(what)s") % {"what": words.said(examination.term)} if rows and row else "",
            )
        )
    return shown


def _set_shown(loaded: Loaded, examination: Examination, row: ResultSet, used: ResultSet) -> SetShown:
    stands = usability(examination, row.specimen_date, loaded.record.screening_date, loaded.protocol.defaults)
    name = capfirst(words.said(examination.term))
    title = _("%(name)s, no date yet") % {"name": name}
    if row.specimen_date:
        title = _("%(name)s of %(day)s") % {"name": name, "day": date_format(row.specimen_date, "j M Y")}
    values, units = row.values, _units(loaded)
    pairs = [
        Pair(words.label(item), capfirst(words.answer(item, values.get(item.name), values)))
        for item in (*examination.values, examination.routine_care)
        if values.get(item.name) is not None and item.name not in units
    ]
    if row.source:
        pairs.append(Pair(words.label(source_of(examination)), row.source))
    why_not = "" if row.pk == used.pk else _("not used: a later one counts")
    return SetShown(row, title, stands, why_not, pairs, row.pk == used.pk)


class Need(NamedTuple):
    """One thing that is still needed: what, and the field where it is entered ("" when nobody types it)."""

    what: str
    field: str


class Needs(NamedTuple):
    """What one card still waits for."""

    card: str
    first: Sequence[Need]
    more: int


NEEDS_SHOWN, MANY = 2, 6
"""How much of what a card needs is named; of many cards, less."""


def still_needed(loaded: Loaded) -> tuple[list[Needs], list[Needs]]:
    """What is needed before every criterion is decided: of those who enter data, and of the investigator.

    Each thing once, at the card that asks for it.
    """
    homes = {item: card.id for card in loaded.cards.values() for item in (*card.entered, *card.judgement)}
    yours: dict[str, list[Need]] = {}
    judged: dict[str, list[Need]] = {}
    named: set[str] = set()
    for result in loaded.evaluation.results:
        for name in result.needs:
            item = loaded.protocol.by_name.get(name)
            if item is None or name in named:
                continue
            named.add(name)
            home = homes.get(item, result.criterion.id)
            to = judged if item.answered_by is AnsweredBy.JUDGEMENT else yours
            to.setdefault(home, []).append(Need(words.said(item.term), "" if item not in homes else f"ask-{name}"))

    def split(needs: dict[str, list[Need]]) -> list[Needs]:
        most = 1 if len(needs) > MANY else NEEDS_SHOWN
        # One more than fits is shown rather than counted.
        return [
            Needs(card, found, 0) if len(found) <= most + 1 else Needs(card, found[:most], len(found) - most)
            for card, found in needs.items()
        ]

    return split(yours), split(judged)


def unasked(loaded: Loaded) -> list[str]:
    """The names of the items that are not asked now, because their condition is false."""
    items = (item for card in loaded.cards.values() for item in card.entered if item.applies is not None)
    return [item.name for item in items if loaded.evaluation.applies(item) is FALSE]


def saved_at(card: Card, last: Mapping[str, datetime], loaded: Loaded, at: datetime) -> str:
    """When a card was saved last: the time on the same day at the site, else the day; "" when never."""
    names = {item.name for item in card.entered} | {source_of(part).name for part in card.examinations}
    moments = [moment for name, moment in last.items() if name in names]
    return clock(max(moments), loaded, at) if moments else ""


def clock(moment: datetime, loaded: Loaded, at: datetime) -> str:
    """A moment at the site: 14:32 on the same day, else 13 Oct 2026."""
    site = loaded.record.participant.site
    local = moment.astimezone(site.zone)
    return f"{local:%H:%M}" if local.date() == site.day(at) else date_format(local.date(), "j M Y")
