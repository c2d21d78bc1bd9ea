"""The first admins, site and principal investigator: by the portal, once."""

from __future__ import annotations

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.factories import AT, PASSWORD, UserFactory
from trial_portal.accounts import actions, selectors
from trial_portal.accounts.actions import NewPerson, NewSite
from trial_portal.accounts.models import Delegation, DelegationStep, Site, User
from trial_portal.accounts.permissions import May
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused

pytestmark = pytest.mark.django_db
ADMINS = [NewPerson("wu.jie", "Wu Jie", PASSWORD), NewPerson("he.qing", "He Qing", PASSWORD)]
OPTIONS = {
    "first_admin": "wu.jie",
    "first_admin_name": "Wu Jie",
    "second_admin": "he.qing",
    "second_admin_name": "He Qing",
    "site_code": "01",
    "site_name": "First Hospital",
    "site_short_name": "First",
    "site_city": "Nanchang",
    "investigator": "liu.wenhai",
    "investigator_name": "Dr Liu Wenhai",
}


def set_up(**kwargs: Any) -> Site:
    values = {
        "by": selectors.portal_itself(),
        "at": AT,
        "admins": ADMINS,
        "site": NewSite("01", "First Hospital", "First", "Nanchang", "Asia/Shanghai"),
        "principal": NewPerson("liu.wenhai", "Dr Liu Wenhai", PASSWORD),
        "trained_on": date(2026, 10, 1),
    }
    return actions.set_up_study(**(values | kwargs))


def test_leaves_two_admins_and_a_principal_investigator_in_force() -> None:
    site = set_up()
    people = {user.username: user for user in User.objects.filter(is_system=False)}
    assert people.keys() == {"wu.jie", "he.qing", "liu.wenhai"}
    assert all(user.must_change_password for user in people.values())
    for name in ("wu.jie", "he.qing"):
        assert selectors.authority_of(people[name], AT).holds(May.CONFIGURE, None)
    principal = selectors.authority_of(people["liu.wenhai"], AT)
    assert principal.holds(May.SIGN_DELEGATIONS, site.pk)
    assert principal.holds(May.SIGN_ELIGIBILITY, site.pk)
    steps = DelegationStep.objects.all()
    assert {(step.action, step.by.username, step.reason) for step in steps} == {("set_up", "portal", "study set up")}


def test_is_the_portals_work_in_the_ledger() -> None:
    set_up()
    rows = AuditEvent.objects.filter(table__startswith="accounts_")
    assert {row.actor for row in rows} == {"portal"}
    portal = selectors.portal_itself()
    assert not portal.has_usable_password()


def test_is_done_once_and_by_nobody_else() -> None:
    set_up()
    with pytest.raises(Refused, match="set up already"):
        set_up()
    with pytest.raises(NotPermitted):
        set_up(by=User.objects.get(username="wu.jie"))
    with pytest.raises(NotPermitted):
        set_up(by=UserFactory())


def test_wants_two_admins_and_saves_all_or_nothing() -> None:
    with pytest.raises(Refused, match="two admins"):
        set_up(admins=[ADMINS[0], ADMINS[0]])
    with pytest.raises(Refused):
        set_up(principal=NewPerson("liu wenhai", "Dr Liu Wenhai", PASSWORD))
    assert (User.objects.count(), Site.objects.count(), Delegation.objects.count()) == (0, 0, 0)


def test_command_prints_passwords_that_work_once() -> None:
    out = StringIO()
    call_command("set_up_study", stdout=out, **OPTIONS)
    printed = dict(line.strip().split(": ") for line in out.getvalue().splitlines() if line.startswith("  "))
    assert printed.keys() == {"wu.jie", "he.qing", "liu.wenhai"}
    for username, password in printed.items():
        assert actions.sign_in(at=AT, username=username, password=password).must_change_password


def test_command_says_in_a_sentence_what_stands_in_its_way() -> None:
    call_command("set_up_study", stdout=StringIO(), **OPTIONS)
    with pytest.raises(CommandError, match="set up already"):
        call_command("set_up_study", stdout=StringIO(), **OPTIONS)


def test_command_asks_for_what_it_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(question: str) -> str:
        asked.append(question)
        return "First"

    monkeypatch.setattr("builtins.input", answer)
    call_command("set_up_study", stdout=StringIO(), **(OPTIONS | {"site_short_name": None}))
    assert asked == ["Site, short name: "]
