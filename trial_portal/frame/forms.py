"""What every form of the portal shares: it refuses fields it does not know, and says what to enter.

Boundary: fields and messages; no model is known here. Words: ui.md, Microcopy.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

ALWAYS_SENT = {"csrfmiddlewaretoken", "next", "submit", "confirmed"}


class PortalForm(forms.Form):
    """A form drawn by crispy-forms without its own <form> tag.

    An empty required field says "Enter the …" with its label; a choice, "Choose the …". A field that the form does not
    know is refused: the server would otherwise silently drop what somebody believes to have saved. ``not_done`` heads
    the list of what is wrong with it.
    """

    not_done: Any = _("Not saved")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.form_show_errors = True
        for name, field in self.fields.items():
            label = str(field.label or name.replace("_", " "))
            says = _("Enter: %(label)s.")
            if isinstance(field, forms.ChoiceField):
                says = _("Choose: %(label)s.")
            elif isinstance(field, forms.BooleanField):
                says = _("Tick: %(label)s.")
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = says % {"label": label}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        unknown = sorted(set(self.data) - self._known() - ALWAYS_SENT)
        if unknown:
            raise ValidationError(
                _("This page does not know the field %(names)s. Reload the page and enter it again."),
                params={"names": ", ".join(name[:40] for name in unknown)},
            )
        return cleaned

    def _known(self) -> set[str]:
        known = set()
        for name, field in self.fields.items():
            prefixed = self.add_prefix(name)
            known.add(prefixed)
            if isinstance(field.widget, DateBoxes):
                known |= {f"{prefixed}-{part}" for part in DateBoxes.PARTS}
        return known


class DateBoxes(forms.Widget):
    """A date as three boxes, ``<name>-year``, ``-month``, ``-day``, so that no order of day and month can be mistaken.

    The value is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, or what was typed when that is no date.
    """

    PARTS = ("year", "month", "day")
    template_name = "components/date_boxes.html"
    use_fieldset = True

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        return join_date([str(data.get(f"{name}-{part}", "")).strip() for part in self.PARTS])

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return all(f"{name}-{part}" not in data for part in self.PARTS)

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return f"{id_}-year"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = split_date(value.isoformat() if isinstance(value, date) else str(value or ""))
        labels = (_("Year"), _("Month"), _("Day"))
        own = context["widget"]["attrs"]
        context["boxes"] = [
            {
                "name": f"{name}-{part}",
                "id": f"{own.get('id', name)}-{part}",
                "value": text,
                "label": label,
                "part": part,
                "length": 4 if part == "year" else 2,
                "invalid": own.get("aria-invalid"),
            }
            for part, text, label in zip(self.PARTS, typed, labels, strict=True)
        ]
        return context


def join_date(parts: list[str]) -> str:
    """Three typed boxes as one text; empty boxes at the end are left out, numbers are padded."""
    padded = [part.zfill(2) if part.isdigit() else part for part in parts]
    while padded and not padded[-1]:
        padded.pop()
    return "-".join(padded)


def split_date(text: str) -> list[str]:
    """One text as three boxes."""
    return [*text.split("-", 2), "", "", ""][:3]


class DateField(forms.Field):
    """A date in three boxes; a full date unless ``partial``, then a year or a month is enough.

    Cleaned to ``datetime.date`` (full) or to the text ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` (``partial``).
    """

    widget = DateBoxes

    def __init__(self, *, partial: bool = False, **kwargs: Any) -> None:
        self.partial = partial
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        parts = text.split("-")
        label = capfirst(str(self.label or _("date")))
        if "" in parts or not all(part.isascii() and part.isdigit() for part in parts) or len(parts) > 3:
            raise ValidationError(_("%(label)s: enter year, month and day as numbers."), params={"label": label})
        if len(parts) < 3 and not self.partial:
            raise ValidationError(_("%(label)s: enter the year, the month and the day."), params={"label": label})
        try:
            year, month, day = (*map(int, parts), 1, 1)[:3]
            if len(parts[0]) != 4 or not 1900 <= year <= 2200:
                raise ValueError(year)
            full = date(year, month, day)
        except ValueError:
            raise ValidationError(
                _("%(label)s: there is no such day as %(text)s. Check the year (four digits), the month and the day."),
                params={"label": label, "text": text},
            ) from None
        return text if self.partial else full


class ReasonForm(PortalForm):
    """Asks why, for a change of something that was saved."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why. The reason stays in the history.")},
    )
