"""Saving a card: its answers and result sets, with the reasons that changes need. Design: "Cards save by themselves".

Order: permission, state, conflict with somebody else, what the protocol refuses, what is unusual, reason, write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.utils.translation import gettext as _

from screening.actions.checks import refuse_identities, refuse_problems, unusual_values
from screening.actions.steps import editable, keep_outcomes, locked
from screening.cards import VISIT, Card, source_of
from screening.eligibility.items import Examination, Item
from screening.eligibility.kinds import Quantity
from screening.models import AnswerRevision, ReasonCode, ResultSet, ScreeningRecord
from screening.refusals import Change, Clash, Conflict, NeedsConfirming, NeedsReason, NotTaken, merged
from screening.selectors import Loaded, changed_since, items_of, load, projected
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants.identities import coded
from trial_portal.participants.selectors import person_of


@dataclass(frozen=True)
class TypedSet:
    """One result set as typed: its key (None for a new one), its values by item name, its source in words.

    A value that is absent is cleared; a source that is None stays as it is.
    """

    key: int | None
    values: Mapping[str, object]
    source: str | None = None


@dataclass(frozen=True)
class Typed:
    """A card as typed: answers by item name (None: cleared), result sets by examination name.

    ``revision`` is the record's when the card was loaded; ``confirmed`` the names of items whose unusual value was
    confirmed; ``reason_code`` and ``reason`` say why saved answers change, once for the whole card.
    """

    revision: int
    answers: Mapping[str, object] = field(default_factory=dict)
    sets: Mapping[str, TypedSet] = field(default_factory=dict)
    confirmed: Set[str] = frozenset()
    reason_code: str = ""


@action
def save_card(
    *,
    by: User,
    at: datetime,
    record: ScreeningRecord,
    card_id: str,
    typed: Typed,
    reason: str = "",
    seen: Loaded | None = None,
) -> Loaded:
    """Save one card and evaluate the record anew. Returns it as it then stands.

    ``seen`` is the record as the caller has just read it; it is read anew when somebody saved in between.
    Raises Conflict, NotTaken, NeedsConfirming, NeedsReason (``refusals``), each before anything is written; Refused
    for another state, NotPermitted. A save that changes nothing writes nothing.
    """
    record = locked(record, by=by, at=at, may=May.SCREEN)
    editable(record)
    unchanged = seen is not None and seen.record.revision == record.revision
    before = replace(seen, record=record) if seen is not None and unchanged else load(record, at)
    return save_answers(before, before.cards[card_id], typed, by=by, at=at, reason=reason)


def save_answers(before: Loaded, card: Card, typed: Typed, *, by: User, at: datetime, reason: str) -> Loaded:
    """Save what was typed on a card of a record that is locked and may be changed; for actions, as ``save_card``."""
    unknown = set(typed.answers) - {item.name for item in card.items + card.proof}
    if unknown:
        raise Refused(_("This card does not ask for %(names)s.") % {"names": ", ".join(sorted(unknown))})
    typed = _beside_others(before, card, typed)
    changes = list(_changes(before, card, typed))
    if not changes:
        return before
    after, rows = _with(before, card, typed, at)
    readings = list(_readings(after, card, typed))
    refuse_problems(after, readings, changes)
    refuse_identities(after, changes)
    unusual = unusual_values(after, readings, changes)
    waiting = {name: text for name, text in unusual.items() if name not in typed.confirmed}
    if waiting:
        raise NeedsConfirming(_("An unusual value is confirmed before it is saved."), waiting)
    corrections = [change for change in changes if change.corrects]
    if corrections:
        _check_reason(before.record, typed.reason_code, reason, corrections)
    return _write(after, rows, typed, changes, set(unusual), by=by, at=at, reason=reason)


def _check_reason(record: ScreeningRecord, code: str, reason: str, corrections: list[Change]) -> None:
    """Raise NeedsReason while there is no coded reason, no words for "other", or words that say who the person is."""
    if code not in ReasonCode.values:
        raise NeedsReason(_("Choose why the answer changes."), corrections)
    if code == ReasonCode.OTHER and not reason.strip():
        raise NeedsReason(_("Say in words why the answer changes."), corrections)
    try:
        coded(reason, "reason", person_of(record.participant.identity))
    except Refused as refused:
        raise NeedsReason(refused.message, corrections) from None


def _changes(loaded: Loaded, card: Card, typed: Typed) -> Iterator[Change]:
    """What would change, in the order of the card: result sets, then answers."""
    for examination, entered in _typed_sets(card, typed):
        row = _row(loaded, examination, entered)
        old, key = (projected(examination, row), row.pk) if row else ({}, None)
        new = _values(examination, entered)
        if row is None and not any(value is not None for value in new.values()):
            continue
        for item in examination.items:
            if old.get(item.name) != new.get(item.name):
                yield Change(item, old.get(item.name), new.get(item.name), key)
        source = (row.source if row else "") or None
        if entered.source is not None and (entered.source or None) != source:
            yield Change(source_of(examination), source, entered.source or None, key)
    for item in (*card.items, *card.proof):
        if item.name in typed.answers:
            old_answer, new_answer = _saved_answer(loaded, card, item), typed.answers[item.name]
            if old_answer != new_answer:
                yield Change(item, old_answer, new_answer)


def _saved_answer(loaded: Loaded, card: Card, item: Item) -> object:
    return loaded.record.screening_date.isoformat() if card.id == VISIT else loaded.record.answers.get(item.name)


def _row(loaded: Loaded, examination: Examination, entered: TypedSet) -> ResultSet | None:
    """The result set that is edited, or None for a new one. Raises Refused for one that is not this record's."""
    if entered.key is None:
        return None
    for row in loaded.of(examination):
        if row.pk == entered.key:
            return row
    raise Refused(_("This result was struck or belongs to another record. Reload the page."))


def _values(examination: Examination, entered: TypedSet) -> dict[str, object]:
    """The typed values of a set; a unit without its number is no answer."""
    values = {item.name: entered.values.get(item.name) for item in examination.items}
    for item in examination.values:
        if isinstance(item.kind, Quantity) and item.kind.unit_item and values[item.name] is None:
            values[item.kind.unit_item] = None
    return values


def _beside_others(before: Loaded, card: Card, typed: Typed) -> Typed:
    """What was typed, with what others saved since the card was loaded and this person left as it was.

    Raises Conflict for an item that both changed, and not to the same: then both values are shown.
    """
    record = before.record
    if typed.revision >= record.revision:
        return typed
    changes = {change.item.name: change for change in _changes(before, card, typed)}
    since: dict[str, list[AnswerRevision]] = {}
    for row in changed_since(record, typed.revision, set(changes)):
        if row.result_set_id == changes[row.item].result_set:
            since.setdefault(row.item, []).append(row)
    settled: dict[str, object] = {}
    clashes = []
    for name, rows in since.items():
        change = changes[name]
        try:
            settled[name] = merged(rows[0].old, rows[-1].new, change.new)
        except ValueError:
            row = next((one for one in reversed(rows) if _contradict(one, change)), rows[-1])
            clashes.append(Clash(change.item, rows[-1].new, change.new, row.by.printed_name, row.at))
    if clashes:
        raise Conflict(
            _("Somebody changed this card while you had it open. Choose one; both stay in the history."), clashes
        )
    return _settled(card, typed, settled)


def _contradict(row: AnswerRevision, change: Change) -> bool:
    """Whether it is this revision that what was typed contradicts."""
    try:
        merged(row.old, row.new, change.new)
    except ValueError:
        return True
    return False


def _settled(card: Card, typed: Typed, values: Mapping[str, object]) -> Typed:
    """What was typed, with some values put in the place of those typed."""
    sets = dict(typed.sets)
    for examination, entered in _typed_sets(card, typed):
        own = {item.name: values[item.name] for item in examination.items if item.name in values}
        source = str(values.get(source_of(examination).name, entered.source) or "")
        sets[examination.name] = replace(
            entered, values={**entered.values, **own}, source=None if entered.source is None else source
        )
    return replace(typed, answers={name: values.get(name, value) for name, value in typed.answers.items()}, sets=sets)


def _with(before: Loaded, card: Card, typed: Typed, at: datetime) -> tuple[Loaded, dict[str, ResultSet]]:
    """The record as it would stand, and the typed result sets by examination; all of it copies, in memory only."""
    record = before.record
    if card.id == VISIT:
        for item in card.items:
            _set_visit(record, item, typed.answers.get(item.name))
    else:
        merged = {**record.answers, **typed.answers}
        record.answers = {name: value for name, value in merged.items() if value is not None}
    sets = list(before.sets)
    rows: dict[str, ResultSet] = {}
    for examination, entered in _typed_sets(card, typed):
        values = _values(examination, entered)
        saved = _row(before, examination, entered)
        if saved is None:
            if not any(value is not None for value in values.values()):
                continue
            row = ResultSet(record=record, examination=examination.name)
            sets.append(row)
        else:
            row = copy(saved)
            sets[sets.index(saved)] = row
        row.specimen_date = _day(values.get(examination.date.name))
        row.values = {k: v for k, v in values.items() if v is not None and k != examination.date.name}
        row.source = row.source if entered.source is None else entered.source
        rows[examination.name] = row
    items = items_of(before.protocol, record, sets, before.consent, record.participant.identity, at)
    return Loaded(record, before.protocol, sets, before.consent, items), rows


def _typed_sets(card: Card, typed: Typed) -> Iterator[tuple[Examination, TypedSet]]:
    for examination in card.examinations:
        if examination.name in typed.sets:
            yield examination, typed.sets[examination.name]


def _set_visit(record: ScreeningRecord, item: Item, value: object) -> None:
    day = _day(value)
    if day is None:
        raise NotTaken({item.name: _("Enter the date of the screening visit.")})
    record.screening_date = day


def _day(value: object) -> date | None:
    """A full date as typed, or None; what is no date is refused later, by the protocol."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _readings(after: Loaded, card: Card, typed: Typed) -> Iterator[Mapping[str, object]]:
    """The items as they would be read; a typed result set as if it were the one in use."""
    yield {**after.items, **{name: value for name, value in typed.answers.items() if value is not None}}
    for examination, entered in _typed_sets(card, typed):
        yield {**after.items, **_values(examination, entered)}


def _examination(loaded: Loaded, name: str) -> Examination:
    return next(examination for examination in loaded.protocol.examinations if examination.name == name)


def _write(
    after: Loaded,
    rows: Mapping[str, ResultSet],
    typed: Typed,
    changes: list[Change],
    unusual: set[str],
    *,
    by: User,
    at: datetime,
    reason: str,
) -> Loaded:
    record = after.record
    record.revision += 1
    record.changed_at = at
    record.subject = after.evaluation.subject.value
    record.decided = after.decided
    row_of = {}
    for name, row in rows.items():
        examination = _examination(after, name)
        examined = {item.name for item in (*examination.items, source_of(examination))}
        if examined & {change.item.name for change in changes}:
            if row.pk is None:
                row.recorded_by = by
            row.save()
            row_of |= dict.fromkeys(examined, row)
    AnswerRevision.objects.bulk_create(
        AnswerRevision(
            record=record,
            result_set=row_of.get(change.item.name),
            item=change.item.name,
            old=change.old,
            new=change.new,
            revision=record.revision,
            reason_code=typed.reason_code if change.corrects else "",
            reason=reason if change.corrects else "",
            confirmed=change.item.name in unusual,
            by=by,
        )
        for change in changes
    )
    record.save(update_fields=["answers", "screening_date", "revision", "changed_at", "subject", "decided"])
    keep_outcomes(after)
    return after
