"""Recruitment as a table: from closed to open and back, and its target at any time.

Boundary: pure. ``actions`` applies these transitions through one private function; docs/workflow.md is made from them.
"""

from __future__ import annotations

from trial_portal.accounts.permissions import May
from trial_portal.audit.workflow import Transition

CLOSED, OPEN = "closed", "open"

TRANSITIONS: tuple[Transition, ...] = (
    Transition("open_recruitment", (CLOSED,), OPEN, May.CONFIGURE),
    Transition("close_recruitment", (OPEN,), CLOSED, May.CONFIGURE),
    Transition("set_target", (CLOSED,), CLOSED, May.CONFIGURE),
    Transition("set_target", (OPEN,), OPEN, May.CONFIGURE),
)
