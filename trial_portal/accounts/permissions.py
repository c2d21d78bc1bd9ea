"""Roles and tasks → what they permit. A table; whoever asks has to say for which site.

Boundary: pure. Who holds which role and task on a day is :func:`trial_portal.accounts.selectors.authority_of`.
Design: "Roles and tasks".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from trial_portal.audit.refusals import NotPermitted


class Role(StrEnum):
    """What somebody is at a site, or in the whole study (admin, monitor)."""

    COORDINATOR = "coordinator"
    INVESTIGATOR = "investigator"
    ADMIN = "admin"
    MONITOR = "monitor"


class Task(StrEnum):
    """What somebody at a site is delegated to do."""

    OBTAIN_CONSENT = "obtain_consent"
    ENTER_DATA = "enter_data"
    ASSESS_SKIN = "assess_skin"
    CONFIRM_ELIGIBILITY = "confirm_eligibility"
    ENROLL = "enroll"


class May(StrEnum):
    """A permission; the value is the end of the sentence "You may not …"."""

    SEE_RECORDS = noop("see participants")
    SEE_IDENTITIES = noop("see who a participant is")
    REGISTER = noop("register participants")
    PRESCREEN = noop("record people who were approached")
    RECORD_CONSENT = noop("record consent")
    STRIKE = noop("strike an entry made in error")
    RESOLVE_DUPLICATES = noop("resolve a possible duplicate")
    RECORD_DEVIATION = noop("record a deviation")
    SCREEN = noop("enter screening data")
    REVIEW = noop("review a screening record")
    SIGN_ELIGIBILITY = noop("sign eligibility")
    ENROLL = noop("enroll participants")
    SIGN_DELEGATIONS = noop("sign delegations")
    CONFIGURE = noop("configure the study")
    SEE_CONFIGURATION = noop("see sites, staff and delegations")
    READ_LEDGER = noop("read the ledger")


READING = {May.SEE_RECORDS, May.SEE_CONFIGURATION}
ROLE_MAY: dict[Role, frozenset[May]] = {
    Role.COORDINATOR: frozenset(READING | {May.SEE_IDENTITIES}),
    Role.INVESTIGATOR: frozenset(
        READING | {May.SEE_IDENTITIES, May.RESOLVE_DUPLICATES, May.RECORD_DEVIATION, May.REVIEW, May.READ_LEDGER}
    ),
    Role.ADMIN: frozenset(READING | {May.CONFIGURE, May.READ_LEDGER}),
    Role.MONITOR: frozenset(READING | {May.READ_LEDGER}),
}
"""What a role permits by itself."""

TASK_MAY: dict[Task, frozenset[May]] = {
    Task.OBTAIN_CONSENT: frozenset({May.RECORD_CONSENT, May.PRESCREEN}),
    Task.ENTER_DATA: frozenset({May.REGISTER, May.PRESCREEN, May.RECORD_CONSENT, May.STRIKE, May.SCREEN}),
    Task.ASSESS_SKIN: frozenset(),
    Task.CONFIRM_ELIGIBILITY: frozenset({May.SIGN_ELIGIBILITY}),
    Task.ENROLL: frozenset({May.ENROLL}),
}
"""What a delegated task adds, for coordinators and investigators."""

PRINCIPAL_MAY = frozenset({May.SIGN_DELEGATIONS})
"""What the principal investigator of a site may do besides."""

TASKS_OF: dict[Role, frozenset[Task]] = {
    Role.COORDINATOR: frozenset({Task.OBTAIN_CONSENT, Task.ENTER_DATA, Task.ASSESS_SKIN, Task.ENROLL}),
    Role.INVESTIGATOR: frozenset(
        {Task.OBTAIN_CONSENT, Task.ENTER_DATA, Task.ASSESS_SKIN, Task.CONFIRM_ELIGIBILITY, Task.ENROLL}
    ),
    Role.ADMIN: frozenset(),
    Role.MONITOR: frozenset(),
}
"""The tasks that may be delegated to each role."""


def not_permitted(permission: May, *, where: str = "") -> str:
    """The sentence for somebody who does not hold a permission: at a "site", in the "study", or anywhere at all."""
    says = {
        "": _("You may not %(what)s. An admin can propose a delegation for it."),
        "site": _("You may not %(what)s at this site. An admin can propose a delegation for it."),
        "study": _("You may not %(what)s in the whole study. An admin can propose a delegation for it."),
    }
    return says[where] % {"what": _(permission.value)}


@dataclass(frozen=True)
class Grant:
    """One delegation in force: a role at a site (None: the whole study) with its tasks."""

    site: int | None
    role: Role
    tasks: frozenset[Task] = frozenset()
    principal: bool = False

    @property
    def permits(self) -> frozenset[May]:
        """All that it permits."""
        tasks = (TASK_MAY[task] for task in self.tasks & TASKS_OF[self.role])
        principal = PRINCIPAL_MAY if self.principal and self.role is Role.INVESTIGATOR else frozenset()
        return ROLE_MAY[self.role].union(principal, *tasks)


@dataclass(frozen=True)
class Authority:
    """All that one person may do at one moment. Somebody without any grant may do nothing."""

    grants: tuple[Grant, ...] = ()

    def may(self, permission: May, site: int | None = None) -> bool:
        """Whether it is permitted at ``site`` (its id), or, with None, anywhere at all."""
        return any(
            permission in grant.permits and (site is None or grant.site is None or grant.site == site)
            for grant in self.grants
        )

    def holds(self, permission: May, site: int | None) -> bool:
        """Whether it is permitted at ``site``; None means the whole study, for which no one site's grant is enough."""
        return any(permission in grant.permits and grant.site in (None, site) for grant in self.grants)

    def check(self, permission: May, site: int | None) -> None:
        """Raise :class:`NotPermitted` unless it is permitted at ``site``; None means the whole study."""
        if not self.holds(permission, site):
            raise NotPermitted(not_permitted(permission, where="study" if site is None else "site"))

    def sites(self, permission: May) -> frozenset[int] | None:
        """The sites at which it is permitted: their ids, or None for every site."""
        held = {grant.site for grant in self.grants if permission in grant.permits}
        return None if None in held else frozenset(site for site in held if site is not None)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles held anywhere, in the order of :class:`Role`."""
        held = {grant.role for grant in self.grants}
        return tuple(role for role in Role if role in held)


def merged(grants: Iterable[Grant]) -> Authority:
    """The authority that some grants give together."""
    return Authority(tuple(grants))
