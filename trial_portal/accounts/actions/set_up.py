"""The first admins, site and principal investigator: once, by the portal itself, as nobody is there yet to do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from trial_portal.accounts import selectors
from trial_portal.accounts.actions.delegations import new_delegation, put_in_force
from trial_portal.accounts.actions.sites import new_site
from trial_portal.accounts.actions.steps import one_at_a_time, today_at
from trial_portal.accounts.actions.users import new_user
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import TASKS_OF, Role
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import NotPermitted, Refused

REASON = "study set up"
"""Stands in the steps and the ledger, so it is not translated."""


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be given an account, with a password for the first sign-in alone."""

    username: str
    printed_name: str
    password: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class NewSite:
    """The first site; ``code`` has two to four digits."""

    code: str
    name: str
    short_name: str
    city: str
    time_zone: str


@action
def set_up_study(
    *, by: User, at: datetime, admins: Sequence[NewPerson], site: NewSite, principal: NewPerson, trained_on: date
) -> Site:
    """Make two admins of the whole study or more, the first site, and its principal investigator with all tasks.

    Only by the portal itself, and only while nobody has an account: from then on every delegation is signed by
    somebody else. The portal's own account is made here, if there is none.
    """
    if not by.is_system:
        raise NotPermitted(_("Only the portal itself sets up a study."))
    one_at_a_time("set_up")
    if selectors.anybody_there():
        raise Refused(_("The study is set up already. Admins make accounts, sites and delegations on their pages."))
    if len({person.username for person in admins}) < 2:
        raise Refused(_("Name two admins: what one proposes, the other confirms."))
    if by.pk is None:
        by.set_unusable_password()
        by.save()
    today = today_at(None, at)
    for person in admins:
        user = new_user(by=by, **vars(person))
        _delegate(user, None, Role.ADMIN, by=by, at=at, since=today, trained_on=trained_on)
    place = new_site(by=by, **vars(site))
    user = new_user(by=by, **vars(principal))
    since = today_at(place, at)
    _delegate(user, place, Role.INVESTIGATOR, by=by, at=at, since=since, trained_on=trained_on, principal=True)
    return place


def _delegate(
    user: User,
    site: Site | None,
    role: Role,
    *,
    by: User,
    at: datetime,
    since: date,
    trained_on: date,
    principal: bool = False,
) -> None:
    row = new_delegation(
        user=user,
        site=site,
        role=role.value,
        principal=principal,
        tasks=sorted(task.value for task in TASKS_OF[role]),
        trained_on=trained_on,
        starts_on=since,
        until=None,
        proposed_by=by,
    )
    put_in_force(row, by=by, at=at, reason=REASON)
