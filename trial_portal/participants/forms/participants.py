"""Forms about participants: registering, changing an identity, finding, resolving a possible duplicate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crispy_forms.layout import Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Site
from trial_portal.frame.forms import DateField, PortalForm, ReasonForm
from trial_portal.participants.forms.shared import SiteForm, ToldMixin, beside, sections, yes_no
from trial_portal.participants.models import Participant


def text(
    label: Any, most: int = 200, *, required: Any = "", help_text: Any = "", kind: str = "text"
) -> forms.CharField:
    """One line of text; ``required`` is what is said when it is missing. Browsers do not remember it."""
    return forms.CharField(
        label=label,
        max_length=most,
        required=bool(required),
        help_text=help_text,
        widget=forms.TextInput(attrs={"type": kind, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": required} if required else {},
    )


class PersonFields(ToldMixin, PortalForm):
    """Who somebody is, and, once they may be known already, why they are another person."""

    name = text(_("Name"), required=_("Enter the name."), help_text=_("As on the identity card."))
    sex_at_birth = forms.ChoiceField(
        label=_("Sex at birth"),
        choices=Participant.Sex.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the sex at birth.")},
    )
    birth_date = DateField(
        label=_("Birth date"),
        partial=True,
        help_text=_("Leave the day, or the day and the month, empty when nobody knows it."),
        error_messages={"required": _("Enter the birth date.")},
    )
    phone = text(_("Telephone"), 50, kind="tel")
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=200,
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("Write the e-mail address like name@hospital.cn.")},
    )
    record_number = text(_("Medical record number"), 50, help_text=_("Of this hospital."))
    national_id = text(_("National ID"), 50, help_text=_("Shows whether another site knows this person."))
    explanation = forms.CharField(
        label=_("Why is this another person?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Without names or numbers: coded pages show it."),
    )

    @staticmethod
    def parts() -> list[tuple[Any, list[Any]]]:
        """How the fields of a person are laid out."""
        return [
            (_("Who"), [beside("name", "birth_date"), "sex_at_birth"]),
            (_("Contact"), [beside("phone", "email")]),
            (_("Identifiers"), [beside("record_number", "national_id")]),
        ]


class RegisterForm(PersonFields, SiteForm):
    """A person who is to be screened gets a number."""

    approached_on = DateField(
        label=_("Approached on"),
        required=False,
        help_text=_("Makes the entry of the prescreening list. Leave it empty when there is one already."),
    )
    not_done = _("Not registered")
    field_order = ("site", "name", "birth_date")

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        super().__init__(*args, sites=sites, **kwargs)
        where = [(_("Where"), ["site"])] if "site" in self.fields else []
        approached = (_("Prescreening"), ["approached_on"])
        self.helper.layout = Layout(*sections(*where, *self.parts(), approached), "told")


class ChangeIdentityForm(PersonFields, ReasonForm):
    """Who somebody is was entered wrongly, or has changed. ``token`` says what the page showed."""

    token = forms.CharField(widget=forms.HiddenInput)
    not_done = _("Not changed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Without names, dates of birth or numbers: the history shows it.")
        self.helper.layout = Layout(*sections(*self.parts(), (_("Why"), ["reason"])), "told", "token")

    def facts(self) -> dict[str, Any]:
        """What was entered, as the action takes it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "told"}


class FindForm(PortalForm):
    """Looks somebody up exactly. It is posted, so that no name stands in an address or a log."""

    number = text(_("Screening number"), 12)
    name = text(_("Name"), help_text=_("The whole name; capitals and blanks do not matter."))
    birth_date = DateField(
        label=_("Birth date"), partial=True, required=False, help_text=_("As it was entered, full or in part.")
    )
    record_number = text(_("Medical record number"), 50)
    not_done = _("Nothing looked up")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not any(cleaned.values()):
            raise ValidationError(_("Enter the number, the name, the birth date or the medical record number."))
        return cleaned


class ResolveForm(ReasonForm):
    """Whether two participants are one person."""

    same = yes_no(_("Are the two the same person?"), _("Choose Yes or No."))
    field_order = ("same", "reason")
