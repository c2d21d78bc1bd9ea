"""What is signed: all that the review page shows, as JSON; whether it is still so; and what changed since.

Boundary: pure, but for :func:`signature_standing`, which reads a record anew. The page carries the digest of
:func:`signed_content` and a :class:`Seen`; signing compares. Design: "Signature".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from screening.evaluations import content, digest
from screening.models import AnswerRevision, Evaluation, ScreeningRecord
from screening.refusals import Changed
from screening.reviewing.selectors import Review, last_signed, review_of
from screening.words import MARKS, answer, label, shown_day
from trial_portal.signatures.models import Signature
from trial_portal.signatures.selectors import verify


def signed_content(review: Review) -> dict[str, Any]:
    """What a signature stands on: the evaluation, the results and documents on file, confirmations, queries, consent.

    ``revision`` is that of the answers: whoever changed one and changed it back has left a history that is shown.
    """
    return content(review.loaded) | {
        "revision": review.record.revision,
        "screening_date": review.record.screening_date.isoformat(),
        "withdrawals": [row.withdrawn_on.isoformat() for row in review.withdrawals],
        "results": [
            {
                "id": row.pk,
                "examination": row.examination,
                "specimen_date": row.specimen_date.isoformat() if row.specimen_date else None,
                "values": row.values,
                "source": row.source,
            }
            for row in sorted(review.loaded.sets, key=lambda row: row.pk)
            if not row.is_struck
        ],
        "documents": [
            {"id": row.pk, "title": row.title, "criteria": row.criteria, "sha256": row.sha256, "location": row.location}
            for row in review.standing_documents
        ],
        "confirmations": {
            row.criterion: {"by": row.by.username, "at": row.at.isoformat()}
            for row in review.confirmations
            if review.confirmation(row.criterion) == row and review.is_confirmed(row.criterion)
        },
        "queries": {
            "open": len(review.open_queries),
            "closed": len(review.queries) - len(review.open_queries),
            "answered": sum(bool(query.answer) for query in review.queries),
        },
    }


@dataclass(frozen=True)
class Seen:
    """What a page showed, small enough to travel with it: when, the answers' revision, marks, a digest of each part."""

    at: str
    revision: int
    marks: Mapping[str, str]
    parts: Mapping[str, str]

    @property
    def as_json(self) -> dict[str, Any]:
        """It, as JSON has it; ``Seen(**…)`` reads it back."""
        return asdict(self)


def seen(review: Review, at: datetime) -> Seen:
    """What a page that shows this review at a moment has shown."""
    frozen = signed_content(review)
    parts = {name: digest({"": part})[:12] for name, part in frozen.items()}
    return Seen(at.isoformat(), review.record.revision, dict(review.loaded.marks), parts)


PARTS = {
    "results": lambda: _("The results on file changed after you opened this page."),
    "documents": lambda: _("The source documents changed after you opened this page."),
    "confirmations": lambda: _("The confirmations of the clinical findings changed after you opened this page."),
    "queries": lambda: _("Queries were asked, answered or closed after you opened this page."),
    "withdrawals": lambda: _("Consent was withdrawn after you opened this page."),
    "birth_date_digest": lambda: _("The birth date was corrected after you opened this page."),
    "age": lambda: _("The age at consent changed after you opened this page."),
    "configuration_digest": lambda: _("The settings of the study changed after you opened this page."),
    "engine_digest": lambda: _("The portal was updated after you opened this page."),
}


def changes_since(review: Review, shown: Seen) -> list[Changed]:
    """What is not as the page showed it: criteria first, then answers, then the rest. Never empty."""
    later = [row for row in review.revisions if row.revision > shown.revision]
    found = [*_changed_marks(review, shown, later), *_changed_answers(review, later)]
    now = seen(review, datetime.fromisoformat(shown.at))
    found += [Changed(says()) for name, says in PARTS.items() if now.parts.get(name) != shown.parts.get(name)]
    if not found and now.parts.get("items") != shown.parts.get("items"):
        opened = review.record.participant.site.day(datetime.fromisoformat(shown.at)).isoformat()
        found.append(
            Changed(_("This page was opened on %(day)s; the day or the consent changed.") % {"day": shown_day(opened)})
        )
    return found or [Changed(_("Something on this record changed after you opened this page."))]


def _changed_marks(review: Review, shown: Seen, later: list[AnswerRevision]) -> Iterator[Changed]:
    site = review.record.participant.site
    for id, mark in review.loaded.marks.items():
        before = shown.marks.get(id, "")
        if before == mark:
            continue
        asks = {item.name for item in review.loaded.protocol.criterion(id).asks}
        when = next((row.at for row in reversed(later) if row.item in asks), None)
        facts = {
            "criterion": id,
            "before": MARKS.get(before, before),
            "now": MARKS[mark],
            "time": f"{when.astimezone(site.zone):%H:%M}" if when else "",
        }
        if when:
            says = _("%(criterion)s changed from %(before)s to %(now)s at %(time)s, after you opened this page.")
        else:
            says = _("%(criterion)s changed from %(before)s to %(now)s after you opened this page.")
        yield Changed(says % facts, id)


def _changed_answers(review: Review, later: list[AnswerRevision]) -> Iterator[Changed]:
    protocol, zone = review.loaded.protocol, review.record.participant.site.zone
    homes = {item.name: card.id for card in review.loaded.cards.values() for item in (*card.entered, *card.judgement)}
    latest = {(row.item, row.result_set_id): row for row in later}
    for row in latest.values():
        item = protocol.by_name.get(row.item)
        if item is None:
            continue
        facts = {
            "item": label(item),
            "old": answer(item, row.old, review.loaded.items) or _("nothing"),
            "new": answer(item, row.new, review.loaded.items) or _("nothing"),
            "by": row.by.printed_name,
            "time": f"{row.at.astimezone(zone):%H:%M}",
        }
        yield Changed(_("%(item)s: %(old)s → %(new)s, %(by)s, %(time)s.") % facts, homes.get(row.item, ""))


class Standing(StrEnum):
    """How the signature of a record stands."""

    NONE = "none"
    """Nobody signed, or the record was opened again since."""
    VALID = "valid"
    VOIDED = "voided"
    DIFFERS = "differs"
    """What was signed is not what the record says now: registry, consent or evidence changed."""
    BROKEN = "broken"
    """The signature does not belong to this record, or was tampered with."""


@dataclass(frozen=True)
class SignatureStanding:
    """The last signature of a record, and whether it holds; ``differences`` say what is not as it was signed."""

    standing: Standing
    evaluation: Evaluation | None = None
    differences: tuple[str, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether what was signed is what the record says now."""
        return self.standing is Standing.VALID


def signature_standing(record: ScreeningRecord, at: datetime) -> SignatureStanding:
    """How the last signature of a record stands at a moment. For the gate, and for every page that shows it.

    ``record`` comes with participant, site and identity joined. The record is evaluated as of the day of signing, so
    that a mere passing of days changes nothing; what lapses until enrollment is the gate's business.
    """
    evaluation = last_signed(record)
    if evaluation is None or evaluation.signature is None:
        return SignatureStanding(Standing.NONE)
    signature = evaluation.signature
    if hasattr(evaluation, "voided"):
        return SignatureStanding(Standing.VOIDED, evaluation)
    if not _belongs(signature, record) or digest(signature.content) != evaluation.digest:
        return SignatureStanding(Standing.BROKEN, evaluation)
    try:
        now = signed_content(review_of(record, signature.signed_at))
    except LookupError:
        return SignatureStanding(Standing.DIFFERS, evaluation, (_("Its protocol version is not installed here."),))
    found = tuple(_differences(signature.content, now))
    return SignatureStanding(Standing.DIFFERS if found else Standing.VALID, evaluation, found)


def _belongs(signature: Signature, record: ScreeningRecord) -> bool:
    """Whether a signature is as it was made, and was made on this record: a copied row is neither."""
    on = (signature.record_type, signature.record_id)
    return on == (record._meta.db_table, record.pk) and verify(signature)


def _differences(signed: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """What was signed and is no longer so. Documents that came later are none; nor is a newer wording of a reason."""
    if signed["items"] != now["items"] or signed["revision"] != now["revision"]:
        yield _("An answer, a result or the consent it stands on is not as it was signed.")
    if signed["birth_date_digest"] != now["birth_date_digest"] or signed["age"] != now["age"]:
        yield _("The birth date is not as it was signed.")
    if signed["withdrawals"] != now["withdrawals"]:
        yield _("Consent was withdrawn.")
    if _outcomes(signed) != _outcomes(now):
        yield _("An outcome is computed differently now.")
    kept = now["documents"]
    if any(document not in kept for document in signed["documents"]) or signed["results"] != now["results"]:
        yield _("A source document or a result was struck or changed.")


def _outcomes(frozen: Mapping[str, Any]) -> dict[str, str]:
    return {id: result["outcome"] for id, result in frozen["criteria"].items()}
