"""How wrong passwords are counted: under a keyed digest of the user name, for known and unknown names alike.

Boundary: names and limits; django-axes counts in its own table, selectors read it, actions try passwords.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

MOST_FAILURES: int = settings.AXES_FAILURE_LIMIT
"""After so many wrong passwords in a row an account rests."""

REST = timedelta(hours=settings.AXES_COOLOFF_TIME)
"""For how long; counted from the last wrong password."""


def normal(username: str) -> str:
    """A typed user name as accounts have it: no blanks around, small letters, full-width signs made narrow."""
    return unicodedata.normalize("NFKC", username).strip().lower()


def key(username: str) -> str:
    """What attempts for this name are counted under. It gives nothing of the name away."""
    return salted_hmac("trial_portal.accounts.lockout", normal(username), algorithm="sha256").hexdigest()


def counted_as(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """AXES_USERNAME_CALLABLE."""
    return key(str((credentials or {}).get("username") or ""))


def attempt(at: datetime) -> HttpRequest:
    """A request that says nothing but when.

    django-axes stores what the request it is given carries, fields of the form too; of ours only ``password`` would
    be left out. And signing, which counts as well, knows no request.
    """
    request = HttpRequest()
    AxesProxyHandler.update_request(request)
    request.axes_attempt_time = at  # type: ignore[attr-defined]
    return request
