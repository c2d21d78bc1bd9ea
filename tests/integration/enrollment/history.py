"""Entry times of one record, spread over days: what tests enter at once, as if it had taken a week.

Rows that never change are written by the superuser here, since no role of the portal could: such a test commits.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from enrollment.models import EnrollmentStep
from screening.models import Evaluation, ScreeningRecord, ScreeningStep
from tests.database import superuser

Moments = dict[str, datetime]
FIRST = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)


def backdate(record: ScreeningRecord) -> Moments:
    """Give the steps of a record and its enrollment a day each, evaluations that of their step. By action."""
    moments: Moments = {}
    steps = list(ScreeningStep.objects.filter(record=record).order_by("id"))
    for number, step in enumerate(steps):
        moments[step.action] = FIRST + timedelta(days=number)
        _set("screening_screeningstep", "recorded_at", moments[step.action], step.pk)
    for evaluation in Evaluation.objects.filter(record=record).order_by("id"):
        action = "submit" if evaluation.kind == "submitted" else "sign eligible"
        _set("screening_evaluation", "at", moments.get(action, moments["submit"]), evaluation.pk)
    _set("screening_screeningrecord", "opened_at", moments["open"], record.pk)
    _set("participants_consent", "recorded_at", FIRST - timedelta(days=1), record.participant_id, "participant_id")
    for number, row in enumerate(EnrollmentStep.objects.filter(enrollment__record=record).order_by("id")):
        moments[row.action] = moments["enroll"] + timedelta(days=number)
        _set("enrollment_enrollmentstep", "recorded_at", moments[row.action], row.pk)
        _set("enrollment_enrollment", "at", moments["enroll"], row.enrollment_id)
    return moments


def _set(table: str, column: str, moment: datetime, key: int, by: str = "id") -> None:
    with superuser() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f'UPDATE {table} SET "{column}" = %s WHERE {by} = %s', [moment, key])  # noqa: S608
