"""Sites and their approvals."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Site, check_time_zone
from trial_portal.frame.forms import DateField, PortalForm, ReasonForm


def yes(value: str) -> bool:
    """Whether a yes-or-no field says yes."""
    return value == "yes"


class SiteFields(forms.Form):
    """What is said of a site."""

    name = forms.CharField(
        label=_("Name"), max_length=200, error_messages={"required": _("Enter the hospital's name.")}
    )
    short_name = forms.CharField(
        label=_("Short name"),
        max_length=40,
        help_text=_("As it stands in lists."),
        error_messages={"required": _("Enter a short name.")},
    )
    city = forms.CharField(label=_("City"), max_length=80, error_messages={"required": _("Enter the city.")})
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=64,
        initial=settings.TIME_ZONE,
        help_text=_("Days begin and end at the site's midnight. Write it like Asia/Shanghai."),
        error_messages={"required": _("Enter the time zone, such as Asia/Shanghai.")},
        validators=[check_time_zone],
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SiteForm(SiteFields, PortalForm):
    """A new site."""

    code = forms.CharField(
        label=_("Code"),
        max_length=4,
        help_text=_("Two to four digits. It stands in every number of the site (S-01-0001) and is never changed."),
        error_messages={"required": _("Enter the code: two to four digits.")},
        validators=Site._meta.get_field("code").validators,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("code", "name", "short_name", "city", "time_zone")


class SiteChangeForm(SiteFields, ReasonForm):
    """What is said of a site changes, or it takes part no longer, or again."""

    is_active = forms.TypedChoiceField(
        label=_("Takes part in the study"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=yes,
        widget=forms.RadioSelect,
        help_text=_("While it does not, nobody may do or read anything there. What was entered stays."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("name", "short_name", "city", "time_zone", "is_active", "reason")


class ApprovalForm(PortalForm):
    """Ethics committee and site approved a protocol version."""

    protocol_label = forms.ChoiceField(label=_("Protocol version"))
    ethics_committee = forms.CharField(
        label=_("Ethics committee"),
        max_length=200,
        error_messages={"required": _("Enter the name of the ethics committee.")},
    )
    ethics_reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        help_text=_("The number on the approval letter."),
        error_messages={"required": _("Enter the reference of the approval.")},
    )
    ethics_approved_on = DateField(
        label=_("Approved by the ethics committee on"),
        error_messages={"required": _("Enter the day of the ethics committee's approval.")},
    )
    site_approved_on = DateField(
        label=_("Approved by the site on"),
        help_text=_("The approval is in force from the later of the two days."),
        error_messages={"required": _("Enter the day of the site's approval.")},
    )
    expires_on = DateField(label=_("Last day"), required=False, help_text=_("If the approval has one."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["protocol_label"].choices = [(settings.PROTOCOL.label, settings.PROTOCOL.label)]
