"""What waits for somebody, of screening records; and the records changed last. Rows, no words.

Each costs the same number of queries however many records there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count, F, Prefetch, QuerySet

from enrollment.gate import lapses, window_ends
from enrollment.gate.evidence import Lapse
from enrollment.models import Enrollment
from enrollment.selectors.first import FIRST, First, at_sites, first
from screening.models import CriterionOutcome, Query, ResultSet, ScreeningRecord, ScreeningStep, VoidedSignature
from screening.reviewing.selectors import voided_signatures_of, waiting_for_review
from screening.selectors import Loaded, items_of, protocol_of, records
from screening.workflow import ELIGIBLE, IN_PROGRESS, RETURNED, SUBMITTED
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import Authority, May
from trial_portal.participants.models import Consent

ENDING = timedelta(days=7)
"""How long before its last day a screening window is said to end; a setting of the portal, not protocol text."""

UNDECIDED = (IN_PROGRESS, RETURNED, SUBMITTED)


def _records(authority: Authority, may: May, *states: str) -> QuerySet[ScreeningRecord]:
    rows = ScreeningRecord.objects.filter(at_sites(authority, may, "participant__site"), status__in=states)
    return rows.select_related("participant__site")


def queries_to_answer(authority: Authority) -> First[Query]:
    """Queries without an answer, of records that still take one; the oldest first."""
    rows = Query.objects.filter(at_sites(authority, May.SCREEN, "record__participant__site"))
    rows = rows.filter(closed_at__isnull=True, answer="", record__status__in=UNDECIDED)
    return first(rows.select_related("record__participant__site", "asked_by").order_by("id"))


def returned(authority: Authority) -> First[ScreeningRecord]:
    """Returned records, the longest first; each with ``back``, the steps that brought it back."""
    steps = ScreeningStep.objects.filter(action="return").select_related("by").order_by("-id")
    rows = _records(authority, May.SCREEN, RETURNED).prefetch_related(Prefetch("steps", steps, to_attr="back"))
    return first(rows.order_by("changed_at", "id"))


def in_progress(authority: Authority) -> First[ScreeningRecord]:
    """Records in progress, those left alone longest first."""
    return first(_records(authority, May.SCREEN, IN_PROGRESS).order_by("changed_at", "id"))


@dataclass(frozen=True)
class Ending:
    """A record whose screening window ends soon, or ended: its last day."""

    record: ScreeningRecord
    last: date


def windows_ending(authority: Authority, at: datetime) -> list[Ending]:
    """Undecided records whose window ends within days, or has ended; the first to end first."""
    protocol = settings.PROTOCOL
    ends = window_ends(protocol, date(2000, 1, 1))
    if ends is None:
        return []
    length = ends - date(2000, 1, 1)
    # A day more than anybody's today, whatever the zone; each record is then asked at its own site.
    latest = at.date() + timedelta(days=1) + ENDING - length
    rows = _records(authority, May.SCREEN, *UNDECIDED).filter(screening_date__lte=latest)
    found = rows.order_by("screening_date", "id")[: 2 * FIRST]
    endings = [Ending(record, record.screening_date + length) for record in found]
    return [one for one in endings if one.last <= one.record.participant.site.day(at) + ENDING]


@dataclass(frozen=True)
class ToEnroll:
    """An eligible record that is not enrolled: what lapses first, and the last day on which everything counts."""

    record: ScreeningRecord
    first: Lapse | None
    last: date | None


def to_enroll(authority: Authority, at: datetime) -> First[ToEnroll]:
    """Records signed as eligible, where they may be enrolled; those that lapse first, first."""
    rows = _records(authority, May.ENROLL, ELIGIBLE).select_related("participant__identity")
    found = first(rows.order_by("screening_date", "id"))
    told = [_lapsing(record, loaded) for record, loaded in _loaded(found.rows, at)]
    return First(sorted(told, key=lambda one: one.last or date.max), found.total)


def _loaded(rows: Sequence[ScreeningRecord], at: datetime) -> Iterator[tuple[ScreeningRecord, Loaded | None]]:
    """Records with all that is known of each; None under a protocol version not installed here. Two queries."""
    sets, consents = defaultdict(list), defaultdict(list)
    for result in ResultSet.objects.filter(record__in=rows):
        sets[result.record_id].append(result)
    people = [record.participant_id for record in rows]
    for given in Consent.objects.filter(participant__in=people, struck_at__isnull=True).select_related("version"):
        consents[given.participant_id].append(given)
    for record in rows:
        own = consents[record.participant_id]
        consent = next((row for row in own if row.version_valid), own[0] if own else None)
        try:
            protocol = protocol_of(record)
        except LookupError:
            yield record, None
            continue
        items = items_of(protocol, record, sets[record.pk], consent, record.participant.identity, at)
        yield record, Loaded(record, protocol, sets[record.pk], consent, items)


def _lapsing(record: ScreeningRecord, loaded: Loaded | None) -> ToEnroll:
    if loaded is None:
        return ToEnroll(record, None, None)
    evidence = min(lapses(loaded), key=lambda lapse: lapse.last, default=None)
    window = window_ends(loaded.protocol, record.screening_date)
    days = [day for day in (window, evidence.last if evidence else None) if day is not None]
    last = min(days, default=None)
    return ToEnroll(record, evidence if evidence and evidence.last == last else None, last)


def withdrew_in_study(authority: Authority) -> First[Enrollment]:
    """Enrolled participants who withdrew consent, and are still in the study by their status."""
    rows = Enrollment.objects.filter(at_sites(authority, May.ENROLL, "site"), participant__status="withdrawn")
    rows = rows.filter(status__in=[Enrollment.Status.ENROLLED, Enrollment.Status.INELIGIBLE])
    return first(rows.select_related("participant__site").order_by("id"))


def to_review(authority: Authority) -> First[ScreeningRecord]:
    """Records that wait for an investigator, the longest first."""
    return first(waiting_for_review(authority))


def voided(user: User, authority: Authority) -> Sequence[VoidedSignature]:
    """This person's signatures that ceased to hold, of records that are not signed anew."""
    rows = voided_signatures_of(user).filter(at_sites(authority, May.REVIEW, "evaluation__record__participant__site"))
    return list(rows[:FIRST])


def latest_records(authority: Authority, number: int) -> Sequence[ScreeningRecord]:
    """The records changed last, each with ``shown``: the mark of every criterion. Two queries."""
    rows = records(authority).select_related("participant__site", "enrollment").order_by(F("changed_at").desc(), "-id")
    found = list(rows.prefetch_related(Prefetch("outcomes", CriterionOutcome.objects.order_by("id")))[:number])
    for record in found:
        record.shown = {row.criterion: row.mark for row in record.outcomes.all()}  # type: ignore[attr-defined]
    return found


def screened(authority: Authority) -> Mapping[str, int]:
    """How many records there are in each status. One query."""
    counted = records(authority).order_by().values_list("status").annotate(number=Count("pk"))
    return dict(counted)
