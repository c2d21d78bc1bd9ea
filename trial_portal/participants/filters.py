"""Filters of the registry's lists."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import May
from trial_portal.participants.models import Participant, PrescreeningEntry
from trial_portal.participants.selectors import number_search, sites_where

STRUCK = Participant.Status.STRUCK


def _sites(request: Any) -> QuerySet[Site]:
    return sites_where(request.authority, May.SEE_RECORDS)


class OfSites(django_filters.FilterSet):
    """A filter by site, for those who see more than one."""

    site = django_filters.ModelChoiceFilter(label=_("Site"), queryset=_sites, empty_label=_("All sites"))

    def __init__(self, *args: Any, several_sites: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not several_sites:
            del self.filters["site"]


class ParticipantFilter(OfSites):
    """Participants by site, status, sex, number. Those entered in error show only when they are asked for."""

    status = django_filters.ChoiceFilter(
        label=_("Status"), choices=Participant.Status.choices, empty_label=_("All but entered in error")
    )
    sex = django_filters.ChoiceFilter(
        label=_("Sex at birth"), field_name="sex_at_birth", choices=Participant.Sex.choices, empty_label=_("All")
    )
    number = django_filters.CharFilter(label=_("Screening number"), method="by_number")

    def by_number(self, rows: QuerySet[Participant], name: str, value: str) -> QuerySet[Participant]:
        """Those whose number begins, or ends, as typed."""
        return number_search(rows, value)

    def filter_queryset(self, rows: QuerySet[Participant]) -> QuerySet[Participant]:
        """As Django-filter does it, but without what was entered in error unless that is the status asked for."""
        rows = super().filter_queryset(rows)
        return rows if self.form.cleaned_data.get("status") == STRUCK else rows.exclude(status=STRUCK)


class PrescreeningFilter(OfSites):
    """Prescreening entries by site and outcome; those struck only when asked for."""

    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=PrescreeningEntry.Outcome.choices, empty_label=_("All")
    )
    entries = django_filters.ChoiceFilter(
        label=_("Entries"),
        choices=[("struck", _("Entered in error"))],
        empty_label=_("All but entered in error"),
        method="by_standing",
    )

    def by_standing(self, rows: QuerySet[PrescreeningEntry], name: str, value: str) -> QuerySet[PrescreeningEntry]:
        """Those struck."""
        return rows.filter(struck_at__isnull=False)

    def filter_queryset(self, rows: QuerySet[PrescreeningEntry]) -> QuerySet[PrescreeningEntry]:
        """Without struck entries unless they are asked for."""
        rows = super().filter_queryset(rows)
        return rows if self.form.cleaned_data.get("entries") else rows.filter(struck_at__isnull=True)
