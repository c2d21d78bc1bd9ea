"""A long list one window at a time, by key and not by offset: its cost does not grow with the list.

Boundary: any queryset whose rows have a rising key; no records are known here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Window(Generic[Row]):
    """Some rows of a list. ``before`` and ``after`` are the marks of the neighbouring windows; "" at an end."""

    rows: Sequence[Row]
    before: str
    after: str


def window(rows: models.QuerySet[Row], size: int, *keys: str, after: str = "", before: str = "") -> Window[Row]:
    """The ``size`` rows of a list that follow the mark ``after``, precede ``before``, or stand first.

    ``keys`` are the columns of the order, each with "-" when it falls; together they are unique and never null. A mark
    that is not one of this list's, or has nothing beyond it, gives the first window.
    """
    marked = _marked(rows, keys, after or before)
    if marked is None:
        after = before = ""
    backwards = bool(before and not after)
    ordered = rows.order_by(*(_turned(key) if backwards else key for key in keys))
    if marked is not None:
        ordered = ordered.filter(_beyond(keys, marked, backwards))
    found = list(ordered[: size + 1])
    if not found and marked is not None:
        return window(rows, size, *keys)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    there_are_earlier = more if backwards else bool(after)
    there_are_later = True if backwards else more
    return Window(
        found,
        _mark(found[0], keys) if found and there_are_earlier else "",
        _mark(found[-1], keys) if found and there_are_later else "",
    )


def count_up_to(rows: models.QuerySet[Row], limit: int) -> int:
    """How many rows there are, counted no further than ``limit`` + 1."""
    return rows.order_by().values("pk")[: limit + 1].count()


def _turned(key: str) -> str:
    return key[1:] if key.startswith("-") else f"-{key}"


def _mark(row: models.Model, keys: Sequence[str]) -> str:
    return _way(keys) + "_".join(str(getattr(row, key.lstrip("-"))) for key in keys)


def _way(keys: Sequence[str]) -> str:
    """Begins each mark, so that a mark of the other order is not taken for one of this."""
    return "d" if keys[0].startswith("-") else "a"


def _marked(rows: models.QuerySet[Row], keys: Sequence[str], mark: str) -> list[Any] | None:
    parts = mark[1:].split("_")
    if not mark.startswith(_way(keys)) or len(parts) != len(keys):
        return None
    columns = [rows.model._meta.get_field(key.lstrip("-")) for key in keys]
    try:
        return [column.to_python(part) for column, part in zip(columns, parts, strict=True)]
    except ValidationError:
        return None


def _beyond(keys: Sequence[str], values: Sequence[Any], backwards: bool) -> Q:
    """Rows past a mark: the first column is past it, or equal and the next is, and so on."""
    beyond, equal = Q(), Q()
    for key, value in zip(keys, values, strict=True):
        name = key.lstrip("-")
        way = "lt" if key.startswith("-") != backwards else "gt"
        beyond |= equal & Q(**{f"{name}__{way}": value})
        equal &= Q(**{name: value})
    return beyond
