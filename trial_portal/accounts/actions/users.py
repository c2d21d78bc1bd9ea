"""Accounts: made, changed, closed, opened again, passwords. Never deleted, never given to somebody else."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from trial_portal.accounts import selectors
from trial_portal.accounts.actions.authentication import confirm_password, forgive
from trial_portal.accounts.actions.steps import apply_changes, check_values, one_at_a_time, said
from trial_portal.accounts.lockout import normal
from trial_portal.accounts.models import SignatureStatement, User, UserStep
from trial_portal.accounts.passwords import check_new_password
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import SYSTEM_USER, action
from trial_portal.audit.refusals import Refused


@action
def create_user(
    *, by: User, at: datetime, username: str, printed_name: str, password: str, email: str = "", phone: str = ""
) -> User:
    """Make an account. Its password is for the first sign-in alone: the person has to change it then.

    A user name that was ever used, also by a closed account, is refused (21 CFR 11.100).
    """
    authority_of(by, at).check(May.CONFIGURE, None)
    return new_user(by=by, username=username, printed_name=printed_name, password=password, email=email, phone=phone)


@action
def change_user(*, by: User, at: datetime, user: User, printed_name: str, email: str, phone: str, reason: str) -> User:
    """Change how a person is named and reached. What they signed keeps the name they had then."""
    row = _locked(user, by=by, at=at)
    reason = said(reason)
    values = {"printed_name": _tidy(printed_name), "email": email.strip(), "phone": phone.strip()}
    _step(row, "change", by=by, reason=reason, changes=apply_changes(row, values))
    return row


@action
def disable_user(*, by: User, at: datetime, user: User, reason: str) -> User:
    """Close an account: its sessions end with their next request, and nobody signs in with it.

    Refused for one's own; and for the last admin's, where two of them close each other's at once.
    """
    one_at_a_time("admins")
    row = _locked(user, by=by, at=at)
    if row.pk == by.pk:
        raise Refused(_("This is your own account. Another admin can disable it."))
    if not row.is_active:
        raise Refused(_("This account is disabled already. Nothing was changed."))
    if not selectors.admin_remains(at, without=row):
        raise Refused(_("No other admin of the whole study would be left. Propose and confirm another one first."))
    reason = said(reason)
    row.is_active = False
    end_sessions(row, "is_active")
    _step(row, "disable", by=by, reason=reason)
    return row


@action
def enable_user(*, by: User, at: datetime, user: User, reason: str) -> User:
    """Open a disabled account again. It holds the delegations it held, as far as their days go."""
    row = _locked(user, by=by, at=at)
    if row.is_active:
        raise Refused(_("This account is active already. Nothing was changed."))
    reason = said(reason)
    row.is_active = True
    row.save(update_fields=["is_active"])
    _step(row, "enable", by=by, reason=reason)
    return row


@action
def set_password(*, by: User, at: datetime, user: User, password: str, reason: str) -> User:
    """Set a password for somebody who lost theirs. They have to change it before anything else; sessions end."""
    row = _locked(user, by=by, at=at)
    if row.pk == by.pk:
        raise Refused(_("This is your own account. Change your password on your own page."))
    reason = said(reason)
    check_new_password(password, row)
    row.set_password(password)
    row.must_change_password = True
    end_sessions(row, "password", "must_change_password")
    forgive(row.username)
    _step(row, "set_password", by=by, reason=reason)
    return row


@action
def unlock_user(*, by: User, at: datetime, user: User, reason: str) -> User:
    """Let somebody try again before the rest after too many wrong passwords is over."""
    row = _locked(user, by=by, at=at)
    if selectors.rests_until(row.username, at) is None:
        raise Refused(_("This account is not locked. Nothing was changed."))
    reason = said(reason)
    forgive(row.username)
    _step(row, "unlock", by=by, reason=reason)
    return row


def change_password(*, by: User, at: datetime, old: str, new: str) -> User:
    """Change one's own password. The old one is confirmed first and counted when wrong; other sessions end."""
    confirm_password(by=by, at=at, password=old, field="old")
    return _change_password(by=by, at=at, old=old, new=new)


@action
def _change_password(*, by: User, at: datetime, old: str, new: str) -> User:
    row = User.objects.select_for_update().get(pk=by.pk)
    if new == old:
        raise Refused(_("This is the password you have. Choose another."), "new")
    check_new_password(new, row, "new")
    row.set_password(new)
    row.must_change_password = False
    row.save(update_fields=["password", "must_change_password"])
    _step(row, "change_password", by=by)
    return row


@action
def accept_statement(*, by: User, at: datetime, text: str) -> SignatureStatement:
    """Record, once, that somebody's electronic signature binds them like one by hand (21 CFR 11.10(j), 11.100(c))."""
    accepted = selectors.statement_of(by)
    return accepted or SignatureStatement.objects.create(user=by, text=text)


# -- for other actions of accounts ------------------------------------------------------------------------------------


def new_user(*, by: User, username: str, printed_name: str, password: str, email: str = "", phone: str = "") -> User:
    """Write an account whose password has to be changed at the first sign-in, and its step."""
    name = normal(username)
    user = User(username=name, printed_name=_tidy(printed_name), email=email.strip(), phone=phone.strip())
    check_values(user, "username", "printed_name", "email", "phone")
    check_new_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    taken = Refused(
        _("The user name %(name)s is or was somebody's, and is never given twice. Choose another.") % {"name": name},
        "username",
    )
    if name == SYSTEM_USER or selectors.user_named(name) is not None:
        raise taken
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:  # somebody else took it in this very moment
        raise taken from None
    _step(user, "create", by=by)
    return user


def end_sessions(row: User, *changed: str) -> None:
    """Save a locked user's changed fields, and let all their sessions end with the next request."""
    row.session_epoch += 1
    row.save(update_fields=["session_epoch", *changed])


def _locked(user: User, *, by: User, at: datetime) -> User:
    """The account as it stands now, locked; for admins of the whole study, never the portal's own."""
    authority_of(by, at).check(May.CONFIGURE, None)
    return User.objects.select_for_update().get(pk=user.pk, is_system=False)


def _step(user: User, action: str, *, by: User, reason: str = "", changes: dict[str, Any] | None = None) -> None:
    UserStep.objects.create(user=user, action=action, by=by, reason=reason, changes=changes or {})


def _tidy(text: str) -> str:
    return " ".join(text.split())
