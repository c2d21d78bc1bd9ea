"""Reading signatures, and whether they still hold."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.db.models import Model, QuerySet

from trial_portal.signatures.canonical import digest_of
from trial_portal.signatures.models import Signature


def signatures_of(record: Model) -> QuerySet[Signature]:
    """The signatures on a record, the latest first."""
    rows = Signature.objects.filter(record_type=record._meta.db_table, record_id=record.pk)
    return rows.select_related("signer").order_by("-id")


def signed_values(signature: Signature) -> dict[str, Any]:
    """All that a signature says: who, as what, when, what for, which record, what it held, how it was proved."""
    return {
        "signer": signature.signer.username,
        "name": signature.printed_name,
        "capacity": signature.capacity,
        "meaning": signature.meaning,
        "time": signature.signed_at.astimezone(UTC).isoformat(),
        "zone": signature.time_zone,
        "record": [signature.record_type, signature.record_id],
        "content": signature.content,
        "how": signature.authenticated_by,
    }


def verify(signature: Signature) -> bool:
    """Whether a signature is what was signed: nothing of it changed, and it stands on the record it was given for.

    Whether the record still holds what was signed, its owner knows: compare it with ``content``.
    """
    return digest_of(signed_values(signature)) == signature.digest
