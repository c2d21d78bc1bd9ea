"""Reads for review: the list of what waits, and one record with its evidence, queries, confirmations and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count, Q, QuerySet

from screening.cards import EXCLUDES, TO_DO, UNDECIDED, VISIT
from screening.eligibility.items import AnsweredBy, Item
from screening.models import (
    AnswerRevision,
    Confirmation,
    Evaluation,
    Query,
    ScreeningRecord,
    ScreeningStep,
    SourceDocument,
    VoidedSignature,
)
from screening.selectors import Loaded, load
from screening.workflow import ELIGIBLE, ENROLLED, IN_PROGRESS, RETURNED, SCREEN_FAILURE, SUBMITTED
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import Authority, May
from trial_portal.participants.models import ConsentWithdrawal
from trial_portal.participants.selectors import withdrawals_of
from trial_portal.participants.selectors.registry import within

NOT_CLEAR = (EXCLUDES, UNDECIDED, TO_DO)
"""Marks that the investigator has to look at; "Investigator" is what he is there for."""


@dataclass(frozen=True, eq=False)
class Review:
    """One record as its reviewer sees it. Everything is as it stands, struck and closed rows included."""

    loaded: Loaded
    revisions: Sequence[AnswerRevision]
    confirmations: Sequence[Confirmation]
    queries: Sequence[Query]
    documents: Sequence[SourceDocument]
    withdrawals: Sequence[ConsentWithdrawal]
    steps: Sequence[ScreeningStep]

    @property
    def record(self) -> ScreeningRecord:
        """The record."""
        return self.loaded.record

    @cached_property
    def judged(self) -> frozenset[str]:
        """The names of the items that only an investigator enters: judgements and their rationales."""
        protocol = self.loaded.protocol
        judgement = {item.name for item in protocol.items if item.answered_by is AnsweredBy.JUDGEMENT}
        return frozenset(judgement | {item.name for item in protocol.rationales.values()})

    @cached_property
    def latest(self) -> Mapping[tuple[str, int | None], AnswerRevision]:
        """The latest revision of each item, in each of its result sets that stand; by item name and set's key."""
        standing = {None, *(row.pk for row in self.loaded.sets if not row.is_struck)}
        return {(row.item, row.result_set_id): row for row in self.revisions if row.result_set_id in standing}

    @cached_property
    def entered_by(self) -> frozenset[int]:
        """The keys of all who entered a current answer of a coordinator or clinician."""
        entered = {row.by_id for row in self.latest.values() if row.item not in self.judged}
        # Who cleared an answer or struck a result decided what counts as much as who entered one.
        entered |= {row.struck_by_id for row in self.loaded.sets if row.struck_by_id is not None}
        visit = {(item.name, None) for item in self.loaded.cards[VISIT].items}
        # The day of the visit is entered when the attempt is opened; a later change of it is a revision.
        return frozenset(entered if visit & self.latest.keys() else entered | {self.record.opened_by_id})

    @property
    def open_queries(self) -> list[Query]:
        """The queries that are not closed, answered or not."""
        return [query for query in self.queries if query.closed_at is None]

    @cached_property
    def standing_documents(self) -> list[SourceDocument]:
        """The source documents that were not struck."""
        return [document for document in self.documents if not document.is_struck]

    def clinical(self, criterion: str) -> dict[str, object]:
        """The answered clinician items of one criterion as the evaluation uses them, by item name."""
        values = ((item.name, self.loaded.items.get(item.name)) for item in self.loaded.cards[criterion].clinician)
        return {name: value for name, value in values if value is not None and value != []}

    def confirmation(self, criterion: str) -> Confirmation | None:
        """The last confirmation of a criterion's clinician items, standing or not."""
        return next((row for row in reversed(self.confirmations) if row.criterion == criterion), None)

    def is_confirmed(self, criterion: str) -> bool:
        """Whether the clinician items of a criterion are confirmed with the values that stand now."""
        last = self.confirmation(criterion)
        return last is not None and last.values == self.clinical(criterion)

    def who_entered(self, item: Item) -> AnswerRevision | None:
        """The latest revision of an item, of the result set in use where it belongs to one."""
        for examination in self.loaded.protocol.examinations:
            if item in examination.items:
                used = self.loaded.of(examination)
                return self.latest.get((item.name, used[0].pk)) if used else None
        return self.latest.get((item.name, None))


def review_of(record: ScreeningRecord, at: datetime) -> Review:
    """A record for its review at a moment. ``record`` comes with participant, site and identity joined.

    The number of queries does not depend on how much is on file.
    """
    loaded = load(record, at)
    return Review(
        loaded=loaded,
        revisions=list(AnswerRevision.objects.filter(record=record).select_related("by", "result_set")),
        confirmations=list(Confirmation.objects.filter(record=record).select_related("by")),
        queries=list(Query.objects.filter(record=record).select_related("asked_by", "answered_by", "closed_by")),
        documents=list(SourceDocument.objects.filter(record=record).select_related("recorded_by")),
        withdrawals=list(withdrawals_of(record.participant)),
        steps=list(ScreeningStep.objects.filter(record=record).select_related("by")),
    )


def last_signed(record: ScreeningRecord) -> Evaluation | None:
    """The evaluation that was signed last, with its signature and, where it was voided, why."""
    rows = Evaluation.objects.filter(record=record, kind=Evaluation.Kind.SIGNED)
    return rows.select_related("signature__signer", "voided__by").order_by("-id").first()


def signatures_of(record: ScreeningRecord) -> list[Evaluation]:
    """Every signed evaluation of a record, the latest first, voided ones too."""
    rows = Evaluation.objects.filter(record=record, kind=Evaluation.Kind.SIGNED)
    return list(rows.select_related("signature__signer", "voided__by").order_by("-id"))


def for_review(authority: Authority) -> QuerySet[ScreeningRecord]:
    """The records that somebody may review, with all that evaluating one takes. Another site's are not among them."""
    rows = ScreeningRecord.objects.select_related("participant__site", "participant__identity", "opened_by")
    return within(rows, authority, May.REVIEW, "participant__site")


def signed_records(authority: Authority) -> QuerySet[ScreeningRecord]:
    """The records in somebody's reach that are signed and may be opened again, with all that evaluating one takes."""
    rows = ScreeningRecord.objects.filter(status__in=[ELIGIBLE, SCREEN_FAILURE, ENROLLED])
    rows = rows.select_related("participant__site", "participant__identity")
    return within(rows, authority, May.SEE_RECORDS, "participant__site")


def waiting_for_review(authority: Authority) -> QuerySet[ScreeningRecord]:
    """The records handed in and not decided, waiting longest first."""
    rows = ScreeningRecord.objects.filter(status=SUBMITTED).select_related("participant__site")
    return within(rows, authority, May.REVIEW, "participant__site").order_by("waiting_since", "id")


def not_clear(records: Sequence[ScreeningRecord]) -> Mapping[int, int]:
    """How many criteria of each record are not clear and do not wait for the investigator alone. One query."""
    rows = ScreeningRecord.objects.filter(pk__in=[record.pk for record in records])
    counted = rows.annotate(found=Count("outcomes", filter=Q(outcomes__mark__in=NOT_CLEAR)))
    return dict(counted.order_by().values_list("pk", "found"))


def query_of(record: ScreeningRecord, key: int) -> QuerySet[Query]:
    """One query of a record, as a set of none or one."""
    return Query.objects.filter(record=record, pk=key).select_related("record__participant")


def voided_signatures_of(user: User) -> QuerySet[VoidedSignature]:
    """The signatures of a person that ceased to hold, while their record is not signed anew or ended."""
    return (
        VoidedSignature.objects.filter(
            evaluation__signature__signer=user, evaluation__record__status__in=[IN_PROGRESS, RETURNED, SUBMITTED]
        )
        .select_related("evaluation__record__participant__site", "by")
        .order_by("-id")
    )
