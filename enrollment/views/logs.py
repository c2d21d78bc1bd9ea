"""Pages and downloads of the logs. Each takes what it shows from one document of ``enrollment.logs``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.filters import Filters
from enrollment.logs import DEVIATIONS, ENROLLMENT, SCREENING, Asked, Document, Listed
from enrollment.logs.download import lines
from enrollment.logs.screened import IN_SCREENING
from enrollment.models import Enrollment
from screening.models import ScreeningRecord
from trial_portal.accounts.permissions import May
from trial_portal.frame.context import software_version
from trial_portal.frame.pages import READ, PortalRequest, page
from trial_portal.participants.models import Deviation
from trial_portal.participants.selectors import Window, count_up_to, sites_where

ROWS, MOST_COUNTED = 50, 1000
"""Rows of a log at once, and how far they are counted."""

CHOICES: dict[str, tuple[Sequence[tuple[str, Any]], Any, Any]] = {
    "screening": (
        [(IN_SCREENING, _("In screening")), *ScreeningRecord.Status.choices],
        _("Status"),
        _("Failing criterion"),
    ),
    "enrollment": (Enrollment.Status.choices, _("Status"), ""),
    "deviations": (Deviation.Kind.choices, _("Kind"), _("Criterion")),
}
"""For each log, what the filters offer: statuses, their label, the label of the criteria."""

NOTHING = {
    "screening": (_("No attempt was screened yet."), _("A record opened by a coordinator stands here at once.")),
    "enrollment": (_("Nobody is enrolled yet."), _("Whoever passes the gate stands here at once.")),
    "deviations": (_("No deviation is recorded."), _("Investigators record them; a wrong consent version opens one.")),
}


def filters(request: PortalRequest, name: str) -> Filters:
    """The filters of a log as sent."""
    statuses, status_label, criterion_label = CHOICES.get(name, ((), "", ""))
    return Filters(
        request.GET,
        authority=request.authority,
        at=request.at,
        sites=sites_where(request.authority, May.SEE_RECORDS),
        statuses=statuses,
        status_label=status_label,
        criterion_label=criterion_label,
    )


def log_page(request: PortalRequest, document: Document[Any], template: str = "logs/log.html") -> HttpResponse:
    """One window of a log, with its filters and the way to its download; 422 when the filters say nothing known."""
    form = filters(request, document.name)
    asked = form.asked(request.GET.get("sort", ""))
    valid = form.is_valid()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    listed = document.page(asked, ROWS, after=after, before=before) if valid else Listed((), Window((), "", ""))
    counted = count_up_to(document.found(asked), MOST_COUNTED) if valid else 0
    columns = [column for column in document.columns if column.name != "site" or "site" in form.fields]
    says, hint = NOTHING[document.name]
    context = {
        "document": document,
        "form": form,
        "asked": asked,
        "zone": form.zone,
        "protocol": settings.PROTOCOL.label,
        "columns": [_heading(request, column, asked) for column in columns],
        "rows": [[(column, column.shown(row)) for column in columns] for row in listed.rows],
        "window": listed.window,
        "counted": min(counted, MOST_COUNTED),
        "more": counted > MOST_COUNTED,
        "csv": _download_address(request, document),
        "may_add": request.authority.may(May.RECORD_DEVIATION),
        "chosen": any(request.GET.get(name) for name in ("site", "status", "criterion", "as_of")),
        "says": says,
        "hint": hint,
    }
    return render(request, template, context, status=200 if valid else 422)


def _heading(request: PortalRequest, column: Any, asked: Asked) -> dict[str, Any]:
    """A column's heading: where it can be sorted by, the address that does, and how it is sorted now."""
    if not column.sort:
        return {"column": column, "url": ""}
    order = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(asked.sort, "")
    query = request.GET.copy()
    query["sort"] = f"-{column.sort}" if order == "ascending" else column.sort
    for mark in ("after", "before"):
        query.pop(mark, None)
    return {"column": column, "url": f"?{query.urlencode()}", "order": order}


def _download_address(request: PortalRequest, document: Document[Any]) -> str:
    names = {"screening": "logs:screening-csv", "enrollment": "logs:enrollment-csv", "deviations": "deviations:csv"}
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    address = reverse(names[document.name])
    return f"{address}?{urlencode(kept)}" if kept else address


def log_download(request: PortalRequest, document: Document[Any]) -> Any:
    """The whole log as CSV, streamed; with filters that say nothing known, the page that tells so."""
    form = filters(request, document.name)
    if not form.is_valid():
        return log_page(request, document)
    asked = form.asked(request.GET.get("sort", ""))
    rows = lines(document, asked, by=request.user.printed_name, version=software_version())
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    day = (asked.as_of or asked.at).astimezone(form.zone)
    response.headers["Content-Disposition"] = f'attachment; filename="{document.name}-log-{day:%Y-%m-%d}.csv"'
    return response


@page(May.SEE_RECORDS, READ)
def screening_log(request: PortalRequest) -> HttpResponse:
    """The screening log."""
    return log_page(request, SCREENING)


@page(May.SEE_RECORDS, ("GET",))
def screening_csv(request: PortalRequest) -> Any:
    """The screening log as CSV."""
    return log_download(request, SCREENING)


@page(May.SEE_RECORDS, READ)
def enrollment_log(request: PortalRequest) -> HttpResponse:
    """The enrollment log."""
    return log_page(request, ENROLLMENT)


@page(May.SEE_RECORDS, ("GET",))
def enrollment_csv(request: PortalRequest) -> Any:
    """The enrollment log as CSV."""
    return log_download(request, ENROLLMENT)


@page(May.SEE_RECORDS, READ)
def deviation_log(request: PortalRequest) -> HttpResponse:
    """The deviations."""
    return log_page(request, DEVIATIONS, "deviations/list.html")


@page(May.SEE_RECORDS, ("GET",))
def deviation_csv(request: PortalRequest) -> Any:
    """The deviations as CSV."""
    return log_download(request, DEVIATIONS)
