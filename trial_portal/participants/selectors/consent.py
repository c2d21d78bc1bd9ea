"""ICF versions and consent: which version was in force when, who signed what, who may have held the discussion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Q, QuerySet

from trial_portal.accounts.models import Delegation, Site, User
from trial_portal.accounts.permissions import Authority, May, Role, Task
from trial_portal.participants.models import Consent, ConsentWithdrawal, IcfVersion, Participant
from trial_portal.participants.selectors.registry import within


class Standing(StrEnum):
    """How a version stands on a day."""

    IN_FORCE = "in_force"
    NOT_YET = "not_yet"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


IN_FORCE = Standing.IN_FORCE


@dataclass(frozen=True)
class SiteVersions:
    """The ICF versions of one site, without those entered in error, the latest first."""

    versions: Sequence[IcfVersion]

    def latest(self, language: str, day: date) -> IcfVersion | None:
        """The version of a language that took effect last, on or before that day."""
        begun = (v for v in self.versions if v.language == language and v.effective_from <= day)
        return next(begun, None)

    def standing(self, version: IcfVersion, day: date) -> Standing:
        """How a version stands on that day. A later one of its language replaces it for good, expired or not."""
        if version.effective_from > day:
            return Standing.NOT_YET
        if self.latest(version.language, day) != version:
            return Standing.SUPERSEDED
        expired = version.expires_on is not None and version.expires_on < day
        return Standing.EXPIRED if expired else Standing.IN_FORCE

    def in_force(self, day: date) -> list[IcfVersion]:
        """The versions in force that day: at most one for each language."""
        return [version for version in self.versions if self.standing(version, day) is IN_FORCE]

    def successor(self, version: IcfVersion) -> IcfVersion | None:
        """The version of the same language that took this one's place, or will."""
        later = [v for v in self.versions if v.language == version.language]
        position = later.index(version) if version in later else 0
        return later[position - 1] if position else None


def versions_of(site: Site) -> SiteVersions:
    """The ICF versions of a site. One query."""
    live = IcfVersion.objects.filter(site=site, struck_at__isnull=True)
    return SiteVersions(list(live.order_by("-effective_from", "-id")))


def icf_in_force(site: Site, language: str, day: date) -> IcfVersion | None:
    """The version of a language in force at a site on a day, or None: none yet, or the last one expired."""
    live = IcfVersion.objects.filter(site=site, language=language, struck_at__isnull=True, effective_from__lte=day)
    version = live.order_by("-effective_from", "-id").first()
    expired = version is not None and version.expires_on is not None and version.expires_on < day
    return None if expired else version


def icf_versions(authority: Authority) -> QuerySet[IcfVersion]:
    """The ICF versions of the sites in somebody's reach, with how many consents stand on each."""
    rows = IcfVersion.objects.select_related("site", "recorded_by", "struck_by").annotate(
        standing_consents=Count("consents", filter=Q(consents__struck_at__isnull=True))
    )
    return within(rows, authority, May.SEE_CONFIGURATION).order_by("site__code", "language", "-effective_from", "-id")


def consents_of(participant: Participant) -> QuerySet[Consent]:
    """Every consent of a participant, in the order of signing, those entered in error too."""
    rows = Consent.objects.filter(participant=participant)
    return rows.select_related("version", "held_by", "recorded_by", "struck_by")


def first_consent(participant: Participant) -> Consent | None:
    """The first valid consent, or the first of all when none is valid (criteria.md 1.2); struck ones do not count."""
    standing = [consent for consent in consents_of(participant) if not consent.is_struck]
    return next((consent for consent in standing if consent.version_valid), standing[0] if standing else None)


def withdrawals_of(participant: Participant) -> QuerySet[ConsentWithdrawal]:
    """The standing withdrawals of a participant, as entered."""
    return all_withdrawals_of(participant).filter(struck_at__isnull=True)


def all_withdrawals_of(participant: Participant) -> QuerySet[ConsentWithdrawal]:
    """Every withdrawal of a participant, those entered in error too."""
    rows = ConsentWithdrawal.objects.filter(participant=participant)
    return rows.select_related("recorded_by", "struck_by")


def may_have_obtained_consent(site: Site, day: date | None = None) -> QuerySet[User]:
    """Who was delegated to obtain consent at a site on a day; with None, on any day at all.

    People whose account was closed since stay in it: what they did before counts.
    """
    held = Q(
        delegations__site=site,
        delegations__status=Delegation.Status.SIGNED,
        delegations__role__in=[Role.COORDINATOR.value, Role.INVESTIGATOR.value],
        delegations__tasks__contains=[Task.OBTAIN_CONSENT.value],
    )
    if day is not None:
        held &= Q(delegations__starts_on__lte=day)
        held &= Q(delegations__until__isnull=True) | Q(delegations__until__gte=day)
    return User.objects.filter(held).distinct()
