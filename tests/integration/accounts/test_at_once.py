"""Two people at the same thing at the same moment: one does it, the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.factories import AT, PASSWORD
from tests.integration.accounts.world import TODAY, Study
from trial_portal.accounts import actions
from trial_portal.accounts.models import Delegation, User
from trial_portal.audit.refusals import Refused
from trial_portal.signatures.models import Signature

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*things: Callable[[], object]) -> list[str]:
    """Do each on a connection of its own, all let go together; the sentences of those that were refused."""
    start = Barrier(len(things))

    def one(do: Callable[[], object]) -> str:
        start.wait(30)
        try:
            do()
        except Refused as refused:
            return refused.message
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(things)) as threads:
        return [message for message in threads.map(one, things) if message]


def test_the_same_proposal_is_made_once() -> None:
    study = Study()
    refused = at_once(study.propose, lambda: study.propose(by=study.second))
    assert len(refused) == 1
    assert "same delegation" in refused[0]
    assert Delegation.objects.filter(user=study.somebody).count() == 1


def test_a_delegation_is_signed_once() -> None:
    study = Study()
    row = study.propose()
    sign = lambda: actions.sign_delegation(by=study.principal, at=AT, delegation=row, password=PASSWORD)  # noqa: E731
    refused = at_once(sign, sign, sign)
    assert len(refused) == 2
    assert Signature.objects.count() == 1


def test_signed_or_withdrawn_is_one_of_the_two() -> None:
    study = Study()
    row = study.propose()
    refused = at_once(
        lambda: actions.sign_delegation(by=study.principal, at=AT, delegation=row, password=PASSWORD),
        lambda: actions.withdraw_delegation(by=study.admin, at=AT, delegation=row, reason="x"),
    )
    row.refresh_from_db()
    assert len(refused) == 1
    assert (row.status == "signed") is Signature.objects.exists()


def test_a_user_name_is_given_once() -> None:
    study = Study()
    values = {"username": "zhou.min", "printed_name": "Zhou Min", "password": "xk3q-92wm-abcd"}
    refused = at_once(
        lambda: actions.create_user(by=study.admin, at=AT, **values),
        lambda: actions.create_user(by=study.second, at=AT, **values),
    )
    assert len(refused) == 1
    assert "never given twice" in refused[0]


def test_two_admins_cannot_shut_each_other_out() -> None:
    study = Study()
    refused = at_once(
        lambda: actions.disable_user(by=study.admin, at=AT, user=study.second, reason="x"),
        lambda: actions.disable_user(by=study.second, at=AT, user=study.admin, reason="x"),
    )
    assert len(refused) == 1
    assert User.objects.filter(username__in=["wu.jie", "he.qing"], is_active=True).count() == 1


def test_nor_end_each_others_delegation() -> None:
    study = Study()
    mine, others = (Delegation.objects.get(user=user) for user in (study.admin, study.second))
    refused = at_once(
        lambda: actions.end_delegation(by=study.admin, at=AT, delegation=others, until=TODAY, reason="x"),
        lambda: actions.end_delegation(by=study.second, at=AT, delegation=mine, until=TODAY, reason="x"),
    )
    assert len(refused) == 1
    assert "No other admin" in refused[0]
