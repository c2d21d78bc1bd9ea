"""The deviation log: one row a deviation, with to whom it was reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from enrollment.logs.document import Asked, Column, Document
from enrollment.models import DeviationReport
from trial_portal.accounts.permissions import May
from trial_portal.participants.models import Deviation
from trial_portal.participants.tables import link


@dataclass(frozen=True)
class Found:
    """What the log says of one deviation at the moment asked for. ``may_report``: the reader may record a report."""

    deviation: Deviation
    reports: Sequence[DeviationReport]
    may_report: bool

    @property
    def number(self) -> str:
        """The participant's screening number."""
        return self.deviation.participant.number


def found(asked: Asked) -> QuerySet[Deviation]:
    """The deviations entered by then; ``status`` is a kind."""
    rows = Deviation.objects.filter(asked.within("participant__site"), asked.entered("recorded_at"))
    if asked.status:
        rows = rows.filter(kind=asked.status)
    if asked.criterion:
        rows = rows.filter(criterion=asked.criterion)
    return rows.select_related("participant__site", "recorded_by", "consent")


def told(asked: Asked, deviations: Sequence[Deviation]) -> list[Found]:
    """One row for each. One query more."""
    reports: defaultdict[int, list[DeviationReport]] = defaultdict(list)
    of_these = DeviationReport.objects.filter(
        asked.entered("recorded_at"), deviation__in=[row.pk for row in deviations]
    )
    for report in of_these.order_by("id"):
        reports[report.deviation_id].append(report)
    return [
        Found(row, reports[row.pk], asked.authority.may(May.RECORD_DEVIATION, row.participant.site_id))
        for row in deviations
    ]


def _link(row: Found) -> Any:
    return link(reverse("participants:participant", args=[row.number]), row.number)


def _kind(row: Found) -> Any:
    kind = row.deviation.get_kind_display()
    struck = row.deviation.consent is not None and row.deviation.consent.is_struck
    return format_html("{} · {}", kind, _now("the consent was struck as entered in error")) if struck else kind


def _reported(row: Found) -> str:
    return "; ".join(f"{report.to} {report.reported_on.isoformat()}" for report in row.reports)


def _reports(row: Found) -> Any:
    told_to = format_html_join(
        "; ", "{} {}", ((report.get_to_display(), report.reported_on.isoformat()) for report in row.reports)
    )
    left = {choice.value for choice in DeviationReport.To} - {report.to for report in row.reports}
    if not (row.may_report and left):
        return told_to
    add = link(reverse("deviations:report", args=[row.deviation.pk]), _now("Add"), _now("a report for %s") % row.number)
    return format_html("{} {}", told_to, add)


def _entered(row: Found) -> str:
    zone = row.deviation.participant.site.zone
    return f"{row.deviation.recorded_at.astimezone(zone):%Y-%m-%d %H:%M}, {row.deviation.recorded_by}"


DEVIATIONS: Document[Found] = Document(
    name="deviations",
    title=_("Deviations"),
    columns=(
        Column("screening_number", _("Screening no."), lambda row: row.number, _link),
        Column("site", _("Site"), lambda row: row.deviation.participant.site.code),
        Column("kind", _("Kind"), lambda row: row.deviation.kind, _kind, look="text-wrap"),
        Column("criterion", _("Criterion"), lambda row: row.deviation.criterion),
        Column("what", _("What"), lambda row: row.deviation.what, look="text-wrap wide"),
        Column("happened_on", _("Happened"), lambda row: row.deviation.happened_on.isoformat(), sort="happened"),
        Column("discovered_on", _("Discovered"), lambda row: row.deviation.discovered_on.isoformat()),
        Column("entered", _("Entered"), _entered),
        Column("reported", _("Reported"), _reported, _reports),
    ),
    orders={"": ("-id",), "happened": ("happened_on", "id"), "-happened": ("-happened_on", "-id")},
    found=found,
    told=told,
)
