"""What is said under a laboratory value: from which number on it excludes.

Boundary: pure; reads the criterion's own condition, so a second trial has its lines without a line here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.utils.translation import gettext as _

from screening.eligibility.comparisons import Below
from screening.eligibility.items import Item
from screening.eligibility.kinds import Quantity
from screening.eligibility.protocol import Criterion
from screening.eligibility.units import plain, symbol


@lru_cache(maxsize=256)
def _limits(criterion: Criterion) -> tuple[Below, ...]:
    return tuple(part for part in criterion.condition.walk() if isinstance(part, Below))


def limit_lines(criterion: Criterion) -> Mapping[Item, str]:
    """For each value that a criterion compares with a limit: "Excludes below 3.0 ×10⁹/L"."""
    lines = {}
    for part in _limits(criterion):
        assert isinstance(part.item.kind, Quantity)  # noqa: S101  (narrows the type)
        limit = f"{plain(part.limit)} {symbol(part.item.kind.scale.own)}"
        if criterion.exclusion:
            says = _("Excludes at %(limit)s or below") if part.or_equal else _("Excludes below %(limit)s")
        else:
            says = _("Not enough at %(limit)s or below") if part.or_equal else _("Not enough below %(limit)s")
        lines[part.item] = says % {"limit": limit}
    return lines


def threshold(criterion: Criterion, item: Item) -> int | None:
    """The score that a criterion wants of a worksheet, where one of its conditions says so (``limit``)."""
    for part in criterion.condition.walk():
        limit = getattr(part, "limit", None)
        if item in part.own_items and isinstance(limit, int):
            return limit
    return None
