"""What forms of the registry share: a section, the choice of a site, what somebody was told before going on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Div, Fieldset
from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Site
from trial_portal.frame.forms import PortalForm
from trial_portal.participants.refusals import NeedsConfirmation


def sections(*parts: tuple[Any, Sequence[Any]]) -> list[Fieldset]:
    """Parts of a form, each its heading and its fields, with more room between them than between fields."""
    spaces = ["p-stack", *["p-stack mt-4"] * (len(parts) - 1)]
    return [
        Fieldset(format_html("<h2>{}</h2>", heading), *fields, css_class=space)
        for (heading, fields), space in zip(parts, spaces, strict=True)
    ]


def beside(*fields: Any) -> Div:
    """Some fields side by side where there is room."""
    return Div(*fields, css_class="p-fields")


def yes_no(label: Any, required: Any, help_text: Any = "") -> forms.TypedChoiceField:
    """A question answered Yes or No, with neither chosen beforehand. Cleaned to a bool."""
    return forms.TypedChoiceField(
        label=label,
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        help_text=help_text,
        error_messages={"required": required},
    )


class SiteForm(PortalForm):
    """A form for one of the sites where somebody may do this; where there is only one, it is not asked."""

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        self.sites = sites
        super().__init__(*args, **kwargs)
        if len(sites) > 1:
            self.fields["site"] = forms.TypedChoiceField(
                label=_("Site"),
                choices=[("", _("Choose")), *((str(site.pk), str(site)) for site in sites)],
                coerce=lambda key: next(site for site in sites if str(site.pk) == key),
                error_messages={"required": _("Choose the site.")},
            )
            self.order_fields(["site"])

    def facts(self) -> dict[str, Any]:
        """What was entered, as the action takes it: with the site, empty texts as texts, without ``told``."""
        facts = {name: value for name, value in self.cleaned_data.items() if name not in ("told", "site")}
        return facts | {"site": self.cleaned_data.get("site") or self.sites[0]}


class ToldMixin(forms.Form):
    """A form whose action may refuse until the person was told something. ``refusal`` is what they are being told.

    ``told`` carries its token back, so that a confirmation counts only for what was shown.
    """

    told = forms.CharField(required=False, widget=forms.HiddenInput)
    refusal: NeedsConfirmation | None = None
