"""The password that is asked again at each signing."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.utils.translation import gettext_lazy as _

from trial_portal.frame.forms import PortalForm


class ConfirmingPassword(forms.CharField):
    """The password of whoever is signed in, typed again. Never prefilled; pasting and password managers work.

    An empty one is no error here: the action refuses it, because it counts for the lockout (21 CFR 11.200).
    """

    def __init__(self, *, label: Any = None, **kwargs: Any) -> None:
        attrs = {"autocomplete": "current-password"}
        super().__init__(
            label=label or _("Password"), max_length=256, strip=False, widget=forms.PasswordInput(attrs=attrs), **kwargs
        )

    def validate(self, value: str) -> None:
        """Take anything."""


class SigningForm(PortalForm):
    """Signs: the password, and ``shown``, the digest of what the page showed.

    The page writes ``shown`` itself: sent back with an error, it has to be that of what is shown now.
    """

    not_done = _("Not signed")

    shown = forms.CharField(max_length=64, required=False)
    password = ConfirmingPassword()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.layout = Layout("password")
