"""Accounts: made, changed, closed, opened, passwords. One person, one account (21 CFR 11.100, 11.200, 11.300)."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from tests.factories import AT, PASSWORD, UserFactory, person
from tests.integration.accounts.world import WRONG, Study
from trial_portal.accounts import actions, selectors
from trial_portal.accounts.lockout import MOST_FAILURES
from trial_portal.accounts.models import SignIn, User, UserStep
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused

pytestmark = pytest.mark.django_db
FIRST = "xk3q-92wm-abcd"


@pytest.fixture
def study() -> Study:
    return Study()


def create(by: User, **kwargs: str) -> User:
    values = {"username": "zhou.min", "printed_name": "Dr Zhou Min", "password": FIRST}
    return actions.create_user(by=by, at=AT, **(values | kwargs))


def lock(username: str) -> None:
    for _ in range(MOST_FAILURES):
        with pytest.raises(Refused):
            actions.sign_in(at=AT, username=username, password=WRONG)


class TestANewAccount:
    def test_has_a_first_password_that_has_to_be_changed(self, study: Study) -> None:
        user = create(study.admin, printed_name=" Dr  Zhou Min ", phone="ext. 1")
        assert (user.username, user.printed_name, user.phone) == ("zhou.min", "Dr Zhou Min", "ext. 1")
        assert user.must_change_password
        assert actions.sign_in(at=AT, username="zhou.min", password=FIRST) == user
        assert UserStep.objects.get(user=user).action == "create"

    def test_keeps_its_password_out_of_ledger_and_steps(self, study: Study) -> None:
        user = create(study.admin)
        kept = [*AuditEvent.objects.values_list("changes", flat=True), *UserStep.objects.values_list("changes")]
        assert FIRST not in str(kept)
        assert user.password not in str(kept)
        event = AuditEvent.objects.get(table="accounts_user", key=str(user.pk), operation="INSERT")
        assert (event.actor, event.changes["password"]) == ("wu.jie", "changed")

    @pytest.mark.parametrize("name", ["chen.yulan", "Chen.Yulan", " chen.yulan"])
    @pytest.mark.parametrize("disabled", [True, False])
    def test_never_takes_a_name_that_was_somebodys(self, study: Study, name: str, disabled: bool) -> None:
        User.objects.filter(pk=study.somebody.pk).update(is_active=not disabled)
        with pytest.raises(Refused, match="never given twice") as refusal:
            create(study.admin, username=name)
        assert refusal.value.field == "username"

    def test_never_takes_the_portals_name(self, study: Study) -> None:
        with pytest.raises(Refused, match="never given twice"):
            create(study.admin, username="portal")

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("username", "zhou min"),
            ("username", "-zhou"),
            ("username", ""),
            ("printed_name", " "),
            ("email", "zhou"),
            ("password", "short"),
        ],
    )
    def test_is_refused_with_a_value_that_its_column_does_not_take(self, study: Study, field: str, value: str) -> None:
        with pytest.raises(Refused) as refusal:
            create(study.admin, **{field: value})
        assert refusal.value.field == field
        assert not User.objects.filter(printed_name="Dr Zhou Min").exists()


class TestAnAccount:
    def test_is_changed_with_a_reason_old_and_new(self, study: Study) -> None:
        values = {"printed_name": "Chen Yulan 陈玉兰", "email": "chen@example.org", "phone": ""}
        actions.change_user(by=study.admin, at=AT, user=study.somebody, reason="married", **values)
        step = UserStep.objects.get(user=study.somebody)
        assert (step.by, step.reason) == (study.admin, "married")
        assert step.changes == {
            "printed_name": ["Chen Yulan", "Chen Yulan 陈玉兰"],
            "email": ["", "chen@example.org"],
        }

    def test_without_a_difference_is_not_changed(self, study: Study) -> None:
        with pytest.raises(Refused, match="nothing was changed"):
            actions.change_user(
                by=study.admin, at=AT, user=study.somebody, printed_name="Chen Yulan", email="", phone="", reason="x"
            )

    def test_that_is_disabled_cannot_sign_in_and_its_sessions_end(self, study: Study) -> None:
        before = study.somebody.get_session_auth_hash()
        row = actions.disable_user(by=study.admin, at=AT, user=study.somebody, reason="left")
        assert (row.is_active, row.session_epoch) == (False, 1)
        assert row.get_session_auth_hash() != before
        with pytest.raises(Refused, match="do not match"):
            actions.sign_in(at=AT, username="chen.yulan", password=PASSWORD)
        assert actions.enable_user(by=study.admin, at=AT, user=study.somebody, reason="came back").is_active
        assert [step.action for step in UserStep.objects.filter(user=study.somebody)] == ["disable", "enable"]

    def test_that_is_disabled_has_no_authority(self, study: Study) -> None:
        coordinator = person("coordinator", study.site)
        actions.disable_user(by=study.admin, at=AT, user=coordinator, reason="left")
        coordinator.refresh_from_db()
        assert selectors.authority_of(coordinator, AT).grants == ()

    def test_of_ones_own_is_disabled_by_another_admin(self, study: Study) -> None:
        with pytest.raises(Refused, match="Another admin"):
            actions.disable_user(by=study.admin, at=AT, user=study.admin, reason="x")

    def test_is_neither_disabled_nor_enabled_twice(self, study: Study) -> None:
        with pytest.raises(Refused, match="active already"):
            actions.enable_user(by=study.admin, at=AT, user=study.somebody, reason="x")
        actions.disable_user(by=study.admin, at=AT, user=study.somebody, reason="x")
        with pytest.raises(Refused, match="disabled already"):
            actions.disable_user(by=study.admin, at=AT, user=study.somebody, reason="x")

    def test_of_the_portal_is_nobodys_to_change(self, study: Study) -> None:
        portal = UserFactory(username="portal", is_system=True)
        for action in (actions.disable_user, actions.enable_user, actions.unlock_user):
            with pytest.raises(User.DoesNotExist):
                action(by=study.admin, at=AT, user=portal, reason="x")

    def test_name_can_neither_be_doubled_nor_the_row_deleted_in_the_database(self, study: Study) -> None:
        with pytest.raises(DatabaseError, match="unique"), transaction.atomic():
            UserFactory(username="chen.yulan")
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            User.objects.filter(username="chen.yulan")._raw_delete("default")


class TestALostPassword:
    def test_is_set_anew_and_has_to_be_changed(self, study: Study) -> None:
        row = actions.set_password(by=study.admin, at=AT, user=study.somebody, password=FIRST, reason="lost")
        assert (row.must_change_password, row.session_epoch) == (True, 1)
        assert actions.sign_in(at=AT, username="chen.yulan", password=FIRST) == row
        step = UserStep.objects.get(user=row)
        assert (step.action, step.by, step.reason, step.changes) == ("set_password", study.admin, "lost", {})

    def test_that_an_admin_set_signs_nothing(self, study: Study) -> None:
        proposed = study.propose()
        actions.set_password(by=study.admin, at=AT, user=study.principal, password=FIRST, reason="lost")
        with pytest.raises(Refused, match="Change it first") as refusal:
            actions.sign_delegation(by=study.principal, at=AT, delegation=proposed, password=FIRST)
        assert refusal.value.field == "password"
        actions.change_password(by=study.principal, at=AT, old=FIRST, new=PASSWORD)
        actions.sign_delegation(by=study.principal, at=AT, delegation=proposed, password=PASSWORD)

    def test_of_ones_own_is_changed_not_set(self, study: Study) -> None:
        with pytest.raises(Refused, match="your own page"):
            actions.set_password(by=study.admin, at=AT, user=study.admin, password=FIRST, reason="x")

    def test_set_anew_lets_a_locked_account_in(self, study: Study) -> None:
        lock("chen.yulan")
        actions.set_password(by=study.admin, at=AT, user=study.somebody, password=FIRST, reason="forgot it")
        actions.sign_in(at=AT, username="chen.yulan", password=FIRST)


class TestOnesOwnPassword:
    def test_is_changed_with_the_old_one(self, study: Study) -> None:
        user = actions.change_password(by=study.somebody, at=AT, old=PASSWORD, new="another good one")
        assert not user.must_change_password
        assert user.get_session_auth_hash() != study.somebody.get_session_auth_hash()
        actions.sign_in(at=AT, username="chen.yulan", password="another good one")

    def test_is_not_changed_with_a_wrong_one_which_counts(self, study: Study) -> None:
        with pytest.raises(Refused) as refusal:
            actions.change_password(by=study.somebody, at=AT, old=WRONG, new="another good one")
        assert refusal.value.field == "old"
        assert selectors.failures_left("chen.yulan", AT) == MOST_FAILURES - 1

    @pytest.mark.parametrize("new", ["short", PASSWORD, "chen.yulan1"])
    def test_is_not_changed_to_a_bad_or_the_same_one(self, study: Study, new: str) -> None:
        with pytest.raises(Refused) as refusal:
            actions.change_password(by=study.somebody, at=AT, old=PASSWORD, new=new)
        assert refusal.value.field == "new"


class TestALock:
    def test_is_opened_with_a_reason(self, study: Study) -> None:
        lock("chen.yulan")
        assert selectors.locked_users(AT).keys() == {study.somebody.pk}
        actions.unlock_user(by=study.admin, at=AT, user=study.somebody, reason="asked her by telephone")
        assert selectors.locked_users(AT) == {}
        actions.sign_in(at=AT, username="chen.yulan", password=PASSWORD)
        assert UserStep.objects.get(user=study.somebody).reason == "asked her by telephone"

    def test_that_is_none_is_not_opened(self, study: Study) -> None:
        with pytest.raises(Refused, match="not locked"):
            actions.unlock_user(by=study.admin, at=AT, user=study.somebody, reason="x")


class TestTheStatement:
    def test_is_accepted_once(self) -> None:
        user = UserFactory(statement=False)
        first = actions.accept_statement(by=user, at=AT, text="It binds.")
        assert actions.accept_statement(by=user, at=AT, text="Something else.") == first
        assert selectors.statement_of(user).text == "It binds."
        assert AuditEvent.objects.get(table="accounts_signaturestatement").actor == user.username


def test_only_admins_of_the_whole_study_administer_people(study: Study) -> None:
    at_one_site = person("admin", study.site)
    for by in (at_one_site, study.principal, study.somebody):
        for refused in (
            lambda by=by: create(by),
            lambda by=by: actions.disable_user(by=by, at=AT, user=study.second, reason="x"),
            lambda by=by: actions.set_password(by=by, at=AT, user=study.second, password=FIRST, reason="x"),
        ):
            with pytest.raises(NotPermitted):
                refused()
    assert SignIn.objects.count() == 0
