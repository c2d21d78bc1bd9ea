"""Delegations: proposed, ended."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Site, User
from trial_portal.accounts.words import ROLES, TASKS
from trial_portal.frame.forms import DateField, PortalForm, ReasonForm

WHOLE_STUDY = "all"


class People(forms.ModelChoiceField):
    """A person, by printed name and user name: two people may have the same name."""

    def label_from_instance(self, user: User) -> str:
        return f"{user.printed_name} ({user.username})"


class ProposalForm(PortalForm):
    """A role with tasks, at a site or in the whole study, for a person."""

    not_done = _("Not proposed")

    user = People(
        label=_("Person"),
        queryset=None,
        empty_label=_("Choose a person"),
        error_messages={"required": _("Choose the person.")},
    )
    site = forms.ChoiceField(label=_("Site"), error_messages={"required": _("Choose the site.")})
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(role.value, words) for role, words in ROLES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the role.")},
    )
    principal = forms.BooleanField(
        label=_("Principal investigator of the site"),
        required=False,
        help_text=_("Signs the site's delegations. A site's first one is confirmed by a second admin."),
    )
    tasks = forms.MultipleChoiceField(
        label=_("Tasks"),
        choices=[(task.value, words) for task, words in TASKS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("For coordinators and investigators. Only investigators confirm eligibility."),
    )
    trained_on = DateField(
        label=_("Trained on"), error_messages={"required": _("Enter the day of the training for the study.")}
    )
    starts_on = DateField(
        label=_("From"),
        help_text=_("It is in force from this day, or from the day of the signature if that is later."),
        error_messages={"required": _("Enter the first day.")},
    )
    until = DateField(label=_("Last day"), required=False, help_text=_("If it is known already."))

    def __init__(
        self, *args: Any, people: QuerySet[User], sites: QuerySet[Site], whole_study: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people
        self.sites = {str(site.pk): site for site in sites}
        choices = [("", _("Choose a site")), *((pk, str(site)) for pk, site in self.sites.items())]
        if whole_study:
            choices.append((WHOLE_STUDY, _("The whole study")))
            self.fields["site"].help_text = _("Admins and monitors may have the whole study.")
        self.fields["site"].choices = choices

    def clean_site(self) -> Site | None:
        """The site; None for the whole study."""
        return self.sites.get(self.cleaned_data["site"])


class EndForm(ReasonForm):
    """The last day of a delegation, and why."""

    until = DateField(
        label=_("Last day"),
        help_text=_("Authority ends the day after."),
        error_messages={"required": _("Enter the last day.")},
    )
    corrects = forms.BooleanField(
        label=_("This corrects the record: the authority had ended on that day"),
        required=False,
        help_text=_("Only for a last day that is over already."),
    )
    field_order = ["until", "corrects", "reason"]
