"""Records for tests, made in words. They write past the actions, as a site that was set up before would stand."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory
from django.conf import settings
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from trial_portal.accounts.models import Delegation, SignatureStatement, Site, SiteApproval, User
from trial_portal.accounts.permissions import TASKS_OF, Role
from trial_portal.participants.encryption import blind_index
from trial_portal.participants.models import Consent, IcfVersion, Identity, Participant

PASSWORD = "correct horse battery"
AT = datetime(2026, 10, 20, 6, 0, tzinfo=UTC)
"""A moment for tests: 20 October 2026, 14:00 in Nanchang."""


class SiteFactory(DjangoModelFactory[Site]):
    class Meta:
        model = Site
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"{n + 1:02}")
    name = factory.LazyAttribute(lambda site: f"Hospital {site.code}")
    short_name = factory.LazyAttribute(lambda site: f"Hospital {site.code}")
    city = "Nanchang"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    printed_name = factory.Sequence(lambda n: f"Person {n}")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))

    @factory.post_generation
    def statement(self: User, create: bool, extracted: Any, **kwargs: Any) -> None:  # type: ignore[misc]
        if create and extracted is not False:
            SignatureStatement.objects.create(user=self, text="I accept.")


def person(role: Role | str, site: Site | None = None, *, principal: bool = False, **kwargs: Any) -> User:
    """A user with a signed delegation for all tasks of a role, at a site or (None) in the whole study."""
    user = UserFactory(**kwargs)
    Delegation.objects.create(
        user=user,
        site=site,
        role=Role(role).value,
        principal=principal,
        tasks=sorted(task.value for task in TASKS_OF[Role(role)]),
        trained_on=date(2020, 1, 1),
        starts_on=date(2020, 1, 1),
        status=Delegation.Status.SIGNED,
        proposed_by=user,
    )
    return user


class IcfVersionFactory(DjangoModelFactory[IcfVersion]):
    class Meta:
        model = IcfVersion

    site = factory.SubFactory(SiteFactory)
    language = "zh"
    label = factory.Sequence(lambda n: f"v{n + 1}.0")
    ethics_approved_on = date(2026, 1, 10)
    effective_from = date(2026, 1, 20)
    file = "icf/test.pdf"
    sha256 = "0" * 64
    recorded_by = factory.SubFactory(UserFactory)


class ParticipantFactory(DjangoModelFactory[Participant]):
    class Meta:
        model = Participant

    site = factory.SubFactory(SiteFactory)
    number = factory.Sequence(lambda n: f"S-99-{n + 1:04}")
    sex_at_birth = "female"
    birth_year = 1979
    registered_by = factory.SubFactory(UserFactory)


def identity(participant: Participant, name: str = "Li Hua", birth_date: str = "1979-03-02", **kwargs: str) -> Identity:
    """The identity of a participant, with its indexes."""
    return Identity.objects.create(
        participant=participant,
        name=name,
        birth_date=birth_date,
        name_index=blind_index(name),
        person_index=blind_index(name, birth_date),
        **kwargs,
    )


def days_ago(days: int) -> date:
    """The day so many days before today (UTC)."""
    return datetime.now(UTC).date() - timedelta(days=days)


def site_ready(code: str = "01") -> Site:
    """A site with an approval of the protocol in force."""
    site = SiteFactory(code=code)
    SiteApproval.objects.get_or_create(
        site=site,
        defaults={
            "protocol_label": settings.PROTOCOL.label,
            "ethics_committee": "Ethics committee",
            "ethics_reference": "2025-01",
            "ethics_approved_on": date(2025, 1, 10),
            "site_approved_on": date(2025, 1, 20),
            "recorded_by": UserFactory(),
        },
    )
    return site


def consented(site: Site, on: date = date(2026, 10, 14), birth_date: str = "1979-03-02", **kwargs: Any) -> Participant:
    """A participant of a site with an identity and a valid consent of a day, at 10:00."""
    participant = ParticipantFactory(
        site=site, status=Participant.Status.CONSENTED, birth_year=int(birth_date[:4]), **kwargs
    )
    identity(participant, birth_date=birth_date)
    version = IcfVersion.objects.filter(site=site).first() or IcfVersionFactory(site=site)
    Consent.objects.create(
        participant=participant,
        version=version,
        signed_on=on,
        signed_time=time(10, 0),
        held_by=participant.registered_by,
        copy_given=True,
        version_valid=True,
        recorded_by=participant.registered_by,
    )
    return participant
