"""What may happen to a participant: from which status, to which, and who may do it.

Boundary: pure. ``actions`` applies these transitions through one private function; docs/workflow.md is made from them.
"""

from __future__ import annotations

from trial_portal.accounts.permissions import May
from trial_portal.audit.workflow import Transition

REGISTERED, CONSENTED, WITHDRAWN, STRUCK = "registered", "consented", "withdrawn", "struck"
LIVE = (REGISTERED, CONSENTED, WITHDRAWN)
"""Every status but "entered in error", which is the end."""


def stays(action: str, permission: May) -> tuple[Transition, ...]:
    """One transition for each live status, leading back to it: worth a step, but no change of status."""
    return tuple(Transition(action, (status,), status, permission) for status in LIVE)


TRANSITIONS: tuple[Transition, ...] = (
    Transition("register", (), REGISTERED, May.REGISTER),
    *stays("change_identity", May.REGISTER),
    *stays("resolve_duplicate", May.RESOLVE_DUPLICATES),
    # A consent signed on or before the day of a withdrawal, found and entered later, does not undo the withdrawal.
    Transition("record_consent", LIVE, CONSENTED, May.RECORD_CONSENT),
    Transition("record_consent", (WITHDRAWN,), WITHDRAWN, May.RECORD_CONSENT),
    Transition("strike_consent", (CONSENTED,), CONSENTED, May.STRIKE),
    Transition("strike_consent", (CONSENTED,), REGISTERED, May.STRIKE),
    Transition("strike_consent", (CONSENTED, WITHDRAWN), WITHDRAWN, May.STRIKE),
    Transition("withdraw_consent", (CONSENTED,), WITHDRAWN, May.RECORD_CONSENT),
    Transition("strike_withdrawal", (CONSENTED, WITHDRAWN), CONSENTED, May.STRIKE),
    Transition("strike_withdrawal", (WITHDRAWN,), REGISTERED, May.STRIKE),
    Transition("strike_withdrawal", (WITHDRAWN,), WITHDRAWN, May.STRIKE),
    Transition("strike", LIVE, STRUCK, May.STRIKE),
)
"""Registered without consent, consented, withdrawn, entered in error. Nothing leads back from the last."""


def leads(action: str, source: str, target: str) -> bool:
    """Whether the table has a way of ``action`` from ``source`` ("" when it creates) to ``target``."""
    return any(way.action == action and source in (way.source or ("",)) and way.target == target for way in TRANSITIONS)
