"""One field for each kind of item: what is typed becomes an answer as the engine takes it, or a sentence what to do.

Boundary: one item by itself, named by the item. Rows and worksheets, which are made of items, are in ``rows`` and
``sheet``; what is asked together is in ``card``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening import words
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.kinds import Choice, Date, Integer, Quantity, Time, Words
from screening.eligibility.units import plain, read_reported, symbol
from trial_portal.frame.forms import DateBoxes, DateField

TAKE_BACK = gettext_lazy("Take back")
"""Empties a choice; offered once something is chosen."""

MOST_IN_SEGMENTS = 45
"""How many letters a vocabulary may have to be drawn as segments; a longer one is a list."""


@dataclass
class Drawn:
    """How a field is drawn beside its label and control; filled in by the card.

    ``line``: its limit. ``unasked``: hidden, because it does not apply. ``was``: the saved answer of a changed one.
    ``echo``: how a partial date is read. ``suffix``: its only unit; ``unit``: the field to choose one.
    """

    line: str = ""
    unasked: bool = False
    was: str = ""
    echo: str = ""
    suffix: str = ""
    unit: BoundField | None = None


class Segments(forms.Widget):
    """A vocabulary as radio buttons in a row; none chosen unless answered."""

    template_name = "screening/widgets/segments.html"
    use_fieldset = True

    def __init__(self, codes: list[tuple[str, str | Promise]]) -> None:
        super().__init__()
        self.codes = codes

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        id = context["widget"]["attrs"].get("id", name)
        options = [*self.codes, ("", TAKE_BACK)] if value else self.codes
        context["options"] = [
            {"code": code, "word": word, "id": f"{id}_{place}", "chosen": bool(code) and code == value}
            for place, (code, word) in enumerate(options)
        ]
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return f"{id_}_0"


class AnswerBoxes(DateBoxes):
    """Three boxes; a whole date under the field's own name is taken too."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        if name in data and super().value_omitted_from_data(data, files, name):
            return str(data[name]).strip()
        return super().value_from_datadict(data, files, name)

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data and super().value_omitted_from_data(data, files, name)


class AnswerDate(DateField):
    """A date as the engine takes it: ``YYYY-MM-DD``, or shorter where the day may be unknown."""

    widget = AnswerBoxes

    def clean(self, value: Any) -> str | None:
        found = super().clean(value)
        return found.isoformat() if isinstance(found, date) else found


class AnswerChoice(forms.ChoiceField):
    """A code of a vocabulary, or None."""

    def clean(self, value: Any) -> str | None:
        return super().clean(value) or None


class AnswerText(forms.CharField):
    """Some text, or None. A number, a time: ``read`` turns the text into the answer, or raises ValidationError."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        return self.read(text) if text else None

    def read(self, text: str) -> Any:
        """The answer that some text says."""
        return text


class AnswerTime(AnswerText):
    """A time of day, ``HH:MM``."""

    def read(self, text: str) -> str:
        found = re.fullmatch(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])", _narrow(text), re.ASCII)
        if found is None:
            raise ValidationError(
                _("“%(typed)s” is not a time. Write hours and minutes, from 00:00 to 23:59."), params={"typed": text}
            )
        return f"{int(found[1]):02}:{found[2]}"


class AnswerInteger(AnswerText):
    """A whole number within the limits of its kind."""

    def __init__(self, *, kind: Integer, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def read(self, text: str) -> int:
        narrow = _narrow(text)
        if not re.fullmatch(r"-?[0-9]{1,12}", narrow, re.ASCII):
            raise ValidationError(
                _("“%(typed)s” is not a whole number. Enter digits only, from %(low)s to %(high)s."),
                params={"typed": text, "low": self.kind.low, "high": self.kind.high},
            )
        number = int(narrow)
        if number < self.kind.low:
            raise ValidationError(BELOW, params={"value": number, "limit": self.kind.low})
        if number > self.kind.high:
            raise ValidationError(ABOVE, params={"value": number, "limit": self.kind.high})
        return number


BELOW = gettext_lazy("%(value)s is below %(limit)s, the least this field accepts. Check the value.")
ABOVE = gettext_lazy("%(value)s is above %(limit)s, the most this field accepts. Check the value.")


class AnswerNumber(AnswerText):
    """A number exactly as reported, "<" and ">" with it. Its limits depend on its unit: see :func:`unit_problem`."""

    def read(self, text: str) -> str:
        narrow = _narrow(text).replace(" ", "")
        try:
            return read_reported(narrow).text
        except ValueError:
            raise ValidationError(
                _("“%(typed)s” is not a number as reported. Write digits with a point, such as 5.2 or <0.5."),
                params={"typed": text},
            ) from None


def unit_problem(item: Item, value: str, unit: str) -> str:
    """What is wrong with a reported number in its unit, with the unit that may have been meant; "" when nothing is."""
    kind = item.kind
    assert isinstance(kind, Quantity)  # noqa: S101  (narrows the type)
    reported = read_reported(value)

    def fits(other: str, low: Any, high: Any) -> bool:
        return bool(low <= kind.scale.measure(reported, other).amount <= high)

    if fits(unit, kind.low, kind.high):
        return ""
    amount = kind.scale.measure(reported, unit).amount
    bound, text = (kind.low, BELOW) if amount < kind.low else (kind.high, ABOVE)
    limit = bound / kind.scale.units[unit]
    says = str(text) % {"value": f"{value} {symbol(unit)}", "limit": f"{plain(limit)} {symbol(unit)}"}
    soft = (kind.soft_low or kind.low, kind.soft_high or kind.high)
    meant = next((other for other in kind.scale.units if other != unit and fits(other, *soft)), "")
    return f"{says} {_('Is the unit %(unit)s?') % {'unit': symbol(meant)}}" if meant else says


def field_of(item: Item, *, units: tuple[str, ...] | None = None, in_row: bool = False) -> forms.Field:
    """The field of one item; nothing is required, since what is not known stays open.

    ``units``: for a unit, those that the site's laboratory reports (None: all).
    """
    kind = item.kind
    more: dict[str, Any] = {"label": words.asked(item), "required": False, "help_text": _help(item)}
    field: forms.Field
    if isinstance(kind, Choice):
        field = _choice(item, kind, units, more, in_row=in_row)
    elif isinstance(kind, Date):
        field = AnswerDate(partial=kind.partial, **more)
    elif isinstance(kind, Time):
        field = AnswerTime(widget=_box(5, hint="text"), **more)
    elif isinstance(kind, Integer):
        field = AnswerInteger(kind=kind, widget=_box(6), **more)
    elif isinstance(kind, Quantity):
        field = AnswerNumber(widget=_box(12, hint="decimal"), **more)
    elif isinstance(kind, Words):
        says = _("Shorten the text to %(limit)s characters.") % {"limit": kind.limit}
        box = forms.TextInput if in_row else forms.Textarea
        attrs = {"autocomplete": "off"} | ({} if in_row else {"rows": 1})
        field = AnswerText(max_length=kind.limit, error_messages={"max_length": says}, widget=box(attrs=attrs), **more)
    else:
        raise TypeError(f"{item.name}: {type(kind).__name__} is made of items, see rows and sheet.")
    field.drawn = Drawn()  # type: ignore[attr-defined]
    if isinstance(kind, Integer):
        field.drawn.suffix = kind.unit  # type: ignore[attr-defined]
    elif isinstance(kind, Quantity) and not kind.unit_item:
        field.drawn.suffix = symbol(kind.scale.own)  # type: ignore[attr-defined]
    return field


def raw_of(item: Item, name: str, value: object) -> dict[str, str]:
    """A saved answer as its field would send it."""
    if isinstance(item.kind, Date):
        parts = [*str(value).split("-"), "", ""]
        return {f"{name}-{part}": text for part, text in zip(DateBoxes.PARTS, parts, strict=False)}
    return {name: str(value)}


def echo(text: str) -> str:
    """How a partial date is read; "" for a full one."""
    if len(text) == 10:
        return ""
    try:
        date(int(text[:4]), 1, 1)
    except ValueError:
        return ""
    return _("Read as: some day in %(when)s") % {"when": words.shown_day(text)}


def _choice(
    item: Item, kind: Choice, units: tuple[str, ...] | None, more: dict[str, Any], *, in_row: bool
) -> AnswerChoice:
    codes = [(code, capfirst(words.said(item.shown(code)))) for code in kind.codes]
    allowed = ", ".join(word for _code, word in codes)
    if units is not None:
        codes = [(code, symbol(code)) for code in kind.codes if code in units]
        allowed = ", ".join(word for _code, word in codes)
        says = _("Reports here are in %(units)s. Enter the value in that unit; an admin can turn another one on.")
        only = len(codes) == 1
        widget: forms.Widget = forms.HiddenInput() if only else forms.Select(choices=codes)
    else:
        says = _("Choose one of these: %(units)s.")
        in_segments = not in_row and sum(len(word) for _code, word in codes) <= MOST_IN_SEGMENTS
        widget = Segments(list(codes)) if in_segments else forms.Select()
    choices = codes if isinstance(widget, Segments) or units is not None else [("", "–"), *codes]
    return AnswerChoice(
        choices=choices, widget=widget, error_messages={"invalid_choice": says % {"units": allowed}}, **more
    )


def _help(item: Item) -> str:
    # A reader of the protocol document knows the mark [D]; who fills in a form does not.
    help_text = item.help.replace("Support [D]:", "[D]").replace("[D]", _("Study setting:"))
    said = [help_text] if help_text else []
    if item.answered_by is AnsweredBy.CLINICIAN:
        said.append(_("The investigator confirms this at signing."))
    return " ".join(said)


def _box(size: int, *, hint: str = "numeric") -> forms.TextInput:
    return forms.TextInput(attrs={"inputmode": hint, "size": size, "autocomplete": "off"})


def _narrow(text: str) -> str:
    """Full-width digits and signs, as Chinese keyboards write them, in their narrow form."""
    return unicodedata.normalize("NFKC", text).strip()
