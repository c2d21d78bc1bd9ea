"""Every form of the study's pages: where it is, what is typed, and what of it is wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD
from tests.integration.accounts.world import WRONG, Study
from trial_portal.accounts import actions
from trial_portal.accounts.lockout import MOST_FAILURES
from trial_portal.accounts.models import User
from trial_portal.audit.refusals import Refused

REASON = "The reason, in words"
SITE = {"name": "Second Hospital", "short_name": "Second", "city": "Nanchang", "time_zone": "Asia/Shanghai"}


@dataclass(frozen=True)
class Bad:
    """Something typed wrongly: at which field the page says it, and what."""

    field: str
    says: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Typed:
    """A form, and what is typed. Dates are dates, lists are ticks; everything else is as it is sent."""

    by: User
    url: str
    good: dict[str, Any]
    bad: list[Bad] = field(default_factory=list)
    shows_password: bool = False


NO_REASON = Bad("reason", "Say why.", {"reason": " "})


def today() -> date:
    """Today at the study's sites."""
    return timezone.localdate()


def days(count: int) -> date:
    """So many days from today."""
    return today() + timedelta(days=count)


def as_posted(values: dict[str, Any]) -> dict[str, Any]:
    """The fields as a browser sends them: a date as three boxes, None not at all."""
    posted: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, date):
            posted |= {f"{name}-year": value.year, f"{name}-month": value.month, f"{name}-day": value.day}
        elif isinstance(value, tuple):
            posted |= dict(zip((f"{name}-year", f"{name}-month", f"{name}-day"), value, strict=True))
        elif value is not None:
            posted[name] = value
    return posted


def page(name: str, *args: Any) -> str:
    return reverse(f"study:{name}", args=args)


def user_add(study: Study) -> Typed:
    good = {"username": "zhou.min", "printed_name": "Dr Zhou Min", "email": "zhou@example.org", "phone": "ext. 1"}
    bad = [
        Bad("username", "Enter the user name.", {"username": ""}),
        Bad("username", "Use small letters", {"username": "Zhou Min"}),
        Bad("username", "never given twice", {"username": "chen.yulan"}),
        Bad("printed_name", "Enter the printed name.", {"printed_name": "  "}),
        Bad("email", "no e-mail address", {"email": "zhou at home"}),
        Bad("password", "too short", {"password": "short"}),
    ]
    return Typed(study.admin, page("user-add"), good, bad, shows_password=True)


def user_edit(study: Study) -> Typed:
    good = {"printed_name": "Chen Yulan 陈玉兰", "email": "", "phone": "ext. 2", "reason": REASON}
    bad = [NO_REASON, Bad("printed_name", "Enter the printed name.", {"printed_name": ""})]
    return Typed(study.admin, page("user-edit", study.somebody.pk), good, bad)


def user_disable(study: Study) -> Typed:
    return Typed(study.admin, page("user-disable", study.somebody.pk), {"reason": REASON}, [NO_REASON])


def user_enable(study: Study) -> Typed:
    study.somebody.is_active = False
    study.somebody.save()
    return Typed(study.admin, page("user-enable", study.somebody.pk), {"reason": REASON}, [NO_REASON])


def user_password(study: Study) -> Typed:
    bad = [NO_REASON, Bad("password", "too short", {"password": "short"})]
    return Typed(study.admin, page("user-password", study.somebody.pk), {"reason": REASON}, bad, shows_password=True)


def user_unlock(study: Study) -> Typed:
    for _ in range(MOST_FAILURES):
        with pytest.raises(Refused):
            actions.sign_in(at=timezone.now(), username="chen.yulan", password=WRONG)
    return Typed(study.admin, page("user-unlock", study.somebody.pk), {"reason": REASON}, [NO_REASON])


def site_add(study: Study) -> Typed:
    bad = [
        Bad("code", "Enter the code", {"code": ""}),
        Bad("code", "Two to four digits.", {"code": "A1"}),
        Bad("code", "there already", {"code": "01"}),
        Bad("name", "Enter the hospital", {"name": ""}),
        Bad("short_name", "Enter a short name.", {"short_name": ""}),
        Bad("city", "Enter the city.", {"city": ""}),
        Bad("time_zone", "is not a time zone", {"time_zone": "Nanchang time"}),
    ]
    return Typed(study.admin, page("site-add"), {"code": "02"} | SITE, bad)


def site_edit(study: Study) -> Typed:
    bad = [NO_REASON, Bad("is_active", "Choose", {"is_active": None}), Bad("name", "Enter the", {"name": ""})]
    return Typed(study.admin, page("site-edit", "01"), SITE | {"is_active": "no", "reason": REASON}, bad)


def approval_add(study: Study) -> Typed:
    good = {
        "protocol_label": settings.PROTOCOL.label,
        "ethics_committee": "Ethics Committee of the Hospital",
        "ethics_reference": "2026-031",
        "ethics_approved_on": days(-20),
        "site_approved_on": days(-10),
        "expires_on": days(300),
    }
    bad = [
        Bad("protocol_label", "Choose", {"protocol_label": None}),
        Bad("ethics_committee", "Enter the name", {"ethics_committee": ""}),
        Bad("ethics_reference", "Enter the reference", {"ethics_reference": ""}),
        Bad("ethics_approved_on", "Enter the day of the ethics", {"ethics_approved_on": None}),
        Bad("ethics_approved_on", "no such day", {"ethics_approved_on": ("2026", "02", "30")}),
        Bad("ethics_approved_on", "the year, the month and the day", {"ethics_approved_on": ("2026", "02", "")}),
        Bad("ethics_approved_on", "lies in the future", {"ethics_approved_on": days(1)}),
        Bad("site_approved_on", "lies in the future", {"site_approved_on": days(1)}),
        Bad("expires_on", "lies before the approvals", {"expires_on": days(-11)}),
    ]
    return Typed(study.admin, page("approval-add", "01"), good, bad)


def approval_strike(study: Study) -> Typed:
    values = approval_add(study).good
    row = actions.add_approval(by=study.admin, at=timezone.now(), site=study.site, **values)
    return Typed(study.admin, page("approval-strike", row.pk), {"reason": REASON}, [NO_REASON])


def delegation_propose(study: Study) -> Typed:
    good = {
        "user": str(study.somebody.pk),
        "site": str(study.site.pk),
        "role": "coordinator",
        "tasks": ["enter_data", "obtain_consent"],
        "trained_on": days(-3),
        "starts_on": days(0),
        "until": days(90),
    }
    bad = [
        Bad("user", "Choose the person.", {"user": ""}),
        Bad("site", "Choose the site.", {"site": ""}),
        Bad("site", "Choose the site.", {"site": "all"}),
        Bad("role", "Choose the role.", {"role": None}),
        Bad("principal", "is an investigator", {"principal": "on"}),
        Bad("tasks", "Tick at least one task.", {"tasks": None}),
        Bad("tasks", "cannot all be delegated", {"tasks": ["confirm_eligibility"]}),
        Bad("trained_on", "Enter the day of the training", {"trained_on": None}),
        Bad("trained_on", "lies in the future", {"trained_on": days(1)}),
        Bad("starts_on", "Enter the first day.", {"starts_on": None}),
        Bad("starts_on", "on the day of the training or later", {"starts_on": days(-4)}),
        Bad("until", "not before the first", {"until": days(-1)}),
    ]
    return Typed(study.admin, page("delegation-propose"), good, bad)


def proposed(study: Study) -> Any:
    return study.propose(at=timezone.now(), trained_on=days(-3), starts_on=days(0))


def delegation_sign(study: Study) -> Typed:
    bad = [
        Bad("password", "This is not your password.", {"password": WRONG}),
        Bad("password", "Enter your password.", {"password": ""}),
        Bad("password", "not what stands now", {"shown": "0" * 64}),
    ]
    url = page("delegation-sign", proposed(study).pk)
    return Typed(study.principal, url, {"password": PASSWORD}, bad)


def delegation_decline(study: Study) -> Typed:
    return Typed(study.principal, page("delegation-decline", proposed(study).pk), {"reason": REASON}, [NO_REASON])


def delegation_withdraw(study: Study) -> Typed:
    return Typed(study.admin, page("delegation-withdraw", proposed(study).pk), {"reason": REASON}, [NO_REASON])


def delegation_end(study: Study) -> Typed:
    row = proposed(study)
    actions.sign_delegation(by=study.principal, at=timezone.now(), delegation=row, password=PASSWORD)
    bad = [
        NO_REASON,
        Bad("until", "Enter the last day.", {"until": None}),
        Bad("until", "before the first", {"until": days(-1)}),
    ]
    return Typed(study.principal, page("delegation-end", row.pk), {"until": days(5), "reason": REASON}, bad)


FORMS: dict[str, Callable[[Study], Typed]] = {
    form.__name__: form
    for form in (
        user_add,
        user_edit,
        user_disable,
        user_enable,
        user_password,
        user_unlock,
        site_add,
        site_edit,
        approval_add,
        approval_strike,
        delegation_propose,
        delegation_sign,
        delegation_decline,
        delegation_withdraw,
        delegation_end,
    )
}
"""Each made for a study; pages without a form and those of one's own account have tests of their own."""
