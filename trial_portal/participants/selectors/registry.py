"""Coded reads: participants, their steps and deviations, prescreening entries, the sites somebody works at."""

from __future__ import annotations

import re
from datetime import date
from typing import TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Greatest

from trial_portal.accounts.models import Site, SiteApproval
from trial_portal.accounts.permissions import Authority, May
from trial_portal.participants.models import (
    Consent,
    Deviation,
    Participant,
    ParticipantStep,
    PossibleDuplicate,
    PrescreeningEntry,
)

Row = TypeVar("Row", bound=models.Model)


def within(rows: QuerySet[Row], authority: Authority, permission: May, site: str = "site") -> QuerySet[Row]:
    """Those rows whose ``site`` is one at which the permission is held."""
    sites = authority.sites(permission)
    return rows if sites is None else rows.filter(**{f"{site}__in": sites})


def sites_where(authority: Authority, permission: May) -> QuerySet[Site]:
    """The sites at which somebody holds a permission, in the order of their codes."""
    return within(Site.objects.all(), authority, permission, "pk")


def approved_on(site: Site, day: date) -> bool:
    """Whether an approval of ethics committee and site is in force there on that day (ICH E6(R3) 4.3.5)."""
    return (
        SiteApproval.objects.filter(site=site, struck_at__isnull=True)
        .annotate(since=Greatest("ethics_approved_on", "site_approved_on"))
        .filter(Q(expires_on__isnull=True) | Q(expires_on__gte=day), since__lte=day)
        .exists()
    )


def participants(authority: Authority) -> QuerySet[Participant]:
    """The participants in somebody's reach, with their site, coded."""
    rows = Participant.objects.select_related("site", "registered_by")
    return within(rows, authority, May.SEE_RECORDS)


def listed(rows: QuerySet[Participant]) -> QuerySet[Participant]:
    """Participants with what a list shows of each: ``standing_consents`` and ``has_open_duplicate``.

    One query more, however many rows.
    """
    standing = Consent.objects.filter(struck_at__isnull=True).select_related("version")
    unresolved = PossibleDuplicate.objects.filter(participant=OuterRef("pk"), same__isnull=True)
    return rows.annotate(
        has_open_duplicate=Exists(unresolved.exclude(other__status=Participant.Status.STRUCK))
    ).prefetch_related(Prefetch("consents", standing, to_attr="standing_consents"))


def number_search(rows: QuerySet[Participant], text: str) -> QuerySet[Participant]:
    """Participants whose number begins with what was typed, with or without "S-"; or, for digits alone, ends so.

    "12" finds S-01-0012 and S-02-0012; "01-00" finds S-01-0001 to S-01-0099.
    """
    typed = re.sub(r"\s+", "", text).upper()
    if re.fullmatch(r"\d{1,6}", typed):
        sites = Site.objects.values_list("code", flat=True)
        return rows.filter(number__in=[f"S-{code}-{int(typed):04}" for code in sites])
    return rows.filter(number__startswith=typed if typed.startswith("S") else f"S-{typed}")


def steps_of(participant: Participant) -> QuerySet[ParticipantStep]:
    """All that happened to a participant, the latest first."""
    return ParticipantStep.objects.filter(participant=participant).select_related("by").order_by("-id")


def deviations_of(participant: Participant) -> QuerySet[Deviation]:
    """What was not done as it should have been, as it was found."""
    return (
        Deviation.objects.filter(participant=participant)
        .select_related("consent", "recorded_by")
        .order_by("happened_on", "id")
    )


def prescreening_entries(authority: Authority) -> QuerySet[PrescreeningEntry]:
    """Entries of people approached, at the sites in somebody's reach."""
    rows = PrescreeningEntry.objects.select_related("site", "participant", "recorded_by", "struck_by")
    return within(rows, authority, May.SEE_RECORDS)
