"""The other forms of a screening record: open it, discontinue it, attach a source, answer a query."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.actions.records import Discontinued
from trial_portal.frame.forms import DateField, PortalForm


class OpenForm(PortalForm):
    """A new attempt: the day of the visit."""

    not_done = _("Not opened")
    screening_date = DateField(
        label=_("Date of the screening visit"),
        help_text=_("The day of the visit at the site. Most windows of the protocol count from it."),
        error_messages={"required": _("Enter the date of the screening visit.")},
    )


class DiscontinueForm(PortalForm):
    """The end of an attempt that is not decided: when, and a coded reason."""

    not_done = _("Not discontinued")
    code = forms.ChoiceField(
        label=_("Reason"),
        choices=Discontinued.choices,
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose why the attempt ends.")},
    )
    happened_on = DateField(
        label=_("Date of the end"), error_messages={"required": _("Enter the day on which the attempt ended.")}
    )
    reason = forms.CharField(
        label=_("In words"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Needed for “Other”. No names: coded pages show it."),
    )


class DocumentForm(PortalForm):
    """A source: a file, or where it lies in words; the criteria that it proves."""

    not_done = _("Not attached")
    title = forms.CharField(
        label=_("What it is"),
        max_length=200,
        help_text=_("Such as: blood count report. No names and no identity numbers: coded pages show it."),
        error_messages={"required": _("Say what it is, such as: blood count report.")},
    )
    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("PDF, PNG or JPEG, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
    )
    location = forms.CharField(
        label=_("Or where the source lies"),
        required=False,
        max_length=300,
        help_text=_("In words, such as: outpatient record, page of that day."),
    )
    criteria = forms.MultipleChoiceField(
        label=_("What it proves"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one criterion.")},
    )

    def __init__(self, *args: Any, criteria: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = criteria  # type: ignore[attr-defined]


class AnswerQueryForm(PortalForm):
    """The answer to a query."""

    not_done = _("Not answered")
    answer = forms.CharField(
        label=_("Answer"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the answer."), "max_length": _("Shorten the answer to 2000 characters.")},
    )

    def __init__(self, *args: Any, query: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"id_query_{query}_%s", **kwargs)
        self.query = query
