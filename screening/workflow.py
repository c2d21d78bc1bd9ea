"""The states of a screening record and the ways between them. Design: "The way through".

Boundary: pure. :mod:`screening.actions.steps` applies any of them.
"""

from __future__ import annotations

from trial_portal.accounts.permissions import May
from trial_portal.audit.workflow import Transition

IN_PROGRESS, SUBMITTED, RETURNED = "in_progress", "submitted", "returned"
ELIGIBLE, SCREEN_FAILURE, DISCONTINUED, ENROLLED = "eligible", "screen_failure", "discontinued", "enrolled"

EDITABLE = (IN_PROGRESS, RETURNED)
"""States in which answers are entered."""

OPEN = (IN_PROGRESS, SUBMITTED, RETURNED, ELIGIBLE)
"""States from which an attempt can still be discontinued."""

TRANSITIONS = (
    Transition("open", (), IN_PROGRESS, May.SCREEN),
    Transition("submit", EDITABLE, SUBMITTED, May.SCREEN),
    Transition("return", (SUBMITTED,), RETURNED, May.REVIEW),
    Transition("sign eligible", (SUBMITTED,), ELIGIBLE, May.SIGN_ELIGIBILITY, "Confirmed eligible"),
    Transition("sign not eligible", (SUBMITTED,), SCREEN_FAILURE, May.SIGN_ELIGIBILITY, "Confirmed not eligible"),
    # Either may: the coordinator who has to change an answer, or the investigator who finds that one is wrong.
    Transition("reopen", (ELIGIBLE, SCREEN_FAILURE), IN_PROGRESS, May.SCREEN),
    Transition("reopen", (ELIGIBLE, SCREEN_FAILURE), IN_PROGRESS, May.REVIEW),
    Transition("discontinue", OPEN, DISCONTINUED, May.SCREEN),
    Transition("discontinue", OPEN, DISCONTINUED, May.REVIEW),
    Transition("enroll", (ELIGIBLE,), ENROLLED, May.ENROLL, "Enrolled"),
)
