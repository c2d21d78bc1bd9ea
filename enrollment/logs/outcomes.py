"""What counts of a record at a moment: its status, and the evaluation frozen at signing or submission.

Boundary: rows that never change, by their time of entry; expressions for filters and counts, and the same in Python.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When

from enrollment.logs.document import Asked
from screening.eligibility.evaluation import Outcome
from screening.models import Evaluation, ScreeningStep

BACK = ("return", "reopen")
"""Steps after which what was frozen before counts no more: the record is being changed."""


def excluding(results: Mapping[str, Any]) -> list[str]:
    """The criteria by which a frozen evaluation excludes, by code, in the protocol's order."""
    criteria = results.get("criteria", {})
    return [
        criterion.id
        for criterion in settings.PROTOCOL.criteria
        if criteria.get(criterion.id, {}).get("outcome") == _forbids(criterion.exclusion)
    ]


def status_then(asked: Asked, record: str = "pk") -> Subquery:
    """The status of a record at the moment asked for, "" before it was opened. ``record`` is the way to its key."""
    steps = ScreeningStep.objects.filter(asked.entered("recorded_at"), record=OuterRef(record))
    return Subquery(steps.order_by("-id").values("target")[:1])


def frozen(asked: Asked, record: str = "pk") -> QuerySet[Evaluation]:
    """The evaluations of a record that counted at the moment asked for, the latest first; for a subquery."""
    back = ScreeningStep.objects.filter(
        asked.entered("recorded_at"), record=OuterRef("record"), action__in=BACK, recorded_at__gt=OuterRef("at")
    )
    rows = Evaluation.objects.filter(asked.entered("at"), ~Exists(back), record=OuterRef(record))
    return rows.order_by("-id")


def excludes(criterion_id: str) -> Q:
    """Evaluations that exclude by one criterion."""
    criterion = settings.PROTOCOL.criterion(criterion_id)
    return Q(**{f"results__criteria__{criterion_id}__outcome": _forbids(criterion.exclusion)})


def first_excluding() -> Case:
    """Of an evaluation, the first criterion in the protocol's order by which it excludes; "" for none."""
    cases = [When(excludes(criterion.id), then=Value(criterion.id)) for criterion in settings.PROTOCOL.criteria]
    return Case(*cases, default=Value(""), output_field=CharField())


def counting(evaluations: Iterable[Evaluation], steps: Iterable[ScreeningStep]) -> Evaluation | None:
    """The same in Python: of one record's evaluations and steps, in the order of entry, the one that counts."""
    back = max((step.recorded_at for step in steps if step.action in BACK), default=None)
    standing = [row for row in evaluations if back is None or row.at >= back]
    return standing[-1] if standing else None


def _forbids(exclusion: bool) -> str:
    return (Outcome.MET if exclusion else Outcome.NOT_MET).value
