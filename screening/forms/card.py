"""The form of one card: a field for each item that is asked on it, and what it says, as :class:`Typed`.

A field that is not sent stays as it is saved; one sent empty is cleared. The result set that each examination's fields
belong to is in ``<examination>-set`` ("" for a new one). Design: "Cards save by themselves", field names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening import words
from screening.actions.answers import Typed, TypedSet
from screening.cards import Card, source_of
from screening.eligibility.items import Examination, Item, Rows, Sheet
from screening.eligibility.kinds import Date, Quantity
from screening.eligibility.logic import FALSE
from screening.forms.answers import AnswerText, Drawn, echo, field_of, unit_problem
from screening.forms.layout import Always, Hidden, Part
from screening.forms.rows import RowsEntry
from screening.forms.sent import completed, source_name, without_gaps
from screening.forms.sheet import SheetEntry
from screening.limits import limit_lines
from screening.models import ReasonCode, ResultSet
from screening.selectors import Loaded, current, projected
from trial_portal.audit.refusals import Refused
from trial_portal.frame.forms import PortalForm
from trial_portal.participants.identities import coded
from trial_portal.participants.selectors import person_of

CONTROLS = {"revision", "revision-seen", "clash", "keep", "open", "done", "reason_code", "reason", "confirmed"}
"""What a card sends beside its items."""

MOST_SOURCE = 300
Entry = RowsEntry | SheetEntry


def _number(text: str) -> int | None:
    """A key or a revision as a form sends it back; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


class EntryWidget(forms.Widget):
    """Draws rows or a worksheet."""

    use_fieldset = True

    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self.entry, self.template_name = entry, entry.template_name

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Entry:
        return self.entry

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs) | {"entry": self.entry}

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        return self.entry.first_id


class EntryField(forms.Field):
    """Rows or a worksheet as one field."""

    def __init__(self, item: Item, entry: Entry) -> None:
        super().__init__(required=False, label=words.asked(item), help_text=item.help, widget=EntryWidget(entry))
        self.entry, self.drawn = entry, Drawn()

    def clean(self, value: Any) -> object:
        return self.entry.clean()


@dataclass(frozen=True)
class Opening:
    """What a page opens besides the saved: for an examination its set's key (None: a new one); rows with one more."""

    sets: Mapping[str, int | None]
    rows: frozenset[str] = frozenset()


NOTHING_MORE = Opening({})


class CardForm(PortalForm):
    """The questions of one card. ``items`` restricts it to some of them: a page of a worksheet alone."""

    not_done = gettext_lazy("Not saved")

    def __init__(
        self,
        loaded: Loaded,
        card: Card,
        data: QueryDict | None = None,
        *,
        opening: Opening = NOTHING_MORE,
        items: Sequence[Item] | None = None,
    ) -> None:
        self.loaded, self.card = loaded, card
        self._only, self.in_part = None if items is None else set(items), items is not None
        self.sets = {
            examination: self._opened(examination, data, opening)
            for examination in card.examinations
            if self._only is None or self._only & set(examination.items)
        }
        self._entries: dict[str, Entry] = {}
        sent = None if data is None else completed(self, data)
        super().__init__(sent, auto_id="id_%s")
        self._limits = limit_lines(card.criterion) if card.criterion else {}
        self._add_controls(sent)
        for examination, row in self.sets.items():
            self._add_set(examination, row, sent)
        for item in self.own_items:
            self._add(item, self.saved(item), sent, more=int(item.name in opening.rows))
        self.helper.layout = Layout(*self._layout())
        for name, value in self._initial():
            self.initial[name] = value

    # -- what is asked ---------------------------------------------------------------------------------------------

    @property
    def own_items(self) -> list[Item]:
        """The items asked here that belong to no examination."""
        return [item for item in (*self.card.items, *self.card.proof) if self._only is None or item in self._only]

    def asked_in(self, examination: Examination) -> list[Item]:
        """The items of an examination that are asked here."""
        return [item for item in examination.items if self._only is None or item in self._only]

    def saved(self, item: Item) -> object:
        """The saved answer of an item, of the result set that is opened where it belongs to one."""
        for examination, row in self.sets.items():
            if item in examination.items:
                return projected(examination, row).get(item.name) if row else None
        return current(self.loaded, item)

    def _opened(self, examination: Examination, data: QueryDict | None, opening: Opening) -> ResultSet | None:
        """The set whose values the fields hold: as sent, as asked for, the one in use, or None for a new one."""
        standing = self.loaded.of(examination)
        by_key = {row.pk: row for row in standing}
        key_name = f"{examination.name}-set"
        if data is not None and key_name in data:
            return by_key.get(_number(data[key_name]))
        if examination.name in opening.sets:
            key = opening.sets[examination.name]
            return by_key.get(key) if key is not None else None
        return standing[0] if standing else None

    # -- fields ----------------------------------------------------------------------------------------------------

    def _add_controls(self, sent: QueryDict | None) -> None:
        self.fields["revision"] = forms.IntegerField(
            required=False,
            widget=forms.HiddenInput(attrs={"id": f"id_{self.card.id}_revision"}),
            error_messages={"invalid": _("Reload the page: it does not say when this card was loaded.")},
        )
        self.fields["reason_code"] = forms.ChoiceField(
            label=_("Reason"),
            choices=[("", "–"), *ReasonCode.choices],
            required=False,
            error_messages={"invalid_choice": _("Choose one of the reasons.")},
            widget=forms.Select(attrs={"id": f"id_{self.card.id}_reason_code"}),
        )
        self.fields["reason"] = forms.CharField(
            label=_("What does the source say?"),
            required=False,
            max_length=500,
            error_messages={"max_length": _("Shorten the reason to 500 characters.")},
            widget=forms.TextInput(attrs={"id": f"id_{self.card.id}_reason", "autocomplete": "off"}),
        )

    def _add_set(self, examination: Examination, row: ResultSet | None, sent: QueryDict | None) -> None:
        key = forms.CharField(required=False, widget=forms.HiddenInput())
        self.fields[f"{examination.name}-set"] = key
        self.initial[f"{examination.name}-set"] = str(row.pk) if row else ""
        for item in self.asked_in(examination):
            self._add(item, self.saved(item), sent)
        if not self.in_part:
            source = source_of(examination)
            self.fields[source_name(examination)] = AnswerText(
                label=words.asked(source),
                required=False,
                max_length=MOST_SOURCE,
                help_text=_("In words, such as: laboratory system, report of that day."),
                error_messages={"max_length": _("Shorten the source to 300 characters.")},
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[source_name(examination)].drawn = Drawn()  # type: ignore[attr-defined]

    def _add(self, item: Item, saved: object, sent: QueryDict | None, more: int = 0) -> None:
        entry: Entry | None = None
        if isinstance(item.kind, Rows):
            entry = RowsEntry(item, sent, saved, more)
        elif isinstance(item.kind, Sheet):
            entry = SheetEntry(item, sent, saved)
        if entry is not None:
            self._entries[item.name] = entry
            field: Any = EntryField(item, entry)
        else:
            field = field_of(item, units=self.units(item))
        field.drawn.line = self._limits.get(item, "")
        field.drawn.unasked = self.loaded.evaluation.applies(item) is FALSE
        if isinstance(item.kind, Date) and isinstance(saved, str):
            field.drawn.echo = echo(saved)
        self.fields[item.name] = field

    def units(self, item: Item) -> tuple[str, ...] | None:
        """The units to choose from, if the item is the unit of a number: the site's, and the one that is saved."""
        quantity = self._numbers.get(item.name)
        if quantity is None:
            return None
        kind = quantity.kind
        assert isinstance(kind, Quantity)  # noqa: S101  (narrows the type)
        on = self.loaded.protocol.defaults.get("LAB_UNITS")
        units = [unit for unit in kind.scale.units if not isinstance(on, list | tuple) or unit in on]
        saved = self.saved(item)
        if isinstance(saved, str) and saved not in units:
            units.append(saved)
        return tuple(units or kind.scale.units)

    @property
    def _numbers(self) -> Mapping[str, Item]:
        """The number that each unit belongs to, by the unit's name."""
        items = [item for examination in self.card.examinations for item in examination.items]
        return {item.kind.unit_item: item for item in items if isinstance(item.kind, Quantity) and item.kind.unit_item}

    def only_unit(self, item: Item) -> str | None:
        """The unit of a number that may be reported in no other; None for any other item."""
        units = self.units(item)
        return units[0] if units is not None and len(units) == 1 else None

    def _initial(self) -> Iterator[tuple[str, object]]:
        yield "revision", self.loaded.record.revision
        for examination, row in self.sets.items():
            yield source_name(examination), row.source if row else ""
        for item in self.asked():
            if item.name in self._entries:
                continue
            saved = self.saved(item)
            yield item.name, self.only_unit(item) if saved is None else saved

    def asked(self) -> Iterator[Item]:
        """Every item that is asked on this form."""
        for examination in self.sets:
            yield from self.asked_in(examination)
        yield from self.own_items

    # -- what was sent ---------------------------------------------------------------------------------------------

    def _known(self) -> set[str]:
        known = super()._known() | CONTROLS | {f"choose-{item.name}" for item in self.asked()}
        known |= {f"choose-{source_of(examination).name}" for examination in self.sets}
        return known.union(*(entry.names for entry in self._entries.values()))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for item in self.asked():
            self._check_number(item, cleaned)
        for examination in self.sets:
            self._check_source(examination, cleaned)
        for name, problems in list(self.errors.items()):
            # What is wrong with a unit that is not shown is said at its number.
            number = self._numbers.get(name)
            if number is not None and self.fields[name].widget.is_hidden:
                self.add_error(number.name, [str(problem) for problem in problems])
                del self.errors[name]
        return cleaned

    def _check_number(self, item: Item, cleaned: Mapping[str, Any]) -> None:
        kind = item.kind
        if not isinstance(kind, Quantity) or cleaned.get(item.name) is None:
            return
        unit = cleaned.get(kind.unit_item) if kind.unit_item else kind.scale.own
        if unit is None and kind.unit_item not in self.errors:
            self.add_error(item.name, _("Choose the unit of the value."))
        elif unit is not None:
            problem = unit_problem(item, cleaned[item.name], unit)
            if problem:
                self.add_error(item.name, problem)

    def _check_source(self, examination: Examination, cleaned: Mapping[str, Any]) -> None:
        name = source_name(examination)
        source = cleaned.get(name)
        if not source:
            return
        try:
            coded(source, name, person_of(self.loaded.record.participant.identity))
        except Refused as refused:
            self.add_error(name, refused.message)
        values = [cleaned.get(item.name) for item in self.asked_in(examination) if item.name not in self._numbers]
        if self.sets[examination] is None and all(value is None for value in values) and not self.errors:
            says = _("Enter the %(date)s or a value first: a source alone is not kept.")
            self.add_error(name, ValidationError(says, params={"date": words.said(examination.date.term)}))

    def typed(self, *, but: Sequence[str] = ()) -> Typed:
        """What was typed, for the action; the items of ``but`` stay as they are saved. The form is valid."""
        data = self.cleaned_data

        def value(item: Item) -> object:
            saved = self.saved(item)
            typed = data[item.name]
            return saved if item.name in but or typed == without_gaps(saved) else typed

        sets = {}
        for examination, row in self.sets.items():
            values = {item.name: self.saved(item) for item in examination.items}
            values |= {item.name: value(item) for item in self.asked_in(examination)}
            source = data.get(source_name(examination)) or ""
            if source_of(examination).name in but:
                source = row.source if row else ""
            key = _number(data[f"{examination.name}-set"])
            sets[examination.name] = TypedSet(key, values, None if self.in_part else source)
        return Typed(
            revision=self.revision,
            answers={item.name: value(item) for item in self.own_items},
            sets=sets,
            confirmed=self.confirmed,
            reason_code=data["reason_code"],
        )

    @property
    def confirmed(self) -> frozenset[str]:
        """The items whose unusual value was confirmed, now or before on this card."""
        return frozenset(name for sent in self.data.getlist("confirmed") for name in sent.split())

    @property
    def revision(self) -> int:
        """The record's revision that this person has seen: when the card was loaded, or when a conflict was settled."""
        clashing = self.data.getlist("clash")
        seen = _number(self.data.get("revision-seen", ""))
        if clashing and seen is not None and all(self.data.get(f"choose-{name}") for name in clashing):
            return seen
        return int(self.cleaned_data.get("revision") or 0)

    @property
    def theirs(self) -> list[str]:
        """The items of a settled conflict for which somebody else's answer was chosen."""
        return [name for name in self.data.getlist("clash") if self.data.get(f"choose-{name}") == "theirs"]

    def refuse(self, name: str, says: str) -> None:
        """Say what an action refuses at its field; a unit that is not shown speaks at its number."""
        number = self._numbers.get(name)
        if number is not None and self.fields[name].widget.is_hidden:
            name = number.name
        name = next((source_name(part) for part in self.sets if name == source_of(part).name), name)
        self.add_error(name if name in self.fields else None, says)

    # -- how it is drawn -------------------------------------------------------------------------------------------

    def _layout(self) -> Iterator[object]:
        yield Hidden("revision")
        for examination in self.sets:
            asked = [item for item in self.asked_in(examination) if not self._drawn_beside(item)]
            names = [item.name for item in asked]
            names += [] if self.in_part else [source_name(examination)]
            yield Part("screening/set_fields.html", Hidden(f"{examination.name}-set"), *names, examination=examination)
        yield Always("screening/prompt.html")
        questions = [item.name for item in self.own_items if item in self.card.items]
        proof = [item.name for item in self.own_items if item not in self.card.items]
        yield Part("screening/questions.html", *questions)
        yield Part("screening/proof.html", *proof)

    def _drawn_beside(self, item: Item) -> bool:
        """Whether it is a unit, drawn with its number."""
        number = self._numbers.get(item.name)
        if number is None:
            return False
        unit = self[item.name]
        drawn = self.fields[number.name].drawn  # type: ignore[attr-defined]
        drawn.unit = unit
        if unit.is_hidden:
            drawn.suffix = dict(unit.field.choices).get(next(iter(dict(unit.field.choices))), "")
        return True
