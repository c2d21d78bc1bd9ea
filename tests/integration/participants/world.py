"""A site that takes part, its people, and what they enter, for the registry's tests."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from tests.factories import AT, IcfVersionFactory, SiteFactory, UserFactory, person
from trial_portal.accounts.models import Site, SiteApproval, User
from trial_portal.participants import actions
from trial_portal.participants.models import Consent, IcfVersion, Participant

TODAY = date(2026, 10, 20)


def approved_site(code: str = "01", **kwargs: Any) -> Site:
    """A site with approvals in force all year."""
    site = SiteFactory(code=code, **kwargs)
    SiteApproval.objects.create(
        site=site,
        protocol_label="1.0",
        ethics_committee="Ethics committee",
        ethics_reference="2026-001",
        ethics_approved_on=date(2026, 1, 10),
        site_approved_on=date(2026, 1, 15),
        recorded_by=UserFactory(),
    )
    return site


def coordinator_of(site: Site, **kwargs: Any) -> User:
    return person("coordinator", site, **kwargs)


def register(by: User, site: Site, name: str = "Li Hua", birth_date: str = "1979-03-02", **kwargs: Any) -> Participant:
    facts = {"sex_at_birth": "female", "at": AT} | kwargs
    return actions.register_participant(by=by, site=site, name=name, birth_date=birth_date, **facts)


def version(site: Site, label: str, since: date, *, until: date | None = None, language: str = "zh") -> IcfVersion:
    return IcfVersionFactory(
        site=site,
        label=label,
        language=language,
        ethics_approved_on=date(2026, 1, 10),
        effective_from=since,
        expires_on=until,
    )


def consent(
    by: User,
    participant: Participant,
    signed: IcfVersion,
    on: date = date(2026, 10, 14),
    clock: time | None = time(10, 20),
    *,
    at: datetime = AT,
    **kwargs: Any,
) -> Consent:
    facts = {"signed_by": "patient", "held_by": by, "copy_given": True} | kwargs
    return actions.record_consent(
        by=by, at=at, participant=participant, version=signed, signed_on=on, signed_time=clock, **facts
    )
