"""Why a card is not saved yet: each carries what its page shows, so that nothing typed is lost.

Boundary: pure. Design: "Cards save by themselves".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from screening.eligibility.items import Item
from trial_portal.audit.refusals import Refused


@dataclass(frozen=True)
class Change:
    """One saved answer that would change. ``result_set`` is its result set's key, or None."""

    item: Item
    old: object
    new: object
    result_set: int | None = None


@dataclass(frozen=True)
class Clash:
    """Somebody changed an item while this person had its card open: what they saved, who and when, what was typed."""

    item: Item
    saved: object
    typed: object
    by: str
    at: object


class NotTaken(Refused):
    """Values that the protocol refuses: item name → sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(next(iter(problems.values())))
        self.problems = problems


class NeedsReason(Refused):
    """Saved answers would change, and nobody said why."""

    def __init__(self, message: str, changes: Sequence[Change]) -> None:
        super().__init__(message)
        self.changes = changes


class NeedsConfirming(Refused):
    """Unusual values (soft limits): item name → sentence. Taken once confirmed."""

    def __init__(self, message: str, unusual: Mapping[str, str]) -> None:
        super().__init__(message)
        self.unusual = unusual


class Conflict(Refused):
    """Items of this card were changed by somebody else since it was loaded."""

    def __init__(self, message: str, clashes: Sequence[Clash]) -> None:
        super().__init__(message)
        self.clashes = clashes
