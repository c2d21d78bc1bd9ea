"""Filters of the lists of people and delegations."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Delegation, Site, User
from trial_portal.accounts.selectors import STATES, locked_users, signed_people, sites
from trial_portal.accounts.words import ROLES

ROLE_CHOICES = [(role.value, words) for role, words in ROLES.items()]


def _sites(request: Any) -> QuerySet[Site]:
    return sites(request.authority, request.at)


class UserFilter(django_filters.FilterSet):
    """People by name, role, site, and whether they can sign in."""

    name = django_filters.CharFilter(label=_("Name or user name"), method="by_name")
    role = django_filters.ChoiceFilter(label=_("Role"), choices=ROLE_CHOICES, method="by_role", empty_label=_("All"))
    site = django_filters.ModelChoiceFilter(
        label=_("Site"), queryset=_sites, method="by_site", empty_label=_("All sites")
    )
    account = django_filters.ChoiceFilter(
        label=_("Account"),
        choices=[("active", _("Active")), ("locked", _("Locked")), ("disabled", _("Disabled"))],
        method="by_account",
        empty_label=_("All"),
    )

    def by_name(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Those whose printed name or user name has these letters in it."""
        return rows.filter(Q(printed_name__icontains=value) | Q(username__icontains=value))

    def by_role(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Those with a signed delegation in this role, whatever its days."""
        return rows.filter(pk__in=signed_people(role=value))

    def by_site(self, rows: QuerySet[User], name: str, value: Site) -> QuerySet[User]:
        """Those with a signed delegation at this site, whatever its days."""
        return rows.filter(pk__in=signed_people(site=value))

    def by_account(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """Those who can sign in, or cannot."""
        if value == "locked":
            return rows.filter(pk__in=locked_users(self.request.at))
        return rows.filter(is_active=value == "active")


class DelegationFilter(django_filters.FilterSet):
    """Delegations by site, role and state."""

    site = django_filters.ModelChoiceFilter(label=_("Site"), queryset=_sites, empty_label=_("All sites"))
    role = django_filters.ChoiceFilter(label=_("Role"), choices=ROLE_CHOICES, empty_label=_("All"))
    state = django_filters.ChoiceFilter(label=_("State"), choices=list(STATES.items()), empty_label=_("All"))

    class Meta:
        model = Delegation
        fields = ["site", "role"]
