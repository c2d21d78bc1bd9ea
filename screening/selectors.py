"""Reads of the screening record: which records are in reach, what is known of a person, and what follows from it.

Boundary: :func:`load` is the one place where registry, consent, answers and result sets become the engine's items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from screening.cards import VISIT, Card, cards_of, mark_of
from screening.eligibility.evaluation import Evaluation, evaluate
from screening.eligibility.items import Examination, Item
from screening.eligibility.protocol import Protocol
from screening.models import AnswerRevision, Query, ResultSet, ScreeningRecord, SourceDocument
from trial_portal.accounts.permissions import Authority, May
from trial_portal.audit.refusals import Refused
from trial_portal.participants.models import Consent, Identity, Participant
from trial_portal.participants.selectors import first_consent
from trial_portal.participants.selectors.registry import within


def records(authority: Authority) -> QuerySet[ScreeningRecord]:
    """The screening records in somebody's reach, coded, with participant and site."""
    rows = ScreeningRecord.objects.select_related("participant__site", "opened_by")
    return within(rows, authority, May.SEE_RECORDS, "participant__site")


class ProtocolGone(Refused, LookupError):
    """A record stands on a protocol version that this installation does not have."""


def protocol_of(record: ScreeningRecord) -> Protocol:
    """The protocol version that a record is pinned to. Raises ProtocolGone when this installation does not have it."""
    protocol = settings.PROTOCOL
    if record.protocol_digest != protocol.digest:
        raise ProtocolGone(
            _(
                "%(number)s, attempt %(attempt)s, stands on protocol %(label)s with the digest %(digest)s, which this"
                " installation does not have, so nothing of it is evaluated or changed here."
            )
            % {
                "number": record.participant.number,
                "attempt": record.attempt,
                "label": record.protocol_label,
                "digest": record.protocol_digest[:12],
            }
        )
    return protocol


@dataclass(frozen=True, eq=False)
class Loaded:
    """A record with all that is known: ``items`` as the engine takes them, and what the engine says of them."""

    record: ScreeningRecord
    protocol: Protocol
    sets: Sequence[ResultSet]
    consent: Consent | None
    items: Mapping[str, object]

    @cached_property
    def evaluation(self) -> Evaluation:
        """The outcome of every criterion, with reasons."""
        return evaluate(self.protocol, self.items)

    @cached_property
    def cards(self) -> Mapping[str, Card]:
        """The protocol's cards by id."""
        return cards_of(self.protocol)

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """The mark of each criterion, by its id, in the protocol's order."""
        return {
            result.criterion.id: mark_of(result, self.cards[result.criterion.id], self.items)
            for result in self.evaluation.results
        }

    @property
    def decided(self) -> int:
        """How many criteria are decided."""
        return sum(result.permits or result.forbids for result in self.evaluation.results)

    def of(self, examination: Examination) -> list[ResultSet]:
        """The standing result sets of an examination, the one that is used first."""
        found = [row for row in self.sets if row.examination == examination.name and not row.is_struck]
        return sorted(found, key=lambda row: (row.specimen_date or date.min, row.pk or 0), reverse=True)


def load(record: ScreeningRecord, at: datetime) -> Loaded:
    """All that is known of a record at a moment. ``record`` comes with participant, site and identity joined.

    Two queries more: result sets and consents.
    """
    protocol = protocol_of(record)
    sets = list(ResultSet.objects.filter(record=record))
    consent = first_consent(record.participant)
    identity = record.participant.identity
    return Loaded(record, protocol, sets, consent, items_of(protocol, record, sets, consent, identity, at))


def items_of(
    protocol: Protocol,
    record: ScreeningRecord,
    sets: Sequence[ResultSet],
    consent: Consent | None,
    identity: Identity,
    at: datetime,
) -> dict[str, object]:
    """The engine's items: answers, then what the result sets say, then what is derived. Later ones win."""
    items: dict[str, object] = dict(record.answers)
    for examination in protocol.examinations:
        on_file = [row for row in sets if row.examination == examination.name and not row.is_struck]
        if on_file:
            items |= projected(examination, max(on_file, key=lambda row: (row.specimen_date or date.min, row.pk or 0)))
        for part in examination.remembers:
            if any(row.values.get(part.value.name) == part.code for row in on_file):
                items[part.history.name] = part.answer
    sources = derived(record, consent, identity, at)
    return items | {item.name: sources[word] for word, item in protocol.derived.items()}


def projected(examination: Examination, used: ResultSet) -> dict[str, object]:
    """The items that one result set answers."""
    dated = {examination.date.name: used.specimen_date.isoformat() if used.specimen_date else None}
    return dated | {item.name: used.values.get(item.name) for item in (*examination.values, examination.routine_care)}


def derived(record: ScreeningRecord, consent: Consent | None, identity: Identity, at: datetime) -> dict[str, object]:
    """What the portal knows without asking, by its words (``eligibility.protocol.SOURCES``)."""
    participant: Participant = record.participant
    known: dict[str, object] = {
        "evaluation.date": participant.site.day(at).isoformat(),
        "visit.date": record.screening_date.isoformat(),
        "participant.birth_date": identity.birth_date or None,
        "participant.sex_at_birth": participant.sex_at_birth,
        "consent.signed": None,
        "consent.date": None,
        "consent.time": None,
        "consent.version": None,
        "consent.version_valid": None,
        "consent.signed_by": None,
    }
    if consent is not None:
        known |= {
            "consent.signed": "yes",
            "consent.date": consent.signed_on.isoformat(),
            "consent.time": consent.signed_time.strftime("%H:%M") if consent.signed_time else None,
            "consent.version": consent.version.label,
            "consent.version_valid": "yes" if consent.version_valid else "no",
            "consent.signed_by": consent.signed_by,
        }
    return known


def current(loaded: Loaded, item: Item) -> object:
    """The answer as it is saved, of an item that is entered."""
    if loaded.cards[VISIT].items and item in loaded.cards[VISIT].items:
        return loaded.record.screening_date.isoformat()
    return loaded.record.answers.get(item.name)


def changed_since(record: ScreeningRecord, revision: int, names: set[str]) -> list[AnswerRevision]:
    """The revisions of some items after a record's revision, the latest of each item last. Design: conflicts."""
    rows = AnswerRevision.objects.filter(record=record, revision__gt=revision, item__in=names)
    return list(rows.select_related("by").order_by("id"))


def records_with_identity(authority: Authority) -> QuerySet[ScreeningRecord]:
    """The records in somebody's reach as :func:`load` wants them. Pages show the birth year, never the date."""
    return records(authority).select_related("participant__identity")


def attempts_of(authority: Authority, participant: Participant) -> QuerySet[ScreeningRecord]:
    """The attempts of one participant, the latest first, with the mark of each criterion."""
    return records(authority).filter(participant=participant).prefetch_related("outcomes").order_by("-attempt")


def last_saved(record: ScreeningRecord) -> Mapping[str, datetime]:
    """When each item was saved last, by its name."""
    rows = AnswerRevision.objects.filter(record=record).order_by().values("item").annotate(last=Max("at"))
    return {row["item"]: row["last"] for row in rows}


def documents(authority: Authority) -> QuerySet[SourceDocument]:
    """The source documents of the records in somebody's reach, struck ones too."""
    rows = SourceDocument.objects.select_related("record__participant__site", "recorded_by", "struck_by")
    return within(rows, authority, May.SEE_RECORDS, "record__participant__site")


def queries(authority: Authority) -> QuerySet[Query]:
    """The queries on the records in somebody's reach."""
    rows = Query.objects.select_related("record__participant__site", "asked_by", "answered_by", "closed_by")
    return within(rows, authority, May.SEE_RECORDS, "record__participant__site")


def struck_sets(record: ScreeningRecord) -> QuerySet[ResultSet]:
    """The result sets of a record that were entered in error, with who struck them."""
    return ResultSet.objects.filter(record=record, struck_at__isnull=False).select_related("struck_by")


def result_sets(authority: Authority) -> QuerySet[ResultSet]:
    """The result sets of the records in somebody's reach."""
    rows = ResultSet.objects.select_related("record__participant__site", "record__participant__identity")
    return within(rows, authority, May.SEE_RECORDS, "record__participant__site")
