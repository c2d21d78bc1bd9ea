"""Signing. What a person signs, when and as what, under one digest; the password is asked at each signing.

@with_password
def sign_delegation(*, by: User, at: datetime, delegation: Delegation, password: str) -> Delegation:
    ...
    sign(by=by, at=at, password=password, meaning=…, capacity=…, record=delegation, content=…, zone=…)
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Model

from trial_portal.accounts.actions.authentication import with_password
from trial_portal.accounts.models import User
from trial_portal.signatures.canonical import digest_of
from trial_portal.signatures.models import Signature
from trial_portal.signatures.selectors import signed_values, verify

__all__ = ["PASSWORD", "digest_of", "sign", "with_password"]

PASSWORD = "password, at signing"  # noqa: S105
"""How a signature was proved: with the session's user name, the password entered again."""


@with_password
def sign(
    *,
    by: User,
    at: datetime,
    password: str,
    meaning: str,
    capacity: str,
    record: Model,
    content: dict[str, Any],
    zone: str | None = None,
) -> Signature:
    """Sign a record: ``content`` is what the page showed, in JSON; ``zone`` names the site's time zone (None: the
    study's).

    Whether this person may sign this record is for the caller to ask first. A wrong or missing password is refused on
    the field ``password`` and counted (see ``with_password``, which the caller's action needs as well).
    """
    signature = Signature(
        signer=by,
        printed_name=by.printed_name,
        capacity=capacity,
        meaning=meaning,
        signed_at=at,
        time_zone=zone or settings.TIME_ZONE,
        record_type=record._meta.db_table,
        record_id=record.pk,
        content=content,
        authenticated_by=PASSWORD,
    )
    signature.digest = digest_of(signed_values(signature))
    signature.save()
    signature.refresh_from_db()
    if not verify(signature):
        # The database keeps numbers by their value: 1e+16 comes back as 10000000000000000, another text.
        raise ValueError("The content does not come back from the database as it went in: write it in other types.")
    return signature
