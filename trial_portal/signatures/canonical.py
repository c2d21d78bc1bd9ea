"""What a digest is computed over: JSON with sorted keys, no blanks, UTF-8. Boundary: pure.

{"capacity":…,"content":…,"how":…,"meaning":…,"name":…,"record":["accounts_delegation",7],"signer":…,"time":…,"zone":…}
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """The one way in which a JSON value is written. Raises TypeError or ValueError for what is no JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


def digest_of(value: Any) -> str:
    """SHA-256 (hex) of a JSON value."""
    return hashlib.sha256(canonical(value)).hexdigest()
