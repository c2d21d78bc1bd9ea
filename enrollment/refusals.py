"""Why somebody is not enrolled: everything at once. Boundary: pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from trial_portal.audit.refusals import Refused

if TYPE_CHECKING:
    from enrollment.gate import Gate


class NotYet(Refused):
    """The gate is closed. ``gate`` holds every blocker, as the page shows them."""

    def __init__(self, message: str, gate: Gate) -> None:
        super().__init__(message)
        self.gate = gate
