"""Repeating rows of a card: each row a small form, an explicit tick for "none", rows added and removed by buttons.

Names: ``treatments-0-start``, ``treatments-TOTAL_FORMS``, ``treatments-none``; buttons ``treatments-add``,
``treatments-0-remove``. No rows and no tick means not answered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from screening import words
from screening.eligibility.items import Item, Rows
from screening.forms.answers import field_of
from trial_portal.frame.forms import DateBoxes

MOST_ROWS = 50


class RowForm(forms.Form):
    """One row. Nothing in it is required."""

    def __init__(self, kind: Rows, data: Mapping[str, Any] | None, prefix: str, initial: Mapping[str, object]) -> None:
        super().__init__(data, prefix=prefix, initial=dict(initial))
        for item in kind.fields:
            self.fields[item.name] = field_of(item, in_row=True)

    @property
    def names(self) -> set[str]:
        """All names it may be sent with."""
        own = {self.add_prefix(name) for name in self.fields}
        return own | {f"{name}-{part}" for name in own for part in DateBoxes.PARTS}

    @property
    def answer(self) -> dict[str, object]:
        """What is answered, without what is not."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class RowsEntry:
    """The rows of one item as sent, or as saved while the form does not send them.

    ``more`` blank rows are added to those saved; a first one is offered by itself.
    """

    template_name = "screening/widgets/rows.html"

    def __init__(self, item: Item, data: Mapping[str, Any] | None, saved: object, more: int = 0) -> None:
        assert isinstance(item.kind, Rows)  # noqa: S101  (narrows the type)
        self.item, self.saved = item, saved
        self.total_name, self.none_name = f"{item.name}-TOTAL_FORMS", f"{item.name}-none"
        self.add_name, self.label = f"{item.name}-add", words.said(item.term)
        self.sent = data is not None and self.total_name in data
        kept: Sequence[Any] = saved if isinstance(saved, list) else []
        if self.sent and data is not None:
            self.none = bool(data.get(self.none_name))
            total = _count(str(data[self.total_name]))
            self.forms = [RowForm(item.kind, data, f"{item.name}-{number}", {}) for number in range(total)]
        else:
            self.none = saved == [] and more == 0
            blank = more or int(saved is None)
            rows = [*(row if isinstance(row, dict) else {} for row in kept), *({} for _blank in range(blank))]
            self.forms = [RowForm(item.kind, None, f"{item.name}-{number}", row) for number, row in enumerate(rows)]

    @property
    def names(self) -> set[str]:
        """All names it may be sent with."""
        own = {self.total_name, self.none_name}
        return own.union(*(form.names for form in self.forms))

    @property
    def first_id(self) -> str:
        """Where a link to it leads."""
        return f"id_{self.none_name}"

    def clean(self) -> object:
        """The rows as the engine takes them: [] for "none", None for not answered. Raises ValidationError."""
        if not self.sent:
            return self.saved
        wrong = [
            _("Row %(number)s, %(field)s: %(problem)s")
            % {"number": number, "field": form.fields[name].label, "problem": problem}
            for number, form in enumerate(self.forms, start=1)
            for name, problems in form.errors.items()
            for problem in problems
        ]
        if wrong:
            raise ValidationError(wrong)
        rows = [form.answer for form in self.forms if form.answer]
        if rows and self.none:
            raise ValidationError(_("“None” is ticked, but there are rows: untick it, or remove the rows."))
        return rows or ([] if self.none else None)


def without_row(data: QueryDict, name: str, number: int) -> None:
    """Take one row out of what was sent; later ones move up."""
    total = _count(data.get(f"{name}-TOTAL_FORMS", "0"))
    if number >= total:
        return
    for key in [key for key in data if key.startswith(f"{name}-{number}-")]:
        del data[key]
    for later in range(number + 1, total):
        start = f"{name}-{later}-"
        for key in [key for key in data if key.startswith(start)]:
            data.setlist(f"{name}-{later - 1}-{key.removeprefix(start)}", data.pop(key))
    data[f"{name}-TOTAL_FORMS"] = str(total - 1)


def with_row(data: QueryDict, name: str) -> None:
    """One blank row more than was sent."""
    data[f"{name}-TOTAL_FORMS"] = str(_count(data.get(f"{name}-TOTAL_FORMS", "0")) + 1)


def _count(text: str) -> int:
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 6 else 0
