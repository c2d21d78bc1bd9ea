"""Encryption of identities at rest, and digests by which they are found exactly.

Boundary: keys come from the settings (IDENTITY_KEYS, BLIND_INDEX_KEY), nothing else of the portal is known here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def cipher() -> MultiFernet:
    """Encrypts with the first of IDENTITY_KEYS, decrypts with any. Raises ValueError for a malformed key."""
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])


class EncryptedText(models.TextField):
    """Text that the database only ever sees encrypted; "" stays "". It cannot be searched; see :func:`blind_index`."""

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return cipher().encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return cipher().decrypt(value.encode()).decode() if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        raise TypeError("An encrypted column cannot be searched: look for its blind index instead.")


def normalised(text: str) -> str:
    """Text as it is compared: one form of each character, small letters, no blanks or punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def blind_index(*parts: str) -> str:
    """Keyed digest (HMAC-SHA-256, hex) of some texts as they are compared; "" when one of them is empty."""
    compared = [normalised(part) for part in parts]
    if not all(compared):
        return ""
    key = settings.BLIND_INDEX_KEY.encode()
    return hmac.new(key, "\x1f".join(compared).encode(), hashlib.sha256).hexdigest()
