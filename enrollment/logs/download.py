"""A log as CSV: what it is, as of when and for whom on top, then its columns, streamed.

Boundary: text. Cells that a spreadsheet would run are neutralised, and the file says so.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from enrollment.logs.document import Asked, Document

BOM = "\ufeff"
"""Begins the file, so that a spreadsheet reads names in Chinese as UTF-8."""

RUNS = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet runs, or swallows, a cell that begins so."""

NEUTRALISED = "Cells that begin with = + - @, a tab or a carriage return have an apostrophe (') put before them."


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(text: str) -> str:
    """A cell as it may stand in a spreadsheet."""
    return f"'{text}" if text.startswith(RUNS) else text


def lines(document: Document[Any], asked: Asked, *, by: str, version: str) -> Iterator[str]:
    """The file, line by line, from one snapshot of the database. ``by`` is the name of who asks."""
    writer = csv.writer(_Echo())
    yield BOM
    for cells in heading(document, asked, by=by, version=version):
        yield writer.writerow([safe(cell) for cell in cells])
    yield writer.writerow([])
    yield writer.writerow([column.name for column in document.columns])
    with transaction.atomic():
        _one_snapshot()
        for row in document.all(asked):
            yield writer.writerow([safe(column.text(row)) for column in document.columns])


def heading(document: Document[Any], asked: Asked, *, by: str, version: str) -> Sequence[Sequence[str]]:
    """What the file is: pairs of name and value."""
    zone = asked.site.zone if asked.site else ZoneInfo(settings.TIME_ZONE)
    moment = asked.as_of or asked.at
    chosen: Mapping[str, str] = {"status": asked.status, "criterion": asked.criterion}
    return [
        ["document", f"{document.title}, coded"],
        ["study", settings.STUDY["title"]],
        ["registry_number", settings.STUDY["registry_number"]],
        ["protocol_version", settings.PROTOCOL.label],
        ["site", str(asked.site) if asked.site else "all sites in reach"],
        ["as_of_utc", moment.astimezone(UTC).isoformat(timespec="seconds")],
        ["as_of_site", f"{moment.astimezone(zone).isoformat(timespec='seconds')} {zone}"],
        *([name, value] for name, value in chosen.items() if value),
        ["asked_by", by],
        ["software_version", version],
        ["note", NEUTRALISED],
    ]


def _one_snapshot() -> None:
    """All batches see the same rows, whatever is entered meanwhile. Inside another transaction, that one's."""
    if len(connection.atomic_blocks) == 1:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
