"""The moment at which pages of these tests are asked for: AT, whatever the machine's clock says."""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.factories import AT


@pytest.fixture
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """14:00 in Nanchang on 20 October 2026."""
    monkeypatch.setattr(timezone, "now", lambda: AT)
