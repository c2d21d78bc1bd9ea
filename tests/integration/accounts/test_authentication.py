"""Who one is: signing in and out, wrong passwords counted, and confirmed again before an action."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.db import connection, transaction

from tests.factories import AT, PASSWORD, UserFactory
from tests.integration.accounts.world import WRONG, Study
from trial_portal.accounts import actions, selectors
from trial_portal.accounts.lockout import MOST_FAILURES, REST, key
from trial_portal.accounts.models import SignIn, User
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import Refused

pytestmark = pytest.mark.django_db
MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


def refused(username: str, password: str = WRONG, at=AT) -> str:  # type: ignore[no-untyped-def]
    with pytest.raises(Refused) as refusal:
        actions.sign_in(at=at, username=username, password=password)
    assert refusal.value.field == "password"
    return refusal.value.message


def events(user: User | None) -> list[str]:
    return list(SignIn.objects.filter(user=user).order_by("id").values_list("event", flat=True))


class TestSigningIn:
    def test_with_name_and_password_is_recorded_as_the_persons_own(self) -> None:
        user = UserFactory(username="chen.yulan")
        assert actions.sign_in(at=AT, username="chen.yulan", password=PASSWORD) == user
        assert events(user) == ["in"]
        assert AuditEvent.objects.filter(table="accounts_signin").get().actor == "chen.yulan"

    @pytest.mark.parametrize("typed", [" chen.yulan ", "Chen.Yulan", "\uff43\uff48\uff45\uff4e.yulan"])
    def test_takes_the_name_as_phones_and_input_methods_write_it(self, typed: str) -> None:
        user = UserFactory(username="chen.yulan")
        assert actions.sign_in(at=AT, username=typed, password=PASSWORD) == user

    def test_takes_the_password_exactly(self) -> None:
        UserFactory(username="chen.yulan")
        refused("chen.yulan", f" {PASSWORD}")
        refused("chen.yulan", PASSWORD.upper())

    def test_is_refused_in_the_same_words_for_unknown_wrong_and_disabled(self) -> None:
        UserFactory(username="chen.yulan")
        UserFactory(username="gone", is_active=False)
        said = {refused("chen.yulan"), refused("nobody"), refused("gone", PASSWORD)}
        assert said == {"User name and password do not match. After 4 more attempts this account rests for 15 minutes."}

    def test_is_refused_for_the_portal_itself(self) -> None:
        portal = UserFactory(username="portal", is_system=True)
        refused("portal", PASSWORD)
        assert events(portal) == []

    def test_failing_is_recorded_by_the_portal_without_a_name_nobody_has(self) -> None:
        user = UserFactory(username="chen.yulan")
        refused("chen.yulan")
        refused("my secret typed too early")
        assert (events(user), events(None)) == (["failed"], ["failed"])
        rows = AuditEvent.objects.filter(table="accounts_signin")
        assert {row.actor for row in rows} == {"portal"}
        kept = [*AuditEvent.objects.values_list("changes", flat=True), *AccessAttempt.objects.values_list()]
        assert "my secret" not in str(kept)

    def test_out_is_recorded(self) -> None:
        user = UserFactory()
        actions.sign_out(by=user, at=AT)
        assert events(user) == ["out"]


class TestAnAccount:
    def test_rests_after_five_wrong_passwords_for_a_quarter_of_an_hour(self) -> None:
        user = UserFactory(username="chen.yulan")
        said = [refused("chen.yulan", at=AT + n * MINUTE) for n in range(MOST_FAILURES)]
        assert ["4 more attempts" in said[0], "1 more attempt " in said[3]] == [True, True]
        assert said[4] == (
            "Too many attempts: this account rests until 20 Oct 2026, 14:19 (Asia/Shanghai). An admin can open it"
            " earlier."
        )
        assert events(user) == ["failed"] * 4 + ["locked"]
        assert "rests until" in refused("chen.yulan", PASSWORD, AT + 18 * MINUTE)
        assert actions.sign_in(at=AT + 4 * MINUTE + REST + SECOND, username="chen.yulan", password=PASSWORD) == user

    def test_rests_no_longer_when_somebody_goes_on_trying(self) -> None:
        UserFactory(username="chen.yulan")
        for _ in range(MOST_FAILURES):
            refused("chen.yulan", at=AT)
        opens = selectors.rests_until("chen.yulan", AT)
        refused("chen.yulan", at=AT + 10 * MINUTE)
        assert selectors.rests_until("chen.yulan", AT + 10 * MINUTE) == opens == AT + REST

    def test_that_does_not_exist_rests_like_one_that_does(self) -> None:
        said = [refused("nobody") for _ in range(MOST_FAILURES + 1)]
        UserFactory(username="chen.yulan")
        assert said == [refused("chen.yulan") for _ in range(MOST_FAILURES + 1)]
        assert events(None) == ["failed"] * 4 + ["locked"] * 2

    def test_starts_anew_after_a_right_password(self) -> None:
        UserFactory(username="chen.yulan")
        for _ in range(4):
            refused("chen.yulan")
        actions.sign_in(at=AT, username="chen.yulan", password=PASSWORD)
        assert selectors.failures_left("chen.yulan", AT) == MOST_FAILURES

    def test_starts_anew_when_a_quarter_of_an_hour_passed_without_a_wrong_one(self) -> None:
        for _ in range(4):
            refused("chen.yulan")
        assert "4 more attempts" in refused("chen.yulan", at=AT + REST + SECOND)

    def test_is_counted_whatever_its_name_looks_like(self) -> None:
        refused("Chen.Yulan ")
        assert "3 more attempts" in refused("chen.yulan")

    def test_leaves_others_alone(self) -> None:
        for _ in range(MOST_FAILURES):
            refused("chen.yulan")
        UserFactory(username="zhou.min")
        actions.sign_in(at=AT, username="zhou.min", password=PASSWORD)

    def test_is_kept_in_the_lockout_under_a_keyed_digest_alone(self) -> None:
        refused("chen.yulan", "hunter2 hunter2")
        row = AccessAttempt.objects.values().get()
        assert row["username"] == key("chen.yulan")
        assert (row["get_data"], row["post_data"], row["path_info"], row["ip_address"]) == ("", "", "<unknown>", None)


class TestAConfirmation:
    def test_of_a_wrong_or_missing_password_is_refused_and_counted(self) -> None:
        user = UserFactory(username="chen.yulan")
        for password, says in ((WRONG, "This is not your password."), ("", "Enter your password.")):
            with pytest.raises(Refused, match=says) as refusal:
                actions.confirm_password(by=user, at=AT, password=password)
            assert refusal.value.field == "password"
        assert selectors.failures_left("chen.yulan", AT) == 3
        assert events(user) == ["failed", "failed"]

    def test_is_refused_with_the_time_while_the_account_rests(self) -> None:
        user = UserFactory(username="chen.yulan")
        for _ in range(MOST_FAILURES):
            refused("chen.yulan")
        with pytest.raises(Refused, match="rests until 20 Oct 2026, 14:15"):
            actions.confirm_password(by=user, at=AT, password=PASSWORD)

    def test_inside_a_transaction_takes_the_right_password_and_breaks_on_a_wrong_one(self) -> None:
        user = UserFactory(username="chen.yulan")
        with transaction.atomic():
            actions.confirm_password(by=user, at=AT, password=PASSWORD)
        with pytest.raises(RuntimeError, match="would not be counted"), transaction.atomic():
            actions.confirm_password(by=user, at=AT, password=WRONG)

    def test_of_somebody_disabled_since_is_refused(self) -> None:
        user = UserFactory(username="chen.yulan")
        User.objects.filter(pk=user.pk).update(is_active=False)
        with pytest.raises(Refused):
            actions.confirm_password(by=user, at=AT, password=PASSWORD)


@pytest.mark.django_db(transaction=True)
class TestTheCount:
    def test_stands_although_the_signed_action_is_rolled_back(self) -> None:
        study = Study()
        proposed = study.propose()
        with pytest.raises(Refused, match="not your password"):
            actions.sign_delegation(by=study.principal, at=AT, delegation=proposed, password=WRONG)
        assert selectors.failures_left(study.principal.username, AT) == MOST_FAILURES - 1
        assert events(study.principal) == ["failed"]

    def test_is_right_when_twenty_are_tried_at_once(self) -> None:
        UserFactory(username="chen.yulan")
        start = Barrier(20)

        def one(index: int) -> str:
            start.wait(30)
            try:
                return refused("chen.yulan", f"guess {index}")
            finally:
                connection.close()

        with ThreadPoolExecutor(20) as threads:
            said = list(threads.map(one, range(20)))
        assert sum("do not match" in message for message in said) == MOST_FAILURES - 1
        assert sum("rests until" in message for message in said) == 20 - MOST_FAILURES + 1


def test_limits_are_those_of_the_settings() -> None:
    assert (settings.AXES_FAILURE_LIMIT, settings.AXES_COOLOFF_TIME, MOST_FAILURES, REST) == (5, 0.25, 5, 15 * MINUTE)
