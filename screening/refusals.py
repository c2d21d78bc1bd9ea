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

    @property
    def corrects(self) -> bool:
        """Whether it takes back something that was saved; what is only added to it, such as a cell, needs no reason."""
        return takes_back(self.old, self.new)


def takes_back(old: object, new: object) -> bool:
    """Whether ``new`` lacks or changes anything of ``old``. An empty list is an answer: "none"."""
    if old is None:
        return False
    if isinstance(old, dict) and isinstance(new, dict):
        return any(takes_back(part, new.get(name)) for name, part in old.items())
    if isinstance(old, list) and isinstance(new, list) and old and len(new) >= len(old):
        return any(takes_back(part, other) for part, other in zip(old, new, strict=False))
    return old != new


def merged(loaded: object, saved: object, typed: object) -> object:
    """One value of what somebody loaded, what another person saved since, and what was typed.

    Who left it as it was takes what was saved; a worksheet is settled cell by cell. Raises ValueError when both
    changed it, and not to the same.
    """
    if typed in (loaded, saved):
        return saved
    if saved == loaded:
        return typed
    if all(isinstance(part, dict | None) for part in (loaded, saved, typed)):
        parts: list[dict[str, object]] = [part if isinstance(part, dict) else {} for part in (loaded, saved, typed)]
        names = dict.fromkeys(name for part in parts for name in part)
        found = {name: merged(*(part.get(name) for part in parts)) for name in names}
        return {name: value for name, value in found.items() if value is not None} or None
    raise ValueError("Two people changed it.")


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


@dataclass(frozen=True)
class Changed:
    """One thing that is not as a page showed it. ``criterion`` is its id, or "" where it concerns none."""

    says: str
    criterion: str = ""


class ContentChanged(Refused):
    """Not signed: what the record says is not what the page showed. ``changes`` say what, the weightiest first."""

    def __init__(self, message: str, changes: Sequence[Changed]) -> None:
        super().__init__(message)
        self.changes = changes
