"""Delegations: who proposes, who signs, who may not, and from which day to which they give authority."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import AT, PASSWORD, SiteFactory, UserFactory, person
from tests.integration.accounts.world import TODAY, WRONG, Study
from trial_portal.accounts import actions, selectors
from trial_portal.accounts.models import Delegation, DelegationStep, User
from trial_portal.accounts.permissions import May
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.signatures.models import Signature

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def study() -> Study:
    return Study()


def sign(by: User, delegation: Delegation, at: datetime = AT, **kwargs: Any) -> Delegation:
    return actions.sign_delegation(by=by, at=at, delegation=delegation, password=PASSWORD, **kwargs)


def refused(kind: type[Refused] = Refused, /, **kwargs: Any) -> Refused:
    with pytest.raises(kind) as refusal:
        Study.propose(kwargs.pop("study"), **kwargs)
    return refusal.value


class TestAProposal:
    def test_gives_no_authority_and_writes_its_step(self, study: Study) -> None:
        row = study.propose()
        assert (row.status, row.proposed_by, row.tasks) == ("proposed", study.admin, ["enter_data", "obtain_consent"])
        assert selectors.authority_of(study.somebody, AT).grants == ()
        step = DelegationStep.objects.get(delegation=row)
        assert (step.action, step.source, step.target, step.by, step.event_date) == (
            "propose",
            "",
            "proposed",
            study.admin,
            TODAY,
        )

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("role", {"role": "pharmacist"}),
            ("tasks", {"tasks": ["confirm_eligibility"]}),
            ("tasks", {"tasks": ["enter_data", "fly"]}),
            ("tasks", {"tasks": []}),
            ("tasks", {"role": "monitor"}),
            ("tasks", {"role": "admin", "site": None}),
            ("site", {"site": None}),
            ("site", {"site": None, "role": "investigator"}),
            ("principal", {"principal": True}),
            ("trained_on", {"trained_on": TODAY + DAY, "starts_on": TODAY + DAY}),
            ("starts_on", {"starts_on": TODAY - DAY}),
            ("until", {"until": TODAY - DAY}),
            ("until", {"starts_on": TODAY + DAY, "until": TODAY}),
        ],
    )
    def test_is_refused_where_its_parts_do_not_fit(self, study: Study, field: str, values: dict[str, Any]) -> None:
        assert refused(study=study, **values).field == field
        assert not Delegation.objects.filter(user=study.somebody).exists()

    def test_is_refused_for_a_closed_account_the_portal_and_a_closed_site(self, study: Study) -> None:
        assert refused(study=study, user=UserFactory(is_active=False)).field == "user"
        assert refused(study=study, user=UserFactory(is_system=True)).field == "user"
        assert refused(NotPermitted, study=study, by=study.principal)
        assert refused(study=study, site=SiteFactory(code="09", is_active=False)).field == "site"

    @pytest.mark.parametrize(
        ("days", "allowed"),
        [
            ({}, False),
            ({"starts_on": TODAY + 9 * DAY}, False),
            ({"starts_on": TODAY + 10 * DAY}, True),
            ({"tasks": ["enter_data"]}, True),
            ({"role": "investigator"}, True),
        ],
    )
    def test_is_refused_where_the_same_one_stands(self, study: Study, days: dict[str, Any], allowed: bool) -> None:
        study.propose(until=TODAY + 9 * DAY)
        if allowed:
            study.propose(**days)
        else:
            assert "same delegation" in refused(study=study, **days).message

    def test_that_was_declined_stands_in_nobodys_way(self, study: Study) -> None:
        row = study.propose()
        actions.decline_delegation(by=study.principal, at=AT, delegation=row, reason="not trained")
        study.propose()


class TestSigning:
    def test_by_the_principal_investigator_brings_it_in_force_and_ends_sessions(self, study: Study) -> None:
        row = sign(study.principal, study.propose())
        assert (row.status, row.starts_on) == ("signed", TODAY)
        authority = selectors.authority_of(study.somebody, AT)
        assert authority.holds(May.REGISTER, study.site.pk)
        assert User.objects.get(pk=study.somebody.pk).session_epoch == 1
        assert [step.action for step in DelegationStep.objects.filter(delegation=row)] == ["propose", "sign"]

    def test_says_what_was_signed(self, study: Study) -> None:
        row = sign(study.principal, study.propose(until=TODAY + 90 * DAY))
        signature = Signature.objects.get()
        assert (signature.signer, signature.capacity) == (study.principal, "Principal investigator, site 01")
        assert (signature.record_type, signature.record_id) == ("accounts_delegation", row.pk)
        assert signature.content == {
            "person": "chen.yulan",
            "name": "Chen Yulan",
            "site": "01",
            "role": "coordinator",
            "principal": False,
            "tasks": ["enter_data", "obtain_consent"],
            "trained_on": "2026-10-20",
            "starts_on": "2026-10-20",
            "until": "2027-01-18",
        }

    def test_authorises_nobody_for_days_that_are_over(self, study: Study) -> None:
        row = sign(study.principal, study.propose(), AT + 5 * DAY)
        assert row.starts_on == TODAY + 5 * DAY
        assert Signature.objects.get().content["starts_on"] == "2026-10-25"

    def test_leaves_a_later_first_day(self, study: Study) -> None:
        row = sign(study.principal, study.propose(starts_on=TODAY + DAY))
        assert selectors.authority_of(study.somebody, AT).grants == ()
        assert selectors.authority_of(study.somebody, AT + DAY).grants != ()
        assert row.starts_on == TODAY + DAY

    def test_is_refused_after_the_last_day_for_a_closed_account_and_for_what_was_not_shown(self, study: Study) -> None:
        row = study.propose(until=TODAY)
        with pytest.raises(Refused, match="is over"):
            sign(study.principal, row, AT + DAY)
        with pytest.raises(Refused, match="not what stands now"):
            sign(study.principal, row, shown="0" * 64)
        actions.disable_user(by=study.admin, at=AT, user=study.somebody, reason="left")
        with pytest.raises(Refused, match="is disabled"):
            sign(study.principal, row)
        assert Signature.objects.count() == 0

    def test_with_a_wrong_password_signs_nothing(self, study: Study) -> None:
        row = study.propose()
        with pytest.raises(Refused):
            actions.sign_delegation(by=study.principal, at=AT, delegation=row, password=WRONG)
        row.refresh_from_db()
        assert (row.status, Signature.objects.count()) == ("proposed", 0)


class TestWhoSigns:
    """Rows of a table: what is proposed, who it is for, and which of the people there may sign it."""

    def signers(self, study: Study, row: Delegation) -> set[str]:
        people = User.objects.filter(is_system=False)
        principals = selectors.principals_at(AT)
        signer = selectors.signer_of(row, principals)
        said = {user.username for user in people if signer.is_(user, selectors.authority_of(user, AT), row.site_id)}
        for user in people:
            if user.username not in said:
                with pytest.raises(Refused):
                    sign(user, row)
                with pytest.raises(Refused):
                    actions.decline_delegation(by=user, at=AT, delegation=row, reason="x")
        waits = {
            user.username for user in people if row in selectors.waiting_for(user, selectors.authority_of(user, AT), AT)
        }
        assert waits == said
        return said

    def test_staff_of_a_site_by_its_principal_investigator(self, study: Study) -> None:
        person("investigator", SiteFactory(code="02"), principal=True, username="other.principal")
        person("investigator", study.site, username="investigator")
        assert self.signers(study, study.propose()) == {"liu.wenhai"}
        assert self.signers(study, study.propose(role="monitor", tasks=[])) == {"liu.wenhai"}

    def test_a_first_principal_investigator_by_another_admin(self, study: Study) -> None:
        site = SiteFactory(code="02")
        row = study.propose(site=site, role="investigator", principal=True)
        assert self.signers(study, row) == {"he.qing"}
        sign(study.second, row)
        assert selectors.authority_of(study.somebody, AT).holds(May.SIGN_DELEGATIONS, site.pk)

    def test_a_second_principal_investigator_by_the_first(self, study: Study) -> None:
        row = study.propose(role="investigator", principal=True)
        assert self.signers(study, row) == {"liu.wenhai"}

    def test_another_principal_investigator_after_the_only_one_left_by_an_admin(self, study: Study) -> None:
        User.objects.filter(pk=study.principal.pk).update(is_active=False)
        row = study.propose(role="investigator", principal=True)
        assert self.signers(study, row) == {"he.qing"}

    def test_staff_of_a_site_without_principal_investigator_by_nobody_yet(self, study: Study) -> None:
        row = study.propose(site=SiteFactory(code="02"))
        assert self.signers(study, row) == set()
        with pytest.raises(Refused, match="no principal investigator in force"):
            sign(study.second, row)

    def test_more_for_the_principal_investigator_by_an_admin(self, study: Study) -> None:
        row = study.propose(user=study.principal, role="coordinator")
        assert self.signers(study, row) == {"he.qing"}

    def test_roles_of_the_whole_study_by_another_admin(self, study: Study) -> None:
        person("admin", study.site, username="admin.of.one.site")
        for role in ("admin", "monitor"):
            row = study.propose(site=None, role=role, tasks=[])
            assert self.signers(study, row) == {"he.qing"}

    def test_an_admins_own_by_nobody_but_a_third(self, study: Study) -> None:
        row = study.propose(by=study.admin, user=study.second, site=None, role="monitor", tasks=[])
        assert self.signers(study, row) == set()
        person("admin", username="third")
        assert self.signers(study, row) == {"third"}


class TestDecliningAndWithdrawing:
    def test_say_why_and_end_it(self, study: Study) -> None:
        declined, withdrawn = study.propose(), study.propose(tasks=["enroll"])
        actions.decline_delegation(by=study.principal, at=AT, delegation=declined, reason="not trained")
        actions.withdraw_delegation(by=study.second, at=AT, delegation=withdrawn, reason="wrong tasks")
        steps = DelegationStep.objects.filter(action__in=["decline", "withdraw"]).order_by("id")
        assert [(step.by, step.reason, step.target) for step in steps] == [
            (study.principal, "not trained", "declined"),
            (study.second, "wrong tasks", "withdrawn"),
        ]
        assert selectors.authority_of(study.somebody, AT).grants == ()

    def test_are_refused_without_a_reason(self, study: Study) -> None:
        row = study.propose()
        for action, by in ((actions.decline_delegation, study.principal), (actions.withdraw_delegation, study.admin)):
            with pytest.raises(Refused) as refusal:
                action(by=by, at=AT, delegation=row, reason=" ")
            assert refusal.value.field == "reason"

    @pytest.mark.parametrize("state", ["signed", "declined", "withdrawn"])
    def test_nothing_is_signed_declined_or_withdrawn_afterwards(self, study: Study, state: str) -> None:
        row = study.propose()
        Delegation.objects.filter(pk=row.pk).update(status=state)
        before = DelegationStep.objects.count()
        for refused in (
            lambda: sign(study.principal, row),
            lambda: actions.decline_delegation(by=study.principal, at=AT, delegation=row, reason="x"),
            lambda: actions.withdraw_delegation(by=study.admin, at=AT, delegation=row, reason="x"),
        ):
            with pytest.raises(Refused, match="cannot be done now"):
                refused()
        assert DelegationStep.objects.count() == before

    @pytest.mark.parametrize("state", ["proposed", "declined", "withdrawn"])
    def test_what_is_not_in_force_is_not_ended(self, study: Study, state: str) -> None:
        row = study.propose()
        Delegation.objects.filter(pk=row.pk).update(status=state)
        with pytest.raises(Refused, match="cannot be done now"):
            actions.end_delegation(by=study.admin, at=AT, delegation=row, until=TODAY, reason="x")


class TestEnding:
    def test_ends_authority_the_day_after_in_the_sites_zone(self, study: Study) -> None:
        row = study.signed()
        actions.end_delegation(by=study.principal, at=AT, delegation=row, until=TODAY, reason="leaves")
        midnight = datetime(2026, 10, 20, 16, tzinfo=UTC)  # in Nanchang
        assert selectors.authority_of(study.somebody, midnight - timedelta(seconds=1)).grants != ()
        assert selectors.authority_of(study.somebody, midnight).grants == ()
        step = DelegationStep.objects.get(delegation=row, action="end")
        assert (step.by, step.reason, step.event_date) == (study.principal, "leaves", TODAY)
        assert User.objects.get(pk=study.somebody.pk).session_epoch == 2

    def test_leaves_the_signature_valid(self, study: Study) -> None:
        row = study.signed()
        row = actions.end_delegation(by=study.admin, at=AT, delegation=row, until=TODAY, reason="leaves")
        signature = Signature.objects.get()
        assert selectors.as_signed(row, signature.content)

    def test_on_a_day_that_is_over_is_a_correction(self, study: Study) -> None:
        row = study.signed()
        at = AT + 9 * DAY
        end = {"by": study.admin, "at": at, "delegation": row, "reason": "left early"}
        with pytest.raises(Refused, match="Tick the correction") as refusal:
            actions.end_delegation(until=TODAY + DAY, **end)
        assert refusal.value.field == "until"
        ended = actions.end_delegation(until=TODAY + DAY, corrects=True, **end)
        assert ended.until == TODAY + DAY

    def test_never_before_the_first_day_nor_later_than_it_was(self, study: Study) -> None:
        row = study.signed(until=TODAY + 9 * DAY)
        for until in (TODAY - DAY, TODAY + 9 * DAY, TODAY + 10 * DAY):
            with pytest.raises(Refused) as refusal:
                actions.end_delegation(by=study.admin, at=AT, delegation=row, until=until, reason="x", corrects=True)
            assert refusal.value.field == "until"

    def test_is_for_admins_and_the_sites_principal_investigator(self, study: Study) -> None:
        row = study.signed()
        other = person("investigator", SiteFactory(code="02"), principal=True)
        for by in (study.somebody, other, person("monitor", study.site), person("investigator", study.site)):
            with pytest.raises(NotPermitted):
                actions.end_delegation(by=by, at=AT, delegation=row, until=TODAY, reason="x")

    def test_leaves_the_study_an_admin(self, study: Study) -> None:
        mine, others = (Delegation.objects.get(user=user) for user in (study.admin, study.second))
        actions.end_delegation(by=study.admin, at=AT, delegation=others, until=TODAY, reason="leaves")
        with pytest.raises(Refused, match="No other admin"):
            actions.end_delegation(by=study.admin, at=AT, delegation=mine, until=TODAY + DAY, reason="leaves")


class TestReading:
    def test_reaches_ones_sites_alone(self, study: Study) -> None:
        study.propose()
        elsewhere = person("coordinator", SiteFactory(code="02"))
        seen = selectors.delegations(selectors.authority_of(study.principal, AT), AT)
        assert {row.site for row in seen} == {study.site}
        assert {row.user for row in selectors.delegations(selectors.authority_of(elsewhere, AT), AT)} == {elsewhere}
        assert not selectors.delegations(selectors.authority_of(study.somebody, AT), AT).exists()
        people = selectors.people(selectors.authority_of(study.principal, AT))
        assert {user.username for user in people} == {"liu.wenhai", "chen.yulan"}

    def test_says_the_state_on_the_day_at_the_site(self, study: Study) -> None:
        rows = selectors.delegations(selectors.authority_of(study.admin, AT), AT)
        row = study.propose(starts_on=TODAY + DAY, until=TODAY + 2 * DAY)
        assert rows.get(pk=row.pk).state == "waiting"
        sign(study.principal, row)
        states = [
            selectors.with_state(Delegation.objects.filter(pk=row.pk), AT + n * DAY).get().state for n in range(4)
        ]
        assert states == ["later", "in_force", "in_force", "ended"]

    def test_says_the_day_of_each_sites_own_zone(self, study: Study) -> None:
        west = SiteFactory(code="02", time_zone="America/Los_Angeles")
        there = person("coordinator", west)
        Delegation.objects.filter(user=there).update(until=TODAY - DAY)
        at = datetime(2026, 10, 20, 6, tzinfo=UTC)  # the evening of the 19th in Los Angeles
        assert selectors.with_state(Delegation.objects.filter(user=there), at).get().state == "in_force"
        assert selectors.authority_of(there, at).grants != ()

    def test_what_waits_takes_the_same_queries_for_one_as_for_many(self, study: Study) -> None:
        authority = selectors.authority_of(study.principal, AT)
        counts = []
        for tasks in (["enroll"], ["enter_data"], ["assess_skin"], ["obtain_consent"]):
            study.propose(tasks=tasks)
            with CaptureQueriesContext(connection) as queries:
                selectors.waiting_for(study.principal, authority, AT)
            counts.append(len(queries))
        assert counts == [2] * 4
