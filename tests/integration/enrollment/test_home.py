"""What waits for each role on the home page, what its counts open, and what it costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment import actions
from tests.factories import IcfVersionFactory, ParticipantFactory, SiteFactory, UserFactory, person
from trial_portal.accounts.lockout import key
from trial_portal.accounts.models import Delegation, Site, SiteApproval, User
from trial_portal.accounts.permissions import Role
from trial_portal.participants.models import Consent, Deviation, Participant, PossibleDuplicate, PrescreeningEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return SiteFactory(code="01")


@pytest.fixture
def elsewhere() -> Site:
    return SiteFactory(code="02")


def in_days(days: int) -> date:
    return datetime.now(UTC).date() + timedelta(days=days)


def home(client: Client, user: User) -> str:
    client.force_login(user)
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def consent(participant: Participant, *, valid: bool) -> Consent:
    return Consent.objects.create(
        participant=participant,
        version=IcfVersionFactory(site=participant.site),
        signed_on=in_days(-2),
        held_by=participant.registered_by,
        copy_given=True,
        version_valid=valid,
        recorded_by=participant.registered_by,
    )


def approval(site: Site, **kwargs: Any) -> SiteApproval:
    values = {
        "protocol_label": "1.0",
        "ethics_committee": "EC",
        "ethics_reference": "1",
        "ethics_approved_on": in_days(-90),
        "site_approved_on": in_days(-80),
        "recorded_by": UserFactory(),
    }
    return SiteApproval.objects.create(site=site, **{**values, **kwargs})


def proposed(site: Site | None, role: Role, by: User, **kwargs: Any) -> Delegation:
    return Delegation.objects.create(
        user=UserFactory(),
        site=site,
        role=role.value,
        trained_on=in_days(-9),
        starts_on=in_days(0),
        proposed_by=by,
        **kwargs,
    )


def test_nothing_waits(client: Client, site: Site) -> None:
    page = home(client, person(Role.COORDINATOR, site))
    assert "Nothing waits for you today." in page
    assert "No participant is registered yet." in page


def test_date_is_the_heading(client: Client, site: Site) -> None:
    page = home(client, person(Role.COORDINATOR, site))
    today = datetime.now(UTC).astimezone(site.zone)
    assert f"<h1>{today:%A} {today.day} {today:%B %Y}</h1>" in page


class TestCoordinator:
    def test_participant_without_consent(self, client: Client, site: Site) -> None:
        ParticipantFactory(site=site, number="S-01-0001")
        page = home(client, person(Role.COORDINATOR, site))
        assert "One thing waits for you." in page
        assert reverse("participants:consent-add", args=["S-01-0001"]) in page

    def test_it_leaves_with_the_consent(self, client: Client, site: Site) -> None:
        participant = ParticipantFactory(site=site, number="S-01-0001", status="consented")
        consent(participant, valid=True)
        assert "Nothing waits for you today." in home(client, person(Role.COORDINATOR, site))

    def test_consent_on_a_wrong_version(self, client: Client, site: Site) -> None:
        participant = ParticipantFactory(site=site, number="S-01-0001", status="consented")
        consent(participant, valid=False)
        consent(participant, valid=False)
        page = home(client, person(Role.COORDINATOR, site))
        assert "One thing waits for you." in page
        assert "consented on a version that was not in force" in page
        consent(participant, valid=True)
        assert "Nothing waits for you today." in home(client, person(Role.COORDINATOR, site))

    def test_many_stand_behind_one_link(self, client: Client, site: Site) -> None:
        for number in range(1, 9):
            ParticipantFactory(site=site, number=f"S-01-{number:04}")
        page = home(client, person(Role.COORDINATOR, site))
        assert "8 things wait for you." in page
        assert "3 more participants are registered without consent" in page
        assert page.count("Record consent") == 5

    def test_nothing_of_another_site(self, client: Client, site: Site, elsewhere: Site) -> None:
        other = ParticipantFactory(site=elsewhere, number="S-02-0001")
        PrescreeningEntry.objects.create(
            site=elsewhere, approached_on=in_days(0), outcome="declined", recorded_by=other.registered_by
        )
        page = home(client, person(Role.COORDINATOR, site))
        assert "Nothing waits for you today." in page
        assert "S-02-0001" not in page
        assert f'<a href="{reverse("prescreening:list")}">0</a>' in page


class TestInvestigator:
    def test_possible_duplicate(self, client: Client, site: Site, elsewhere: Site) -> None:
        one = ParticipantFactory(site=site, number="S-01-0001", status="withdrawn")
        other = ParticipantFactory(site=elsewhere, number="S-02-0001")
        pair = PossibleDuplicate.objects.create(participant=one, other=other, match="person", explanation="No.")
        page = home(client, person(Role.INVESTIGATOR, site))
        assert reverse("participants:duplicate", args=["S-01-0001", pair.pk]) in page
        assert "S-02-0001" not in page
        pair.same = False
        pair.save()
        assert "Nothing waits for you today." in home(client, person(Role.INVESTIGATOR, site))

    def test_duplicate_with_somebody_entered_in_error(self, client: Client, site: Site) -> None:
        one = ParticipantFactory(site=site, number="S-01-0001", status="withdrawn")
        other = ParticipantFactory(site=site, number="S-01-0002", status="struck")
        PossibleDuplicate.objects.create(participant=one, other=other, match="person", explanation="No.")
        assert "Nothing waits for you today." in home(client, person(Role.INVESTIGATOR, site))

    def test_delegation_waits_for_the_principal_investigator(self, client: Client, site: Site) -> None:
        delegation = proposed(site, Role.COORDINATOR, UserFactory())
        principal = person(Role.INVESTIGATOR, site, principal=True)
        assert reverse("study:delegation", args=[delegation.pk]) in home(client, principal)
        assert "Nothing waits for you today." in home(client, person(Role.INVESTIGATOR, site))


class TestAdmin:
    def waits(self, client: Client, admin: User | None = None) -> str:
        """What waits besides that recruitment is closed."""
        actions.open_recruitment(by=person(Role.ADMIN), at=datetime.now(UTC), reason="Approvals on file.")
        return home(client, admin or person(Role.ADMIN))

    def test_recruitment_is_closed(self, client: Client) -> None:
        assert reverse("recruitment:open") in home(client, person(Role.ADMIN))

    def test_nothing_else(self, client: Client, site: Site) -> None:
        approval(site)
        assert "Nothing waits for you today." in self.waits(client)

    def test_site_without_approval(self, client: Client, site: Site) -> None:
        page = self.waits(client)
        assert "Site 01 · Hospital 01 has no approval in force" in page
        assert reverse("study:approval-add", args=["01"]) in page

    def test_site_that_takes_no_part(self, client: Client) -> None:
        SiteFactory(code="03", is_active=False)
        assert "Nothing waits for you today." in self.waits(client)

    @pytest.mark.parametrize(("days", "waits"), [(29, True), (33, False)])
    def test_approval_that_ends_soon(self, client: Client, site: Site, days: int, waits: bool) -> None:
        approval(site, expires_on=in_days(days))
        assert ("The approval of site 01 · Hospital 01 ends on" in self.waits(client)) is waits

    def test_approval_with_a_successor(self, client: Client, site: Site) -> None:
        approval(site, expires_on=in_days(3))
        approval(site, site_approved_on=in_days(2))
        assert "Nothing waits for you today." in self.waits(client)

    def test_icf_version_that_ends_soon(self, client: Client, site: Site) -> None:
        approval(site)
        IcfVersionFactory(site=site, label="v3.0", expires_on=in_days(9))
        page = self.waits(client)
        assert "ICF v3.0 (Chinese) ends on" in page
        assert reverse("icf:add") in page
        IcfVersionFactory(site=site, label="v3.1", effective_from=in_days(9))
        assert "Nothing waits for you today." in home(client, person(Role.ADMIN))

    def test_account_that_rests(self, client: Client, site: Site) -> None:
        approval(site)
        user = UserFactory(printed_name="Zhou Min")
        AccessAttempt.objects.create(username=key(user.username), failures_since_start=5)
        page = self.waits(client)
        assert "The account of Zhou Min rests after too many wrong passwords" in page
        assert reverse("study:user", args=[user.pk]) in page

    def test_first_principal_investigator_waits_for_a_second_admin(self, client: Client, site: Site) -> None:
        approval(site)
        proposer = person(Role.ADMIN)
        delegation = proposed(site, Role.INVESTIGATOR, proposer, principal=True)
        assert "Nothing waits for you today." in self.waits(client, proposer)
        assert reverse("study:delegation", args=[delegation.pk]) in home(client, person(Role.ADMIN))


class TestMonitor:
    def test_new_deviation_of_their_site(self, client: Client, site: Site, elsewhere: Site) -> None:
        for at in (site, elsewhere):
            participant = ParticipantFactory(site=at, number=f"S-{at.code}-0001", status="consented")
            Deviation.objects.create(
                participant=participant,
                kind="other",
                what="A visit was missed.",
                happened_on=in_days(-1),
                discovered_on=in_days(0),
                recorded_by=participant.registered_by,
            )
        page = home(client, person(Role.MONITOR, site))
        assert "One thing waits for you." in page
        assert "S-02-0001" not in page


def test_counts_are_those_of_the_rows_they_open(client: Client, site: Site) -> None:
    for number, status in enumerate(["registered", "consented", "consented", "withdrawn", "struck"]):
        ParticipantFactory(site=site, number=f"S-01-{number:04}", status=status)
    page = home(client, person(Role.MONITOR, site))
    for status, count in (("registered", 1), ("consented", 2), ("withdrawn", 1)):
        assert f'<a href="{reverse("participants:list")}?status={status}">{count}</a>' in page


def test_somebody_without_delegation_is_told_whom_to_ask(client: Client) -> None:
    person(Role.ADMIN, printed_name="Wu Jie", phone="ext. 6120")
    page = home(client, UserFactory())
    assert "You have no delegation in force" in page
    assert "Wu Jie · ext. 6120" in page


@pytest.mark.parametrize("role", Role)
def test_costs_the_same_with_more_rows(client: Client, site: Site, elsewhere: Site, role: Role) -> None:
    user = person(role, None if role is Role.ADMIN else site, principal=role is Role.INVESTIGATOR)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            home(client, user)
        return len(captured)

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            person_ = ParticipantFactory(site=site, number=f"S-01-{number:04}")
            other = ParticipantFactory(site=site, number=f"S-01-1{number:03}", status="consented")
            wrong = consent(other, valid=False)
            PossibleDuplicate.objects.create(participant=person_, other=other, match="person", explanation="No.")
            Deviation.objects.create(
                participant=other,
                kind="icf_version",
                what="…",
                happened_on=in_days(0),
                discovered_on=in_days(0),
                consent=wrong,
                recorded_by=user,
            )
            proposed(site, Role.COORDINATOR, user)
            approval(SiteFactory(code=f"{number + 50}"), expires_on=in_days(number))
            IcfVersionFactory(site=elsewhere, language="en", label=f"v{number}", expires_on=in_days(5))

    home(client, user)
    fill(1, 3)
    few = queries()
    fill(3, 20)
    assert queries() == few
    assert few <= 30
