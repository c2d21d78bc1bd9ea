"""Every action of accounts: refused for everybody who may not, and in the ledger with actor and reason for who may."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from tests.factories import AT, PASSWORD, SiteFactory, UserFactory, person
from tests.integration.accounts.test_users import lock
from tests.integration.accounts.world import TODAY, Study
from trial_portal.accounts import actions
from trial_portal.accounts.models import Delegation, User
from trial_portal.audit.actions import ACTIONS
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused

pytestmark = pytest.mark.django_db
REASON = "because it is so"
SITE = {"name": "Second Hospital", "short_name": "Second", "city": "Nanchang", "time_zone": "Asia/Shanghai"}
Case = tuple[Callable[..., Any], Callable[[Study], dict[str, Any]], set[str]]

ADMINS = {"admin", "second"}
CONFIGURE_SITE = ADMINS | {"site admin"}


def approval(study: Study) -> Any:
    return actions.add_approval(
        by=study.admin,
        at=AT,
        site=study.site,
        protocol_label=settings.PROTOCOL.label,
        ethics_committee="Ethics committee",
        ethics_reference="2026-031",
        ethics_approved_on=TODAY,
        site_approved_on=TODAY,
    )


def locked(study: Study) -> User:
    lock(study.somebody.username)
    return study.somebody


def disabled(study: Study) -> User:
    return actions.disable_user(by=study.admin, at=AT, user=study.somebody, reason="x")


CASES: dict[str, Case] = {
    "create_user": (
        actions.create_user,
        lambda study: {"username": "new", "printed_name": "New", "password": "xk3q-92wm-abcd"},
        ADMINS,
    ),
    "change_user": (
        actions.change_user,
        lambda study: {"user": study.somebody, "printed_name": "N", "email": "", "phone": "", "reason": REASON},
        ADMINS,
    ),
    "disable_user": (actions.disable_user, lambda study: {"user": study.somebody, "reason": REASON}, ADMINS),
    "enable_user": (actions.enable_user, lambda study: {"user": disabled(study), "reason": REASON}, ADMINS),
    "set_password": (
        actions.set_password,
        lambda study: {"user": study.somebody, "password": "xk3q-92wm-abcd", "reason": REASON},
        ADMINS,
    ),
    "unlock_user": (actions.unlock_user, lambda study: {"user": locked(study), "reason": REASON}, ADMINS),
    "create_site": (actions.create_site, lambda study: {"code": "77", **SITE}, ADMINS),
    "change_site": (
        actions.change_site,
        lambda study: {"site": study.site, "is_active": True, "reason": REASON, **SITE},
        CONFIGURE_SITE,
    ),
    "add_approval": (
        actions.add_approval,
        lambda study: {
            "site": study.site,
            "protocol_label": settings.PROTOCOL.label,
            "ethics_committee": "Ethics committee",
            "ethics_reference": "2026-031",
            "ethics_approved_on": TODAY,
            "site_approved_on": TODAY,
        },
        CONFIGURE_SITE,
    ),
    "strike_approval": (
        actions.strike_approval,
        lambda study: {"approval": approval(study), "reason": REASON},
        CONFIGURE_SITE,
    ),
    "propose_delegation": (
        actions.propose_delegation,
        lambda study: {
            "user": study.somebody,
            "site": study.site,
            "role": "monitor",
            "tasks": [],
            "trained_on": TODAY,
            "starts_on": TODAY,
        },
        CONFIGURE_SITE,
    ),
    "sign_delegation": (
        actions.sign_delegation,
        lambda study: {"delegation": study.propose(), "password": PASSWORD},
        {"principal"},
    ),
    "decline_delegation": (
        actions.decline_delegation,
        lambda study: {"delegation": study.propose(), "reason": REASON},
        {"principal"},
    ),
    "withdraw_delegation": (
        actions.withdraw_delegation,
        lambda study: {"delegation": study.propose(), "reason": REASON},
        CONFIGURE_SITE,
    ),
    "end_delegation": (
        actions.end_delegation,
        lambda study: {"delegation": study.signed(), "until": TODAY, "reason": REASON},
        CONFIGURE_SITE | {"principal"},
    ),
}
"""Action, what it needs, and who of the people below may do it."""


def asked(action: Callable[..., Any]) -> set[str]:
    """The names of an action's parameters."""
    return set(inspect.signature(action).parameters)


OWN = {"sign_out", "accept_statement", "_change_password", "_tried", "_record"}
"""What everybody does with their own account, or the portal at its door."""

PEOPLE = [
    "admin",
    "second",
    "site admin",
    "other site's admin",
    "principal",
    "other principal",
    "investigator",
    "coordinator",
    "monitor",
    "study monitor",
    "nobody",
    "ended admin",
    "disabled admin",
]


def people(study: Study, name: str) -> User:
    """One of ``PEOPLE``."""
    if name in ("admin", "second", "principal"):
        return {"admin": study.admin, "second": study.second, "principal": study.principal}[name]
    other = SiteFactory(code="02")
    made: dict[str, Callable[[], User]] = {
        "site admin": lambda: person("admin", study.site),
        "other site's admin": lambda: person("admin", other),
        "other principal": lambda: person("investigator", other, principal=True),
        "investigator": lambda: person("investigator", study.site),
        "coordinator": lambda: person("coordinator", study.site),
        "monitor": lambda: person("monitor", study.site),
        "study monitor": lambda: person("monitor"),
        "nobody": UserFactory,
        "ended admin": lambda: person("admin"),
        "disabled admin": lambda: person("admin", is_active=False),
    }
    user = made[name]()
    if name == "ended admin":
        Delegation.objects.filter(user=user).update(until=TODAY - timedelta(days=1))
    return user


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("name", CASES)
def test_is_for_those_who_may_and_leaves_their_name_and_reason(name: str, who: str) -> None:
    study = Study()
    action, needs, allowed = CASES[name]
    by, values = people(study, who), needs(study)
    before = AuditEvent.objects.count()
    if (name, who) == ("sign_delegation", "disabled admin"):
        with pytest.raises(Refused, match="not your password"):  # a closed account has none
            action(by=by, at=AT, **values)
        return
    if who not in allowed:
        with pytest.raises(NotPermitted):
            action(by=by, at=AT, **values)
        assert AuditEvent.objects.count() == before
        return
    action(by=by, at=AT, **values)
    rows = AuditEvent.objects.order_by("id")[before:]
    assert len(rows) > 0
    assert {row.actor for row in rows} == {by.username}
    assert {row.reason for row in rows} == {values.get("reason", "")}


def test_every_action_of_accounts_is_in_the_table() -> None:
    known = {name.rsplit(".", 1)[1] for name in ACTIONS if name.startswith("trial_portal.accounts.")}
    assert known - OWN - {"set_up_study"} == CASES.keys()


@pytest.mark.parametrize("name", [name for name, (action, _, _) in CASES.items() if "reason" in asked(action)])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_what_changes_something_asks_why(name: str, reason: str) -> None:
    study = Study()
    action, needs, allowed = CASES[name]
    by = study.admin if "admin" in allowed else study.principal
    with pytest.raises(Refused, match="Say why") as refusal:
        action(by=by, at=AT, **(needs(study) | {"reason": reason}))
    assert refusal.value.field == "reason"
