"""Forms of recruitment."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from trial_portal.frame.forms import ReasonForm

MOST = 100_000
WHOLE = _("Enter a whole number from 1 to 100 000, or leave it empty where none is set.")


class RecruitmentReasonForm(ReasonForm):
    """Why recruitment is opened or closed."""

    not_done = _("Not changed")


class TargetForm(RecruitmentReasonForm):
    """How many participants are wanted, and why that is so."""

    target = forms.IntegerField(
        label=_("Target"),
        required=False,
        min_value=1,
        max_value=MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("How many participants may be enrolled at most, at all sites together. Empty: no cap."),
        error_messages={"invalid": WHOLE, "min_value": WHOLE, "max_value": WHOLE},
    )
    field_order = ("target", "reason")
