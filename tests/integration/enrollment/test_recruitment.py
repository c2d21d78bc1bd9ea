"""Recruitment is opened, closed and limited by an admin of the whole study, each time with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrollment import actions
from enrollment.models import Recruitment, RecruitmentStep
from enrollment.workflow import TRANSITIONS
from tests.factories import AT, SiteFactory, person
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import Role
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> User:
    return person(Role.ADMIN, username="wu.jie")


def test_is_closed_and_without_target_until_an_admin_says_otherwise(admin: User, client: Client) -> None:
    client.force_login(admin)
    page = client.get(reverse("recruitment:overview")).content.decode()
    assert "Recruitment is closed" in page
    assert "Not yet recruiting" in page
    assert "No target is set" in page
    assert not Recruitment.objects.exists()


def test_each_change_is_a_step_with_its_reason(admin: User) -> None:
    actions.open_recruitment(by=admin, at=AT, reason="Approvals on file.")
    actions.set_target(by=admin, at=AT, target=10, reason="Sponsor's letter.")
    actions.close_recruitment(by=admin, at=AT, reason="Ten are enrolled.")
    actions.set_target(by=admin, at=AT, target=None, reason="Letter withdrawn.")
    row = Recruitment.objects.get()
    assert (row.is_open, row.target) == (False, None)
    assert list(RecruitmentStep.objects.values_list("action", "is_open", "target", "reason", "by")) == [
        ("open_recruitment", True, None, "Approvals on file.", admin.pk),
        ("set_target", True, 10, "Sponsor's letter.", admin.pk),
        ("close_recruitment", False, 10, "Ten are enrolled.", admin.pk),
        ("set_target", False, None, "Letter withdrawn.", admin.pk),
    ]


def test_the_ledger_names_who_and_why(admin: User) -> None:
    actions.open_recruitment(by=admin, at=AT, reason="Approvals on file.")
    rows = AuditEvent.objects.filter(table__in=["enrollment_recruitment", "enrollment_recruitmentstep"])
    assert {(row.actor, row.reason) for row in rows} == {("wu.jie", "Approvals on file.")}
    assert rows.count() == 3


def test_opening_twice_and_closing_twice_are_refused(admin: User) -> None:
    with pytest.raises(Refused, match="closed already"):
        actions.close_recruitment(by=admin, at=AT, reason="Again.")
    actions.open_recruitment(by=admin, at=AT, reason="Approvals on file.")
    with pytest.raises(Refused, match="open already"):
        actions.open_recruitment(by=admin, at=AT, reason="Again.")
    assert RecruitmentStep.objects.count() == 1


@pytest.mark.parametrize("target", [0, -1])
def test_a_target_is_one_or_more(admin: User, target: int) -> None:
    with pytest.raises(Refused) as refused:
        actions.set_target(by=admin, at=AT, target=target, reason="Why not.")
    assert refused.value.field == "target"


def test_the_same_target_again_is_refused(admin: User) -> None:
    with pytest.raises(Refused, match="already"):
        actions.set_target(by=admin, at=AT, target=None, reason="None, as before.")


@pytest.mark.parametrize("name", [transition.action for transition in TRANSITIONS])
def test_without_a_reason_nothing_is_done(admin: User, name: str) -> None:
    if name == "close_recruitment":
        actions.open_recruitment(by=admin, at=AT, reason="Approvals on file.")
    more: dict[str, Any] = {"target": 10} if name == "set_target" else {}
    steps = RecruitmentStep.objects.count()
    with pytest.raises(Refused) as refused:
        getattr(actions, name)(by=admin, at=AT, reason="  ", **more)
    assert refused.value.field == "reason"
    assert RecruitmentStep.objects.count() == steps


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.INVESTIGATOR, Role.MONITOR])
def test_nobody_else_may(role: Role) -> None:
    user = person(role, SiteFactory())
    with pytest.raises(NotPermitted):
        actions.open_recruitment(by=user, at=AT, reason="I want to.")
    assert not Recruitment.objects.exists()


def test_an_admin_of_one_site_may_read_but_not_change(client: Client) -> None:
    client.force_login(person(Role.ADMIN, SiteFactory()))
    assert b"Change the target" not in client.get(reverse("recruitment:overview")).content
    for name in ("open", "close", "target"):
        assert client.get(reverse(f"recruitment:{name}")).status_code == 403
        assert client.post(reverse(f"recruitment:{name}"), {"reason": "I want to."}).status_code == 403
    assert not RecruitmentStep.objects.exists()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.INVESTIGATOR, Role.MONITOR])
def test_everybody_of_the_study_reads_how_it_stands(client: Client, role: Role) -> None:
    actions.open_recruitment(by=person(Role.ADMIN), at=AT, reason="Approvals on file.")
    client.force_login(person(role, SiteFactory()))
    assert b"Approvals on file." in client.get(reverse("recruitment:overview")).content


@pytest.mark.parametrize("typed", ["ten", "0", "-1", "1.5", "100001"])
def test_a_wrong_target_is_said_beside_it_and_kept(admin: User, client: Client, typed: str) -> None:
    client.force_login(admin)
    answer = client.post(reverse("recruitment:target"), {"target": typed, "reason": "Letter."})
    assert answer.status_code == 422
    assert "Enter a whole number from 1 to 100 000" in answer.content.decode()
    assert f'value="{typed}"' in answer.content.decode()
    assert not RecruitmentStep.objects.exists()


def test_a_refusal_of_the_action_is_shown_on_the_page(admin: User, client: Client) -> None:
    client.force_login(admin)
    answer = client.post(reverse("recruitment:close"), {"reason": "Enough."})
    assert answer.status_code == 422
    assert "Recruitment is closed already. Nothing was changed." in answer.content.decode()
    assert "Enough." in answer.content.decode()


def test_an_unknown_field_is_refused(admin: User, client: Client) -> None:
    client.force_login(admin)
    answer = client.post(reverse("recruitment:open"), {"reason": "Approvals.", "target": "10"})
    assert answer.status_code == 422
    assert not RecruitmentStep.objects.exists()
