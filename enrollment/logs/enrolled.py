"""The enrollment log: one row an enrolled participant (ICH E6(R2) 8.3.22, E6(R3) App. C)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.logs.document import Asked, Column, Document
from enrollment.models import Enrollment, EnrollmentStep
from enrollment.words import enrollment_status
from trial_portal.accounts.models import Site
from trial_portal.participants.tables import link


@dataclass(frozen=True)
class Enrolled:
    """What the log says of one enrollment at the moment asked for."""

    enrollment: str
    number: str
    site: Site
    at: datetime
    by: str
    signer: str
    signed_at: datetime | None
    protocol: str
    status: str
    since: date | None


def found(asked: Asked) -> QuerySet[Enrollment]:
    """The enrollments entered by then, of the sites and in the status asked for."""
    rows = Enrollment.objects.filter(asked.within("site"), asked.entered("at"))
    if asked.status:
        steps = EnrollmentStep.objects.filter(asked.entered("recorded_at"), enrollment=OuterRef("pk"))
        then = Subquery(steps.order_by("-id").values("target")[:1])
        rows = rows.alias(then=then).filter(then=asked.status)
    return rows.select_related("participant", "site", "by", "record", "evaluation__signature")


def told(asked: Asked, enrollments: Sequence[Enrollment]) -> list[Enrolled]:
    """One row for each. One query more."""
    steps = EnrollmentStep.objects.filter(asked.entered("recorded_at"), enrollment__in=[row.pk for row in enrollments])
    last = {step.enrollment_id: step for step in steps.order_by("id")}
    return [_row(row, last.get(row.pk)) for row in enrollments]


def _row(row: Enrollment, last: EnrollmentStep | None) -> Enrolled:
    signature = row.evaluation.signature
    return Enrolled(
        enrollment=row.number,
        number=row.participant.number,
        site=row.site,
        at=row.at,
        by=row.by.printed_name,
        signer=signature.printed_name if signature else "",
        signed_at=signature.signed_at if signature else None,
        protocol=row.evaluation.protocol_label,
        status=last.target if last else "",
        since=last.event_date if last else None,
    )


def moment_of(row: Enrolled, at: datetime | None) -> str:
    """A moment in the site's zone, as logs write it: 2026-10-20T14:40+08:00."""
    return at.astimezone(row.site.zone).isoformat(timespec="minutes") if at else ""


def _shown(row: Enrolled, at: datetime | None) -> str:
    return f"{at.astimezone(row.site.zone):%Y-%m-%d %H:%M}" if at else ""


def _link(row: Enrolled) -> Any:
    return link(reverse("enrollment:status", args=[row.number]), row.enrollment)


ENROLLMENT: Document[Enrolled] = Document(
    name="enrollment",
    title=_("Enrollment log"),
    columns=(
        Column("enrollment_number", _("Enrollment no."), lambda row: row.enrollment, _link, sort="enrolled"),
        Column("screening_number", _("Screening no."), lambda row: row.number),
        Column("site", _("Site"), lambda row: row.site.code),
        Column("enrolled_at", _("Enrolled"), lambda row: moment_of(row, row.at), lambda row: _shown(row, row.at)),
        Column("enrolled_by", _("By"), lambda row: row.by),
        Column("eligibility_signed_by", _("Eligibility signed by"), lambda row: row.signer),
        Column(
            "signed_at",
            _("Signed"),
            lambda row: moment_of(row, row.signed_at),
            lambda row: _shown(row, row.signed_at),
        ),
        Column("protocol_version", _("Protocol"), lambda row: row.protocol),
        Column("status", _("Status"), lambda row: row.status, lambda row: enrollment_status(row.status), look="bare"),
        Column("status_date", _("Since"), lambda row: row.since.isoformat() if row.since else ""),
    ),
    orders={"": ("-id",), "enrolled": ("id",), "-enrolled": ("-id",)},
    found=found,
    told=told,
)
