"""Requests at a chosen moment: the pages of tests stand in October 2026, as the records do."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.factories import AT


class _Stopped:
    """Stands for django.utils.timezone at the door."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The moment."""
        return self.at


def stop_the_clock(monkeypatch: pytest.MonkeyPatch, at: datetime = AT) -> None:
    """From now on every request comes at ``at``."""
    monkeypatch.setattr("trial_portal.accounts.middleware.timezone", _Stopped(at))
