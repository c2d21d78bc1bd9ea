"""Accounts: a new one, its name and address, a new password."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import User
from trial_portal.frame.forms import PortalForm, ReasonForm


def initial_password(**kwargs: Any) -> forms.CharField:
    """A password that an admin types, or leaves to the portal."""
    return forms.CharField(
        label=_("Password for the first sign-in"),
        max_length=256,
        strip=False,
        required=False,
        help_text=_("Leave it empty: the portal makes one and shows it to you once. It has to be changed at sign-in."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        **kwargs,
    )


class PersonFields(forms.Form):
    """How a person is named and reached."""

    printed_name = forms.CharField(
        label=_("Printed name"),
        max_length=200,
        help_text=_("As it stands under signatures, such as “Dr Liu Wenhai 刘文海”."),
        error_messages={"required": _("Enter the printed name.")},
    )
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        error_messages={"invalid": _("This is no e-mail address. Write it like name@hospital.org.")},
    )
    phone = forms.CharField(label=_("Telephone at work"), max_length=50, required=False)


class UserForm(PersonFields, PortalForm):
    """A new account."""

    not_done = _("No account made")
    field_order = ("username",)

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("Small letters, digits, dots, hyphens, underscores. It is never changed and never given again."),
        error_messages={"required": _("Enter the user name.")},
        validators=User._meta.get_field("username").validators,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = initial_password()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("username", "printed_name", "email", "phone", "password")


class UserChangeForm(PersonFields, ReasonForm):
    """A person is named or reached in another way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("printed_name", "email", "phone", "reason")


class NewPasswordForm(ReasonForm):
    """A password for somebody who lost theirs."""

    password = initial_password()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("password", "reason")
