"""Who may do what where: the whole truth table, written out a second time."""

from __future__ import annotations

from itertools import product

import pytest

from trial_portal.accounts.permissions import TASKS_OF, Authority, Grant, May, Role, Task, merged
from trial_portal.audit.refusals import NotPermitted

HERE, ELSEWHERE = 1, 2

BY_ROLE = {
    Role.COORDINATOR: {May.SEE_RECORDS, May.SEE_CONFIGURATION, May.SEE_IDENTITIES},
    Role.INVESTIGATOR: {
        May.SEE_RECORDS,
        May.SEE_CONFIGURATION,
        May.SEE_IDENTITIES,
        May.RESOLVE_DUPLICATES,
        May.RECORD_DEVIATION,
        May.REVIEW,
        May.READ_LEDGER,
    },
    Role.ADMIN: {May.SEE_RECORDS, May.SEE_CONFIGURATION, May.CONFIGURE, May.READ_LEDGER},
    Role.MONITOR: {May.SEE_RECORDS, May.SEE_CONFIGURATION, May.READ_LEDGER},
}
"""What a role may do without any task."""

BY_TASK = {
    (Role.COORDINATOR, Task.OBTAIN_CONSENT): {May.RECORD_CONSENT, May.PRESCREEN},
    (Role.COORDINATOR, Task.ENTER_DATA): {
        May.REGISTER,
        May.PRESCREEN,
        May.RECORD_CONSENT,
        May.STRIKE,
        May.SCREEN,
    },
    (Role.COORDINATOR, Task.ENROLL): {May.ENROLL},
    (Role.INVESTIGATOR, Task.OBTAIN_CONSENT): {May.RECORD_CONSENT, May.PRESCREEN},
    (Role.INVESTIGATOR, Task.ENTER_DATA): {
        May.REGISTER,
        May.PRESCREEN,
        May.RECORD_CONSENT,
        May.STRIKE,
        May.SCREEN,
    },
    (Role.INVESTIGATOR, Task.CONFIRM_ELIGIBILITY): {May.SIGN_ELIGIBILITY},
    (Role.INVESTIGATOR, Task.ENROLL): {May.ENROLL},
}
"""What a task adds; every other pair adds nothing."""

NEVER = {
    Role.COORDINATOR: {May.SIGN_ELIGIBILITY, May.CONFIGURE, May.SIGN_DELEGATIONS, May.REVIEW},
    Role.INVESTIGATOR: {May.CONFIGURE},
    Role.ADMIN: {May.SEE_IDENTITIES, May.REGISTER, May.RECORD_CONSENT, May.SCREEN, May.SIGN_ELIGIBILITY, May.ENROLL}
    | {May.SIGN_DELEGATIONS},
    Role.MONITOR: set(May) - {May.SEE_RECORDS, May.SEE_CONFIGURATION, May.READ_LEDGER},
}
"""Design, Roles and tasks: "may not", whatever is delegated."""


@pytest.mark.parametrize(("role", "task"), list(product(Role, [None, *Task])))
@pytest.mark.parametrize("permission", May)
def test_role_with_one_task(role: Role, task: Task | None, permission: May) -> None:
    authority = merged([Grant(HERE, role, frozenset({task} if task else ()))])
    expected = permission in BY_ROLE[role] | BY_TASK.get((role, task), set())  # type: ignore[arg-type]

    assert authority.may(permission, HERE) is expected
    assert authority.may(permission) is expected
    assert authority.holds(permission, HERE) is expected
    assert not authority.may(permission, ELSEWHERE)
    assert not authority.holds(permission, None)
    assert authority.sites(permission) == ({HERE} if expected else frozenset())


@pytest.mark.parametrize(("role", "permission"), list(product([Role.ADMIN, Role.MONITOR], May)))
def test_role_in_the_whole_study(role: Role, permission: May) -> None:
    authority = merged([Grant(None, role)])
    expected = permission in BY_ROLE[role]

    assert authority.may(permission, HERE) is authority.may(permission, ELSEWHERE) is expected
    assert authority.holds(permission, None) is expected
    assert authority.sites(permission) == (None if expected else frozenset())


@pytest.mark.parametrize("role", Role)
def test_no_set_of_tasks_gives_what_the_role_may_never(role: Role) -> None:
    permits = Grant(HERE, role, frozenset(Task)).permits
    assert permits & NEVER[role] == set()


def test_a_principal_investigator_signs_delegations_at_the_site_alone() -> None:
    authority = merged([Grant(HERE, Role.INVESTIGATOR, principal=True)])
    assert authority.holds(May.SIGN_DELEGATIONS, HERE)
    assert not authority.holds(May.SIGN_DELEGATIONS, ELSEWHERE)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.INVESTIGATOR}))
def test_nobody_else_is_a_principal_investigator(role: Role) -> None:
    assert May.SIGN_DELEGATIONS not in Grant(HERE, role, principal=True).permits


def test_several_delegations_add_up_each_at_its_site() -> None:
    authority = merged([Grant(HERE, Role.COORDINATOR), Grant(ELSEWHERE, Role.INVESTIGATOR), Grant(None, Role.MONITOR)])
    assert authority.may(May.REVIEW, ELSEWHERE)
    assert not authority.may(May.REVIEW, HERE)
    assert authority.sites(May.SEE_IDENTITIES) == {HERE, ELSEWHERE}
    assert authority.sites(May.SEE_RECORDS) is None
    assert authority.roles == (Role.COORDINATOR, Role.INVESTIGATOR, Role.MONITOR)


@pytest.mark.parametrize("permission", May)
def test_without_a_delegation_nothing_is_permitted(permission: May) -> None:
    nobody = Authority()
    assert not nobody.may(permission)
    assert nobody.sites(permission) == frozenset()
    for site in (HERE, None):
        with pytest.raises(NotPermitted, match=f"You may not {permission}"):
            nobody.check(permission, site)


@pytest.mark.parametrize(("role", "task"), list(product([Role.COORDINATOR, Role.INVESTIGATOR], Task)))
def test_tasks_fit_the_role(role: Role, task: Task) -> None:
    assert (task in TASKS_OF[role]) is (role is Role.INVESTIGATOR or task is not Task.CONFIRM_ELIGIBILITY)


def test_admins_and_monitors_have_no_tasks() -> None:
    assert TASKS_OF[Role.ADMIN] == TASKS_OF[Role.MONITOR] == frozenset()
