"""The screening log: one row an attempt (ICH E6(R2) 8.3.20)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enrollment.logs.document import Asked, Column, Document
from enrollment.logs.outcomes import counting, excludes, excluding, frozen, status_then
from enrollment.models import Enrollment
from enrollment.words import screening_status
from screening.actions.records import Discontinued
from screening.cards import VISIT, cards_of
from screening.models import AnswerRevision, Evaluation, ScreeningRecord, ScreeningStep
from screening.selectors import protocol_of
from screening.workflow import OPEN
from trial_portal.participants.models import Consent, ParticipantStep
from trial_portal.participants.tables import link

T = TypeVar("T")
IN_SCREENING = "open"
"""What may be asked for besides a status: every attempt that has not ended and is not enrolled."""

OTHER_REASONS = {
    **{choice.value: choice.label for choice in Discontinued},
    "withdrew": Discontinued.WITHDREW.label,
    "struck": _("Entered in error"),
}
"""Why somebody is out for another reason than a criterion: code → words."""


@dataclass(frozen=True)
class Screened:
    """What the log says of one attempt at the moment asked for; "" and None where there is nothing to say."""

    number: str
    attempt: int
    site: str
    consented: date | None
    version: str
    screened: date
    protocol: str
    status: str
    eligible: str
    failing: tuple[str, ...]
    other: str
    enrollment: str


def found(asked: Asked) -> QuerySet[ScreeningRecord]:
    """The attempts opened by then, of the sites, the status and the excluding criterion asked for."""
    rows = ScreeningRecord.objects.filter(asked.within("participant__site"), asked.entered("opened_at"))
    if asked.status:
        # What stands now is in the record itself; what stood then, only in its steps.
        states = OPEN if asked.status == IN_SCREENING else (asked.status,)
        now = asked.as_of is None
        rows = rows.filter(status__in=states) if now else rows.alias(then=status_then(asked)).filter(then__in=states)
    if asked.criterion:
        counts = Subquery(frozen(asked).values("pk")[:1])
        matching = Evaluation.objects.filter(excludes(asked.criterion), pk=OuterRef("counts"))
        rows = rows.alias(counts=counts).filter(Exists(matching))
    return rows.select_related("participant__site")


def told(asked: Asked, records: Sequence[ScreeningRecord]) -> list[Screened]:
    """One row for each attempt. Six queries, seven for a moment in the past."""
    people = {record.participant_id for record in records}
    of_record = {"record__in": [record.pk for record in records]}
    steps = _by(ScreeningStep.objects.filter(asked.entered("recorded_at"), **of_record).order_by("id"), "record_id")
    evaluations = _by(
        Evaluation.objects.filter(asked.entered("at"), **of_record)
        .only("record_id", "kind", "subject", "results", "at")
        .order_by("id"),
        "record_id",
    )
    consents = _by(
        Consent.objects.filter(asked.entered("recorded_at"), asked.standing(), participant__in=people).select_related(
            "version"
        ),
        "participant_id",
    )
    states = _by(
        ParticipantStep.objects.filter(asked.entered("recorded_at"), participant__in=people).order_by("id"),
        "participant_id",
    )
    numbers = dict(Enrollment.objects.filter(asked.entered("at"), **of_record).values_list("record_id", "number"))
    visits = _visits_then(asked, records)
    return [
        _row(
            record,
            steps[record.pk],
            evaluations[record.pk],
            consents[record.participant_id],
            states[record.participant_id],
            numbers.get(record.pk, ""),
            visits.get(record.pk, record.screening_date),
        )
        for record in records
    ]


def _row(
    record: ScreeningRecord,
    steps: list[ScreeningStep],
    evaluations: list[Evaluation],
    consents: list[Consent],
    states: list[ParticipantStep],
    number: str,
    visit: date,
) -> Screened:
    last = steps[-1] if steps else None
    status = last.target if last else ""
    counts = counting(evaluations, steps)
    signed = counts if counts and counts.kind == Evaluation.Kind.SIGNED else None
    consent = next((row for row in consents if row.version_valid), consents[0] if consents else None)
    return Screened(
        number=record.participant.number,
        attempt=record.attempt,
        site=record.participant.site.code,
        consented=consent.signed_on if consent else None,
        version=str(consent.version) if consent else "",
        screened=visit,
        protocol=record.protocol_label,
        status=status,
        eligible="" if signed is None else "yes" if signed.subject == "eligible" else "no",
        failing=tuple(excluding(counts.results)) if counts else (),
        other=_other(last, states[-1].target if states else "", status),
        enrollment=number,
    )


def _other(last: ScreeningStep | None, state: str, status: str) -> str:
    """The code of another reason than a criterion."""
    if state == "struck":
        return "struck"
    if last is not None and status == ScreeningRecord.Status.DISCONTINUED:
        return last.code
    decided = (ScreeningRecord.Status.SCREEN_FAILURE, ScreeningRecord.Status.ENROLLED)
    return Discontinued.WITHDREW.value if state == "withdrawn" and status not in decided else ""


def _visits_then(asked: Asked, records: Sequence[ScreeningRecord]) -> dict[int, date]:
    """The day of the visit as it stood then, of records in which it was changed since."""
    if asked.as_of is None or not records:
        return {}
    names = {item.name for record in records for item in _visit_items(record)}
    later = AnswerRevision.objects.filter(record__in=[r.pk for r in records], item__in=names, at__gt=asked.as_of)
    found: dict[int, date] = {}
    for key, old in later.order_by("-id").values_list("record_id", "old"):
        if isinstance(old, str):
            found[key] = date.fromisoformat(old)
    return found


def _visit_items(record: ScreeningRecord) -> Sequence[Any]:
    try:
        return cards_of(protocol_of(record))[VISIT].items
    except LookupError:
        return ()


def _by(rows: Iterable[T], key: str) -> defaultdict[int, list[T]]:
    """Rows by a key of theirs, in their order."""
    grouped: defaultdict[int, list[T]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped


def _day(value: date | None) -> str:
    return value.isoformat() if value else ""


def _link(row: Screened) -> SafeString:
    return link(reverse("screening:record", args=[row.number, row.attempt]), row.number)


def _enrolled(row: Screened) -> Any:
    return link(reverse("enrollment:status", args=[row.number]), row.enrollment) if row.enrollment else ""


YES_NO = {"yes": _("Yes"), "no": _("No")}

SCREENING: Document[Screened] = Document(
    name="screening",
    title=_("Screening log"),
    columns=(
        Column("screening_number", _("Screening no."), lambda row: row.number, _link, sort="number"),
        Column("attempt", _("Attempt"), lambda row: str(row.attempt)),
        Column("site", _("Site"), lambda row: row.site),
        Column("consent_date", _("Consent"), lambda row: _day(row.consented)),
        Column("icf_version", _("ICF"), lambda row: row.version),
        Column("screening_date", _("Screening"), lambda row: _day(row.screened), sort="screened"),
        Column("protocol_version", _("Protocol"), lambda row: row.protocol),
        Column("status", _("Status"), lambda row: row.status, lambda row: screening_status(row.status), look="bare"),
        Column("eligible", _("Eligible?"), lambda row: row.eligible, lambda row: YES_NO.get(row.eligible, "")),
        Column("failing_criteria", _("Failing"), lambda row: " ".join(row.failing), lambda row: ", ".join(row.failing)),
        Column("other_reason", _("Other reason"), lambda row: row.other, lambda row: OTHER_REASONS.get(row.other, "")),
        Column("enrollment_number", _("Enrollment no."), lambda row: row.enrollment, _enrolled),
    ),
    orders={
        "": ("-id",),
        "number": ("participant_id", "attempt"),
        "-number": ("-participant_id", "-attempt"),
        "screened": ("screening_date", "id"),
        "-screened": ("-screening_date", "-id"),
    },
    found=found,
    told=told,
)
