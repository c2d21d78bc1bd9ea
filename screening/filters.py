"""Filters of lists of screening records."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from screening.models import ScreeningRecord
from screening.words import SUBJECTS
from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import May
from trial_portal.participants.selectors import number_search, participants, sites_where


def _sites(request: Any) -> QuerySet[Site]:
    return sites_where(request.authority, May.REVIEW)


class ReviewFilter(django_filters.FilterSet):
    """Records that wait for review, by site, by what is computed, by number."""

    site = django_filters.ModelChoiceFilter(
        label=_("Site"), field_name="participant__site", queryset=_sites, empty_label=_("All sites")
    )
    subject = django_filters.ChoiceFilter(
        label=_("As computed"),
        choices=[(code, str(word).capitalize()) for code, word in SUBJECTS.items()],
        empty_label=_("All"),
    )
    number = django_filters.CharFilter(label=_("Screening number"), method="by_number")

    class Meta:
        model = ScreeningRecord
        fields: list[str] = []

    def __init__(self, *args: Any, several_sites: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not several_sites:
            del self.filters["site"]

    def by_number(self, rows: QuerySet[ScreeningRecord], name: str, value: str) -> QuerySet[ScreeningRecord]:
        """Those whose number begins, or ends, as typed."""
        return rows.filter(participant__in=number_search(participants(self.request.authority), value))
