"""The form of a prescreening entry."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from trial_portal.frame.forms import DateField
from trial_portal.participants.forms.participants import text
from trial_portal.participants.forms.shared import SiteForm
from trial_portal.participants.models import PrescreeningEntry


class PrescreeningForm(SiteForm):
    """Somebody was approached: when, and what came of it. ``participant`` is cleaned to the typed number."""

    approached_on = DateField(
        label=_("Approached on"), error_messages={"required": _("Enter the day on which the person was approached.")}
    )
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=PrescreeningEntry.Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the outcome.")},
    )
    criteria = forms.MultipleChoiceField(
        label=_("Criteria that spoke against it"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only for “Not suitable”."),
    )
    participant = text(_("Screening number"), 12, help_text=_("Only for “Consented”: the participant's number."))
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Nothing that says who it is: no name, number or address."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = [
            (criterion.id, f"{criterion.id} {criterion.title}") for criterion in settings.PROTOCOL.criteria
        ]
        site = ["site"] if "site" in self.fields else []
        criteria = Field("criteria", template="participants/criteria_field.html")
        self.helper.layout = Layout(*site, "approached_on", "outcome", criteria, "participant", "note")
