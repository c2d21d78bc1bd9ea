"""The first rows of a list, and how many there are. Boundary: knows no records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db import models
from django.db.models import Count, Q, QuerySet, Window

from trial_portal.accounts.permissions import Authority, May

Thing = TypeVar("Thing")
Row = TypeVar("Row", bound=models.Model)

FIRST = 5
"""So many rows of each kind wait on the home page by themselves; the others stand behind one link."""


@dataclass(frozen=True)
class First(Generic[Thing]):
    """The first rows of a list, and how many there are in all."""

    rows: Sequence[Thing]
    total: int

    @property
    def others(self) -> int:
        """How many are not among the first."""
        return self.total - len(self.rows)


def first(rows: QuerySet[Row], number: int = FIRST) -> First[Row]:
    """The first rows of a queryset. One query, however many there are."""
    found = list(rows.annotate(total_rows=Window(Count("*")))[:number])
    return First(found, found[0].total_rows if found else 0)  # type: ignore[attr-defined]


def at_sites(authority: Authority, permission: May, site: str) -> Q:
    """Restricts rows to sites at which a permission is held."""
    sites = authority.sites(permission)
    return Q() if sites is None else Q(**{f"{site}__in": sites})
