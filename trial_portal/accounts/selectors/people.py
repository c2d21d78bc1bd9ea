"""People and their accounts: who there is, who is locked out, what happened to an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from axes.models import AccessAttempt
from django.db.models import Count, Max, Prefetch, Q, QuerySet, Sum

from trial_portal.accounts.lockout import MOST_FAILURES, REST, key
from trial_portal.accounts.models import Delegation, SignatureStatement, SignIn, User, UserStep
from trial_portal.accounts.permissions import Authority, May
from trial_portal.audit.actions import SYSTEM_USER


def people(authority: Authority) -> QuerySet[User]:
    """The people whom somebody sees: a user administrator all, others those delegated at their sites.

    Each with ``last_in``, the moment they last signed in, and their delegations with sites.
    """
    rows = User.objects.filter(is_system=False)
    sites = authority.sites(May.SEE_CONFIGURATION)
    if sites is not None:
        there = Delegation.objects.filter(site__in=sites).values("user")
        rows = rows.filter(pk__in=there)
    signed = Delegation.objects.filter(status=Delegation.Status.SIGNED).select_related("site")
    if sites is not None:
        signed = signed.filter(site__in=sites)
    last_in = Max("sign_ins__at", filter=Q(sign_ins__event=SignIn.Event.IN))
    held = Prefetch("delegations", signed, to_attr="held")
    return rows.annotate(last_in=last_in).prefetch_related(held).order_by("printed_name", "pk")


def people_to_delegate() -> QuerySet[User]:
    """Everybody with an open account, to whom an admin may propose a delegation."""
    return User.objects.filter(is_system=False, is_active=True)


def user_named(username: str) -> User | None:
    """The account of that user name, whether it is open or not."""
    return User.objects.filter(username=username).first()


def signed_people(**values: Any) -> QuerySet[Delegation]:
    """The ids of those who hold, held or will hold a signed delegation with these values (``site``, ``role``)."""
    return Delegation.objects.filter(status=Delegation.Status.SIGNED, **values).values("user")


def has_to_change_password(user: User) -> bool:
    """Whether somebody's password is one that another person set, as it stands now."""
    return User.objects.filter(pk=user.pk, must_change_password=True).exists()


def anybody_there() -> bool:
    """Whether any person has an account, or had one."""
    return User.objects.filter(is_system=False).exists()


def portal_itself() -> User:
    """The portal's own user. Before the study is set up, one that is not saved yet: the ledger needs its name alone."""
    found = User.objects.filter(username=SYSTEM_USER, is_system=True).first()
    return found or User(username=SYSTEM_USER, printed_name="Portal", is_system=True)


def steps_of_user(user: User) -> QuerySet[UserStep]:
    """What happened to an account, the latest first."""
    return UserStep.objects.filter(user=user).select_related("by").order_by("-id")


def sign_ins_of(user: User) -> QuerySet[SignIn]:
    """When somebody signed in or out, or failed to, the latest first."""
    return SignIn.objects.filter(user=user).order_by("-at", "-id")


def statement_of(user: User) -> SignatureStatement | None:
    """What somebody accepted about their electronic signatures, or None."""
    return SignatureStatement.objects.filter(user=user).first()


# -- wrong passwords: django-axes' rows, by the digest of the user name ------------------------------------------------


def _recent(at: datetime) -> QuerySet[AccessAttempt]:
    return AccessAttempt.objects.filter(attempt_time__gte=at - REST)


def failures_of(username: str) -> QuerySet[AccessAttempt]:
    """The wrong passwords counted for a user name, recent or not."""
    return AccessAttempt.objects.filter(username=key(username))


def failures_left(username: str, at: datetime) -> int:
    """How many more wrong passwords this name has before it rests."""
    failures = (_recent(at) & failures_of(username)).aggregate(total=Sum("failures_since_start"))["total"]
    return max(0, MOST_FAILURES - (failures or 0))


def rests_until(username: str, at: datetime) -> datetime | None:
    """When an account that rests opens again; None when it is open."""
    return lockouts(at).get(key(username))


def lockouts(at: datetime) -> dict[str, datetime]:
    """When each name that rests opens again, by its :func:`~trial_portal.accounts.lockout.key`."""
    counted = _recent(at).values("username").annotate(total=Sum("failures_since_start"), last=Max("attempt_time"))
    return {row["username"]: row["last"] + REST for row in counted if row["total"] >= MOST_FAILURES}


def locked_users(at: datetime) -> dict[int, datetime]:
    """When each account that rests opens again, by the id of its user."""
    resting = lockouts(at)
    if not resting:
        return {}
    names = User.objects.filter(is_system=False).values_list("pk", "username")
    return {pk: resting[key(name)] for pk, name in names if key(name) in resting}


def user_counts(at: datetime) -> dict[str, int]:
    """How many accounts are active, disabled, locked."""
    rows = User.objects.filter(is_system=False)
    counted = rows.aggregate(
        active=Count("pk", filter=Q(is_active=True)), disabled=Count("pk", filter=Q(is_active=False))
    )
    return {**counted, "locked": len(locked_users(at))}
