"""Freezing an evaluation: exactly what somebody submits or signs, with the versions that gave it.

Boundary: makes the row; who may do it is the actions' business. Design: "The records", Evaluation.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

from django.conf import settings

from screening.eligibility.dates import completed_years, read_date
from screening.eligibility.protocol import canonical, sha256_of
from screening.models import Evaluation
from screening.selectors import Loaded
from trial_portal.accounts.models import User


def content(loaded: Loaded) -> dict[str, Any]:
    """What is frozen, as JSON has it: items without the birth date, results, subject, versions.

    What is signed is more: ``reviewing.content.signed_content``; its digest is made in the same way.
    """
    items = dict(loaded.items)
    birth = loaded.protocol.derived.get("participant.birth_date")
    birth_date = items.pop(birth.name, None) if birth else None
    results = loaded.evaluation.as_json()
    return {
        "record": loaded.record.pk,
        "participant": loaded.record.participant.number,
        "attempt": loaded.record.attempt,
        "items": {name: items[name] for name in sorted(items) if items[name] is not None},
        "age": _age(loaded, birth_date),
        "birth_date_digest": _digest(birth_date),
        "subject": results["subject"],
        "criteria": results["criteria"],
        "instruments": results["instruments"],
        "problems": results["problems"],
        "protocol": loaded.protocol.label,
        "protocol_digest": loaded.protocol.digest,
        "configuration_digest": sha256_of(canonical(dict(loaded.protocol.defaults))),
        "engine_digest": loaded.protocol.engine_digest,
    }


def digest(frozen: dict[str, Any]) -> str:
    """SHA-256 (hex) of the canonical JSON of what is frozen."""
    text = json.dumps(frozen, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def freeze(
    loaded: Loaded, kind: Evaluation.Kind, *, by: User, frozen: dict[str, Any] | None = None, **more: Any
) -> Evaluation:
    """Keep the evaluation as it stands now. ``frozen``: what the digest is over, where it is more than ``content``."""
    frozen = content(loaded) if frozen is None else frozen
    return Evaluation.objects.create(
        record=loaded.record,
        kind=kind,
        items=frozen["items"],
        results={name: frozen[name] for name in ("criteria", "instruments", "problems")},
        subject=frozen["subject"],
        age=frozen["age"],
        birth_date_digest=frozen["birth_date_digest"],
        protocol_label=frozen["protocol"],
        protocol_digest=frozen["protocol_digest"],
        configuration_digest=frozen["configuration_digest"],
        engine_digest=frozen["engine_digest"],
        digest=digest(frozen),
        by=by,
        **more,
    )


def _age(loaded: Loaded, birth_date: object) -> str:
    """The age at consent in completed years, as a range while the birth date is partial; "" without consent."""
    if not isinstance(birth_date, str) or loaded.consent is None:
        return ""
    born = read_date(birth_date)
    signed = loaded.consent.signed_on
    low, high = completed_years(born.latest, signed), completed_years(born.earliest, signed)
    return str(low) if low == high else f"{low}-{high}"


def _digest(birth_date: object) -> str:
    if not isinstance(birth_date, str):
        return ""
    return hmac.new(settings.BLIND_INDEX_KEY.encode(), birth_date.encode(), hashlib.sha256).hexdigest()
