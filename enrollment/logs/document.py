"""What a log is: what was asked for, its columns, its rows a window at a time. Boundary: knows no one log."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Q, QuerySet

from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import Authority, May
from trial_portal.participants.selectors import Window, window

Row = TypeVar("Row")
BATCH = 500
"""So many rows at a time are read for a download: memory stays the same however long it is."""


@dataclass(frozen=True)
class Asked:
    """What somebody wants to see: as of a moment of entry (None: as it stands), of one site or of all in reach.

    ``status``, ``criterion`` and ``sort`` are "" where nothing was chosen.
    """

    authority: Authority
    at: datetime
    as_of: datetime | None = None
    site: Site | None = None
    status: str = ""
    criterion: str = ""
    sort: str = ""

    def entered(self, column: str) -> Q:
        """Rows whose ``column``, a time of entry, is not after the moment asked for."""
        return Q() if self.as_of is None else Q(**{f"{column}__lte": self.as_of})

    def standing(self, prefix: str = "") -> Q:
        """Rows that were not struck at that moment."""
        live = Q(**{f"{prefix}struck_at__isnull": True})
        return live if self.as_of is None else live | Q(**{f"{prefix}struck_at__gt": self.as_of})

    def within(self, site: str) -> Q:
        """Rows of the sites asked for, of those in reach; ``site`` is the way to it."""
        reached = self.authority.sites(May.SEE_RECORDS)
        asked = Q() if self.site is None else Q(**{site: self.site})
        return asked if reached is None else asked & Q(**{f"{site}__in": reached})


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column: its name in a download, its heading on a page, what it holds of a row.

    ``text`` is what the download has; ``cell`` what the page shows, where that is more. ``sort`` names a key of
    ``Document.orders``; ``look`` is a class of the cell.
    """

    name: str
    heading: Any
    text: Callable[[Row], str]
    cell: Callable[[Row], Any] | None = None
    sort: str = ""
    look: str = ""

    def shown(self, row: Row) -> Any:
        """What the page shows; a dash where there is nothing."""
        return (self.cell or self.text)(row) or "–"


@dataclass(frozen=True)
class Listed(Generic[Row]):
    """One window of a log."""

    rows: Sequence[Row]
    window: Window[Any]


@dataclass(frozen=True)
class Document(Generic[Row]):
    """A log. ``found`` gives the records asked for, ``told`` what the log says of some of them, in their order.

    ``orders`` maps each order, with "-" where it falls, to the columns that make it; the first is the one without a
    choice.
    """

    name: str
    title: Any
    columns: Sequence[Column[Row]]
    orders: Mapping[str, Sequence[str]]
    found: Callable[[Asked], QuerySet[Any]]
    told: Callable[[Asked, Sequence[Any]], list[Row]]

    def keys(self, asked: Asked) -> Sequence[str]:
        """The columns of the order asked for."""
        return self.orders.get(asked.sort) or next(iter(self.orders.values()))

    def page(self, asked: Asked, size: int, *, after: str = "", before: str = "") -> Listed[Row]:
        """One window of it. The number of queries does not grow with the rows, nor the cost with the log."""
        part = window(self.found(asked), size, *self.keys(asked), after=after, before=before)
        return Listed(self.told(asked, part.rows), part)

    def all(self, asked: Asked) -> Iterator[Row]:
        """Every row, a batch at a time."""
        after = ""
        while True:
            part = window(self.found(asked), BATCH, *self.keys(asked), after=after)
            yield from self.told(asked, part.rows)
            if not part.after:
                return
            after = part.after
