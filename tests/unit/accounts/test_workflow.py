"""What may happen to a delegation: every pair of action and status, written out."""

from __future__ import annotations

from itertools import product

import pytest

from trial_portal.accounts.permissions import May
from trial_portal.accounts.workflow import DECLINED, PROPOSED, SIGNED, TRANSITIONS, WITHDRAWN, ways

LEGAL = {
    ("propose", ""): PROPOSED,
    ("set_up", ""): SIGNED,
    ("sign", PROPOSED): SIGNED,
    ("decline", PROPOSED): DECLINED,
    ("withdraw", PROPOSED): WITHDRAWN,
    ("end", SIGNED): SIGNED,
}
ACTIONS = ("propose", "set_up", "sign", "decline", "withdraw", "end")


@pytest.mark.parametrize(("action", "status"), list(product(ACTIONS, ["", PROPOSED, SIGNED, DECLINED, WITHDRAWN])))
def test_leads_where_it_should_or_nowhere(action: str, status: str) -> None:
    target = LEGAL.get((action, status))
    assert {way.target for way in ways(action, status)} == ({target} if target else set())


def test_has_no_action_beyond_these() -> None:
    assert {way.action for way in TRANSITIONS} == set(ACTIONS)


def test_only_signing_carries_a_signature() -> None:
    assert {way.action for way in TRANSITIONS if way.signature_meaning} == {"sign"}


def test_signing_is_the_principal_investigators_or_a_second_admins() -> None:
    assert {way.permission for way in ways("sign", PROPOSED)} == {May.SIGN_DELEGATIONS, May.CONFIGURE}
