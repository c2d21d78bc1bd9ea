"""Forms of consent and of ICF versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.layout import Field, Layout
from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Site, User
from trial_portal.frame.forms import DateField, PortalForm
from trial_portal.participants.forms.shared import SiteForm, ToldMixin, beside, yes_no
from trial_portal.participants.models import Consent, IcfVersion
from trial_portal.participants.selectors import SiteVersions
from trial_portal.participants.standing import standing_in_words


class ConsentForm(ToldMixin, PortalForm):
    """What was signed, when, and with whom. Nothing is chosen beforehand.

    The versions in force today stand first; the others, as they stand today, behind them.
    """

    version = forms.TypedChoiceField(
        label=_("ICF version signed"),
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose the version that was signed.")},
    )
    signed_on = DateField(label=_("Signed on"), error_messages={"required": _("Enter the day of signing.")})
    signed_time = forms.TimeField(
        label=_("Time"),
        required=False,
        input_formats=["%H:%M", "%H%M"],
        widget=forms.TimeInput(attrs={"autocomplete": "off", "maxlength": 5}, format="%H:%M"),
        error_messages={"invalid": _("Write the time with 24 hours, like 09:30 or 14:05.")},
    )
    signed_by = forms.ChoiceField(
        label=_("Signed by"),
        choices=Consent.SignedBy.choices,
        widget=forms.RadioSelect(attrs={"class": "stack"}),
        error_messages={"required": _("Choose who signed.")},
    )
    held_by = forms.TypedChoiceField(
        label=_("Discussion held by"),
        help_text=_("People delegated to obtain consent at this site."),
        error_messages={"required": _("Choose who held the discussion.")},
    )
    copy_given = yes_no(_("Did the participant get a copy?"), _("Choose Yes or No."))

    def __init__(
        self, *args: Any, versions: SiteVersions, holders: Sequence[User], today: date, site: Site, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        in_force = versions.in_force(today)
        offered = [*in_force, *(version for version in versions.versions if version not in in_force)]
        self.first = len(in_force)
        """How many choices of ``version`` are in force; the template puts the others behind a step."""
        version, held_by, clock = (self.fields[name] for name in ("version", "held_by", "signed_time"))
        version.choices = [(str(one.pk), f"{one} · {standing_in_words(versions, one, today)}") for one in offered]
        version.coerce = lambda key: next(one for one in offered if str(one.pk) == key)
        held_by.choices = [("", _("Choose")), *((str(user.pk), user.printed_name) for user in holders)]
        held_by.coerce = lambda key: next(user for user in holders if str(user.pk) == key)
        clock.help_text = _now(
            "24 hours, like 14:05, in %(zone)s. Needed when a study procedure follows on the same day."
        ) % {"zone": site.time_zone}
        self.helper.layout = Layout(
            Field("version", template="participants/version_field.html"),
            beside("signed_on", "signed_time"),
            "signed_by",
            "held_by",
            "copy_given",
            "told",
        )

    def facts(self) -> dict[str, Any]:
        """What was entered, as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "told"}


class WithdrawForm(PortalForm):
    """A participant withdrew consent."""

    withdrawn_on = DateField(
        label=_("Withdrawn on"), error_messages={"required": _("Enter the day of the withdrawal.")}
    )
    reason_given = forms.CharField(
        label=_("Reason given"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Nobody has to give one. Without names or numbers: coded pages show it."),
    )


class IcfVersionForm(SiteForm):
    """A version of the ICF with the approved PDF."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=IcfVersion._meta.get_field("language").choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the language of the document.")},
    )
    label = forms.CharField(
        label=_("Version"),
        max_length=40,
        help_text=_("As printed on it: v2.0."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the version as printed on the document.")},
    )
    ethics_approved_on = DateField(
        label=_("Approved by the ethics committee on"), error_messages={"required": _("Enter the day of the approval.")}
    )
    effective_from = DateField(
        label=_("Effective from"),
        help_text=_("From this day it takes the place of the version before it."),
        error_messages={"required": _("Enter the day from which it is used.")},
    )
    expires_on = DateField(
        label=_("Last day"), required=False, help_text=_("Leave it empty when the approval names none.")
    )
    file = forms.FileField(
        label=_("Approved PDF"),
        help_text=_("At most 10 MB. Choose it again if this page comes back with something to mend."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf"}),
        error_messages={
            "required": _("Choose the approved PDF."),
            "empty": _("This file is empty. Choose the approved PDF."),
        },
    )
    field_order = ("language", "label", "ethics_approved_on", "effective_from", "expires_on", "file")
