"""Recruitment and enrollment as tables: closed, open and back; in the study, and how it ends.

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

ENROLLED, WITHDRAWN, COMPLETED, INELIGIBLE = "enrolled", "withdrawn", "completed", "ineligible"

STATUS: tuple[Transition, ...] = (
    Transition("enroll", (), ENROLLED, May.ENROLL),
    Transition("find ineligible", (ENROLLED,), INELIGIBLE, May.RECORD_DEVIATION),
    Transition("withdraw", (ENROLLED, INELIGIBLE), WITHDRAWN, May.ENROLL),
    Transition("complete", (ENROLLED, INELIGIBLE), COMPLETED, May.ENROLL),
)
"""What may happen to somebody in the study. Who is found ineligible may go on in it, or be withdrawn: a deviation."""
