"""State rules as a table of transitions: which action leads from which states to which, and who may do it.

Boundary: pure; no database, no clock. Each app has its table in its ``workflow.py`` and one private function that
applies any of them; docs/workflow.md is generated from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trial_portal.audit.refusals import Refused


@dataclass(frozen=True)
class Transition:
    """One way from a state to another. ``source`` holds every state it may start from; () means that it creates.

    ``signature_meaning`` is what a signature given with it says; "" when none is given.
    """

    action: str
    source: tuple[str, ...]
    target: str
    permission: str
    signature_meaning: str = ""


def find(table: Sequence[Transition], action: str, state: str, *, says: str) -> Transition:
    """The transition of ``action`` from ``state``. Raises :class:`Refused` with ``says`` when there is none."""
    for transition in table:
        if transition.action == action and state in (transition.source or ("",)):
            return transition
    raise Refused(says)
