"""Forms of recruitment, of what follows enrollment, and of deviations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from enrollment.actions.deviations import BY_HAND
from enrollment.models import DeviationReport
from enrollment.reasons import Completed, Withdrawn
from trial_portal.frame.forms import DateField, PortalForm, ReasonForm
from trial_portal.participants.models import Deviation

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


def _in_words(label: Any, *, required: Any = None) -> forms.CharField:
    """A text for the history; with ``required``, what is said when it is empty."""
    field = forms.CharField(
        label=label,
        required=required is not None,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names, no numbers of people: coded pages show it."),
    )
    if required is not None:
        field.error_messages["required"] = required
    return field


def _criteria() -> list[tuple[str, str]]:
    return [(criterion.id, f"{criterion.id} · {criterion.title}") for criterion in settings.PROTOCOL.criteria]


class WithdrawForm(PortalForm):
    """A participant leaves the study: when, and a coded reason."""

    title = _("Withdrawn from the study")
    says = _("What was signed and entered stays on file. The place stays filled.")
    submit = _("Record the withdrawal")
    code = forms.ChoiceField(
        label=_("Reason"),
        choices=Withdrawn.choices,
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose why the participant leaves the study.")},
    )
    happened_on = DateField(
        label=_("Day"), error_messages={"required": _("Enter the day on which the participant left the study.")}
    )
    reason = _in_words(_("In words"))


class CompleteForm(PortalForm):
    """A participant completes the study: when, and how."""

    title = _("Completed the study")
    says = _("The last thing recorded of a participant in the study.")
    submit = _("Record the completion")
    code = forms.ChoiceField(
        label=_("How"),
        choices=Completed.choices,
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose how the study was completed.")},
    )
    happened_on = DateField(
        label=_("Day"), error_messages={"required": _("Enter the day on which the study was completed.")}
    )
    reason = _in_words(_("In words"))


class IneligibleForm(PortalForm):
    """An enrolled participant does not meet a criterion: which, found when, and what was found."""

    title = _("Found ineligible after enrollment")
    says = _(
        "What was signed stays as it was signed. This opens a deviation; whether the participant goes on in the study"
        " is decided by the investigator."
    )
    submit = _("Record it and open a deviation")
    criterion = forms.ChoiceField(
        label=_("Criterion"), error_messages={"required": _("Choose the criterion that was not met.")}
    )
    discovered_on = DateField(
        label=_("Discovered on"), error_messages={"required": _("Enter the day on which it was discovered.")}
    )
    reason = _in_words(_("What was found"), required=_("Say what was found. It stays in the history."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [("", _("Choose")), *_criteria()]  # type: ignore[attr-defined]


class DeviationForm(PortalForm):
    """Something was not done as the protocol and the approvals say."""

    participant = forms.CharField(
        label=_("Screening number"),
        max_length=20,
        error_messages={"required": _("Enter the screening number of the participant.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[(kind.value, kind.label) for kind in Deviation.Kind if kind in BY_HAND],
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose the kind of deviation.")},
    )
    criterion = forms.ChoiceField(label=_("Criterion"), required=False)
    what = _in_words(_("What happened"), required=_("Say what happened."))
    happened_on = DateField(label=_("Happened on"), error_messages={"required": _("Enter the day it happened.")})
    discovered_on = DateField(
        label=_("Discovered on"), error_messages={"required": _("Enter the day on which it was discovered.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [("", _("None")), *_criteria()]  # type: ignore[attr-defined]


class ReportForm(PortalForm):
    """To whom a deviation was reported, and when."""

    to = forms.ChoiceField(
        label=_("Reported to"),
        choices=DeviationReport.To.choices,
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose to whom it was reported.")},
    )
    reported_on = DateField(
        label=_("Reported on"), error_messages={"required": _("Enter the day on which it was reported.")}
    )
