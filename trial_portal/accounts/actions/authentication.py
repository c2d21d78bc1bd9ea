"""Proving who one is: signing in and out, and the password asked again. Wrong passwords are counted, whatever follows.

    @with_password
    def sign_delegation(*, by: User, at: datetime, delegation: Delegation, password: str) -> Delegation: ...

Boundary: knows passwords and sign-ins; sessions are the views' work.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar, cast

import structlog
from axes.utils import reset
from django.contrib.auth import authenticate
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_portal.accounts import selectors
from trial_portal.accounts.actions.steps import one_at_a_time
from trial_portal.accounts.lockout import REST, attempt, key, normal
from trial_portal.accounts.models import SignIn, User
from trial_portal.audit.actions import ACTIONS, action
from trial_portal.audit.refusals import Refused
from trial_portal.frame.templatetags.portal import moment

log = structlog.get_logger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
Event = SignIn.Event

_confirmed: ContextVar[tuple[int, str] | None] = ContextVar("confirmed_password", default=None)
"""Whose password was confirmed for the action that runs now, and the password."""


@dataclass(frozen=True)
class Tried:
    """What came of a password: whose it is, or how many more may be tried, or until when the account rests."""

    user: User | None
    left: int
    rests_until: datetime | None


def sign_in(*, at: datetime, username: str, password: str) -> User:
    """The person whose user name and password these are, with the sign-in recorded.

    Raises Refused on ``password``, in the same words whether the name is unknown, the password wrong or the account
    disabled, and counts it. A plain function and not an action: it refuses after the count is saved.
    """
    tried = _tried(by=selectors.portal_itself(), at=at, username=username, password=password)
    if tried.user is None:
        raise Refused(_refusal(_("User name and password do not match."), tried), "password")
    _record(by=tried.user, at=at, user=tried.user, event=Event.IN)
    return tried.user


@action
def sign_out(*, by: User, at: datetime) -> None:
    """Record that somebody signed out."""
    SignIn.objects.create(user=by, event=Event.OUT)


def confirm_password(*, by: User, at: datetime, password: str, field: str = "password") -> None:
    """Raise Refused on ``field`` unless this is the password of ``by``. A wrong or missing one counts for the lockout.

    It has to be called before the transaction of whatever the password is asked for: what is refused there is rolled
    back, and the count with it. A database connection of its own for the count was refused: two transactions of one
    person could then wait for each other. So a wrong password inside somebody's transaction raises RuntimeError.
    """
    tried = _tried(by=by, at=at, username=by.username, password=password)
    if tried.user is not None and tried.user.pk == by.pk:
        return
    if _inside_a_transaction():
        raise RuntimeError("A wrong password would not be counted here: use @with_password, or confirm it first.")
    says = _("This is not your password.") if password else _("Enter your password.")
    raise Refused(_refusal(says, tried), field)


def with_password(function: Callable[P, R]) -> Callable[P, R]:
    """An action that is signed: ``password`` is confirmed before its transaction begins.

    Refused while the password is one that somebody else set: an admin who resets a password cannot sign with it
    (21 CFR 11.200); and until the person accepted that signatures bind (11.100(c)). An action inside another that
    confirmed the same password does not ask again.
    """
    done = action(function)

    @wraps(done)
    def confirmed(*args: P.args, **kwargs: P.kwargs) -> R:
        by, password = cast(User, kwargs["by"]), str(kwargs["password"] or "")
        if _confirmed.get() == (by.pk, password):
            return done(*args, **kwargs)
        if selectors.has_to_change_password(by):
            says = _("Your password was set by an admin. Change it first; then you can sign.")
            raise Refused(says, "password")
        if selectors.statement_of(by) is None:
            raise Refused(_("Accept first that your electronic signature binds you; then you can sign."), "password")
        confirm_password(by=by, at=kwargs["at"], password=password)  # type: ignore[arg-type]
        token = _confirmed.set((by.pk, password))
        try:
            return done(*args, **kwargs)
        finally:
            _confirmed.reset(token)

    ACTIONS[f"{function.__module__}.{function.__qualname__}"] = confirmed
    return confirmed


@action
def _tried(*, by: User, at: datetime, username: str, password: str) -> Tried:
    """Try a password, one at a time for each user name: many sent at once would all be tried before one is counted."""
    name = normal(username)
    one_at_a_time(f"password.{key(name)}")
    if selectors.rests_until(name, at) is None:
        user = authenticate(attempt(at), username=name, password=password)
        if user is not None:
            forgive(name)
            return Tried(user, 0, None)
        # django-axes stamps a first failure with its own clock; the moment is the request's, here as everywhere.
        selectors.failures_of(name).update(attempt_time=at)
    tried = Tried(None, selectors.failures_left(name, at), selectors.rests_until(name, at))
    known = selectors.user_named(name)
    log.warning("password_refused", account=known.pk if known else None, rests=tried.rests_until is not None)
    SignIn.objects.create(
        user=None if known is None or known.is_system else known,
        event=Event.LOCKED if tried.rests_until else Event.FAILED,
    )
    return tried


@action
def _record(*, by: User, at: datetime, user: User, event: str) -> None:
    SignIn.objects.create(user=user, event=event)


def forgive(username: str) -> None:
    """Forget the wrong passwords of a user name. To be called by actions."""
    if selectors.failures_of(username).exists():
        reset(username=key(username))


def _refusal(says: str, tried: Tried) -> str:
    minutes = int(REST.total_seconds() // 60)
    if tried.rests_until is not None:
        return _("Too many attempts: this account rests until %(moment)s. An admin can open it earlier.") % {
            "moment": moment(tried.rests_until)
        }
    after = ngettext(
        "After %(left)d more attempt this account rests for %(minutes)d minutes.",
        "After %(left)d more attempts this account rests for %(minutes)d minutes.",
        tried.left,
    ) % {"left": tried.left, "minutes": minutes}
    return f"{says} {after}"


def _inside_a_transaction() -> bool:
    """Whether somebody's transaction is open around this; that of a test case does not count."""
    try:
        with transaction.atomic(durable=True):
            return False
    except RuntimeError:
        return True
