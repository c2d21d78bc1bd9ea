"""One-time passwords, and what a password has to be. Boundary: no database."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from trial_portal.accounts.models import User
from trial_portal.audit.refusals import Refused

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else when it is read out or written down."""


def one_time_password() -> str:
    """Four groups of four signs: some 79 bits, and still to be copied from paper."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))


def check_new_password(password: str, user: User, field: str = "password") -> None:
    """Raise Refused on ``field`` unless it is long enough, not common and not like the person's own data."""
    try:
        validate_password(password, user)
    except ValidationError as wrong:
        raise Refused(" ".join(wrong.messages), field) from None
