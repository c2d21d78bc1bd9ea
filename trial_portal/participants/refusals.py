"""Refusals that can be gone past by somebody who was told, and says so.

``token`` stands for what was told. The page carries it back; when it still stands for the same, the person's
confirmation counts, else they are told anew. Boundary: no database.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.crypto import salted_hmac

from trial_portal.audit.refusals import Refused


def token_of(*told: object) -> str:
    """A short digest of what somebody was told; it gives nothing of it away."""
    return salted_hmac("trial_portal.participants.refusals", "\x1f".join(map(str, told))).hexdigest()[:20]


class NeedsConfirmation(Refused):
    """Refused until the person confirms what they were told. ``token`` says what that was."""

    def __init__(self, message: str, field: str, told: Sequence[object]) -> None:
        super().__init__(message, field)
        self.token = token_of(*told)


class AlreadyKnown(NeedsConfirmation):
    """This person may be in the registry already.

    ``here``: participants of the same site with what matches, ``(number, label)``. ``elsewhere``: whether there is one
    at another site, of which nothing more may be told.
    """

    def __init__(self, message: str, here: Sequence[tuple[str, str]], elsewhere: bool, told: Sequence[object]) -> None:
        super().__init__(message, "", told)
        self.here, self.elsewhere = here, elsewhere


class WrongVersion(NeedsConfirmation):
    """The ICF version was not in force that day. ``right`` is the one that was, or None when there was none."""

    def __init__(self, message: str, version: Any, right: Any, signed_on: date) -> None:
        super().__init__(message, "version", (version.pk, right.pk if right else "", signed_on))
        self.version, self.right, self.signed_on = version, right, signed_on
