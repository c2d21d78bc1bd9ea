"""What a file is by its bytes, whatever its name says: PDF, PNG or JPEG, whole.

Boundary: pure. ``MOST_BYTES`` is the largest file taken.
"""

from __future__ import annotations

import re

MOST_BYTES = 10 * 1024 * 1024
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg"}
"""Content type → how the name of a stored file ends."""


def content_type(content: bytes) -> str:
    """The content type of a whole file; "" when it is none of the three, or its end is missing."""
    if content.startswith(b"%PDF-") and re.search(rb"startxref\s+\d+\s+%%EOF", content[-1024:]):
        return PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR") and content[-12:].startswith(b"\0\0\0\0IEND"):
        return PNG
    if content.startswith(b"\xff\xd8\xff") and content.rstrip(b"\0").endswith(b"\xff\xd9"):
        return JPEG
    return ""
