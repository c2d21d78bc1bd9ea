"""Delegations: proposed by an admin, in force when signed, ended by a last day. Nobody authorises their own.

Boundary: every change of a delegation goes through ``_step``, which knows the workflow and writes the step.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext as _

from trial_portal.accounts import selectors
from trial_portal.accounts.actions.authentication import with_password
from trial_portal.accounts.actions.steps import not_in_the_future, one_at_a_time, said, today_at
from trial_portal.accounts.models import Delegation, DelegationStep, Site, User
from trial_portal.accounts.permissions import TASKS_OF, May, Role
from trial_portal.accounts.selectors import authority_of
from trial_portal.accounts.workflow import MEANINGS, ways
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.frame.templatetags.portal import day
from trial_portal.signatures import actions as signatures


@action
def propose_delegation(
    *,
    by: User,
    at: datetime,
    user: User,
    site: Site | None,
    role: str,
    tasks: Iterable[str],
    trained_on: date,
    starts_on: date,
    until: date | None = None,
    principal: bool = False,
) -> Delegation:
    """Propose that a person holds a role with tasks at a site (None: in the whole study), from a day to a day.

    Refused when the tasks are not the role's, the account is closed, the dates do not follow on one another, or the
    same delegation stands for some of these days already.
    """
    authority_of(by, at).check(May.CONFIGURE, site.pk if site else None)
    held = frozenset(tasks)
    check_proposal(user, site, role, held, principal)
    not_in_the_future(trained_on, today_at(site, at), "trained_on")
    if starts_on < trained_on:
        raise Refused(_("It begins on the day of the training or later."), "starts_on")
    if until is not None and until < max(starts_on, today_at(site, at)):
        raise Refused(_("The last day is today or later, and not before the first."), "until")
    row = new_delegation(
        user=user,
        site=site,
        role=role,
        principal=principal,
        tasks=sorted(held),
        trained_on=trained_on,
        starts_on=starts_on,
        until=until,
        proposed_by=by,
    )
    _step(row, "propose", by=by, at=at, source="")
    return row


@with_password
def sign_delegation(*, by: User, at: datetime, delegation: Delegation, password: str, shown: str = "") -> Delegation:
    """Bring a delegation in force: by the site's principal investigator, or as a second admin (see ``signer_of``).

    Nobody is authorised for days that are over: one that was to begin earlier begins on the day it is signed.
    ``shown``: the digest of what the page showed; when it differs, nothing is signed. The person's sessions end.
    """
    row = _locked(delegation)
    may = _check_signer(row, by=by, at=at)
    _check_way(row, "sign")
    today = today_at(row.site, at)
    if row.until is not None and row.until < today:
        raise Refused(
            _("Its last day, %(day)s, is over. An admin can withdraw it and propose another.") % {"day": day(row.until)}
        )
    if not row.user.is_active:
        raise Refused(_("The account of %(name)s is disabled. Nothing was signed.") % {"name": row.user.printed_name})
    row.starts_on = selectors.begins_on(row, at)
    content = selectors.content_of(row)
    if shown and shown != signatures.digest_of(content):
        raise Refused(_("What you signed is not what stands now. Read it again, then sign."), "password")
    row.save(update_fields=["starts_on"])
    signatures.sign(
        by=by,
        at=at,
        password=password,
        meaning=_(MEANINGS[may]),
        capacity=selectors.capacity_of(row, may),
        record=row,
        content=content,
        zone=row.site.time_zone if row.site else None,
    )
    _step(row, "sign", by=by, at=at)
    _end_sessions(row)
    return row


@action
def decline_delegation(*, by: User, at: datetime, delegation: Delegation, reason: str) -> Delegation:
    """Do not sign a delegation. Whoever could have signed it says why."""
    row = _locked(delegation)
    _check_signer(row, by=by, at=at)
    _step(row, "decline", by=by, at=at, reason=said(reason))
    return row


@action
def withdraw_delegation(*, by: User, at: datetime, delegation: Delegation, reason: str) -> Delegation:
    """Take a proposal back before it is signed."""
    row = _locked(delegation)
    authority_of(by, at).check(May.CONFIGURE, row.site_id)
    _step(row, "withdraw", by=by, at=at, reason=said(reason))
    return row


@action
def end_delegation(
    *, by: User, at: datetime, delegation: Delegation, until: date, reason: str, corrects: bool = False
) -> Delegation:
    """Set the last day: authority ends the day after, in the site's zone. By an admin or the principal investigator.

    A day that is over needs ``corrects``: the authority had ended earlier than was recorded. A last day is never moved
    back: what was signed gives no more than it says. The person's sessions end.
    """
    one_at_a_time("admins")
    row = _locked(delegation)
    authority = authority_of(by, at)
    if not (row.site_id is not None and authority.holds(May.SIGN_DELEGATIONS, row.site_id)):
        authority.check(May.CONFIGURE, row.site_id)
    _check_way(row, "end")
    reason = said(reason)
    _check_last_day(row, until, today_at(row.site, at), corrects)
    whole_study = row.site_id is None and row.role == Role.ADMIN
    if whole_study and not selectors.admin_remains(at, without=row.user, until=until):
        raise Refused(_("No other admin of the whole study would be left. Propose and confirm another one first."))
    row.until = until
    row.save(update_fields=["until"])
    _step(row, "end", by=by, at=at, reason=reason, event_date=until)
    _end_sessions(row)
    return row


# -- for other actions of accounts ------------------------------------------------------------------------------------


def check_proposal(user: User, site: Site | None, role: str, tasks: frozenset[str], principal: bool) -> None:
    """Raise Refused unless person, site, role and tasks fit together."""
    if user.is_system or not user.is_active:
        raise Refused(_("This account is disabled. Enable it first."), "user")
    if role not in set(Role):
        raise Refused(_("Choose the role."), "role")
    if site is None and role not in (Role.ADMIN, Role.MONITOR):
        raise Refused(_("Coordinators and investigators work at one site. Choose the site."), "site")
    if site is not None and not site.is_active:
        raise Refused(_("%(site)s does not take part in the study.") % {"site": site}, "site")
    if principal and role != Role.INVESTIGATOR:
        raise Refused(_("A principal investigator is an investigator. Choose that role."), "principal")
    allowed = TASKS_OF[Role(role)]
    if tasks - {task.value for task in allowed}:
        raise Refused(_("These tasks cannot all be delegated to this role. Untick those it has not."), "tasks")
    if allowed and not tasks:
        raise Refused(_("Tick at least one task."), "tasks")


def new_delegation(**values: Any) -> Delegation:
    """Write a delegation without its step. Raises Refused when the same one stands for some of these days."""
    same = Delegation.objects.filter(
        **{name: values[name] for name in ("user", "site", "role", "principal", "tasks")},
        status__in=[Delegation.Status.PROPOSED, Delegation.Status.SIGNED],
    ).filter(Q(until__isnull=True) | Q(until__gte=values["starts_on"]))
    if values["until"] is not None:
        same = same.filter(starts_on__lte=values["until"])
    # The person's row stands for all their delegations: two admins proposing the same at once see each other.
    User.objects.select_for_update().get(pk=values["user"].pk)
    if same.exists():
        raise Refused(_("The same delegation stands for some of these days already. End it, or choose other days."))
    return Delegation.objects.create(**values)


def put_in_force(delegation: Delegation, *, by: User, at: datetime, reason: str) -> None:
    """What the set-up command does with its first ones, which nobody is there yet to sign."""
    _step(delegation, "set_up", by=by, at=at, source="", reason=reason)


def _locked(delegation: Delegation) -> Delegation:
    rows = Delegation.objects.select_for_update(of=("self",)).select_related("site", "user")
    return rows.get(pk=delegation.pk)


def _check_signer(row: Delegation, *, by: User, at: datetime) -> May:
    """The permission with which ``by`` signs it. Raises NotPermitted when they may not, Refused when nobody may yet."""
    signer = selectors.signer_of(row, selectors.principals_at(at))
    if by.pk == row.user_id:
        raise NotPermitted(_("Nobody authorises their own delegation. %(who)s") % {"who": signer.says})
    if signer.may is None:
        raise Refused(signer.says)
    authority_of(by, at).check(signer.may, row.site_id)
    if by.pk in signer.not_by:
        raise NotPermitted(_("You proposed this delegation. %(who)s") % {"who": signer.says})
    return signer.may


def _check_way(row: Delegation, verb: str) -> None:
    if not ways(verb, row.status):
        raise Refused(
            _("This delegation is “%(status)s”: this cannot be done now. Nothing was changed.")
            % {"status": row.get_status_display()}
        )


def _check_last_day(row: Delegation, until: date, today: date, corrects: bool) -> None:
    if until < row.starts_on:
        raise Refused(_("The last day lies before the first, %(day)s.") % {"day": day(row.starts_on)}, "until")
    if row.until is not None and until == row.until:
        raise Refused(_("This is the last day that is saved already. Nothing was changed."), "until")
    if row.until is not None and until > row.until:
        raise Refused(
            _("It ends on %(day)s; a last day can only come earlier. To go on longer, propose a new delegation.")
            % {"day": day(row.until)},
            "until",
        )
    if until < today and not corrects:
        raise Refused(
            _("%(day)s is over; authority ends today or later. Tick the correction if it had ended then.")
            % {"day": day(until)},
            "until",
        )


def _step(
    row: Delegation,
    verb: str,
    *,
    by: User,
    at: datetime,
    source: str | None = None,
    reason: str = "",
    event_date: date | None = None,
) -> None:
    """Bring a locked delegation to where the workflow leads and write the step; ``source`` "" for one that is new."""
    before = row.status if source is None else source
    if source is None:
        _check_way(row, verb)
    target = ways(verb, before)[0].target
    if row.status != target:
        row.status = target
        row.save(update_fields=["status"])
    DelegationStep.objects.create(
        delegation=row,
        action=verb,
        source=before,
        target=target,
        by=by,
        reason=reason,
        event_date=event_date or today_at(row.site, at),
    )


def _end_sessions(row: Delegation) -> None:
    User.objects.filter(pk=row.user_id).update(session_epoch=F("session_epoch") + 1)
