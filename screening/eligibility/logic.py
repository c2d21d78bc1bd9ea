"""Three-valued logic (strong Kleene) for rules that may not be decidable yet.

Boundary: knows nothing of items, dates or trials. Section 1.1 of the criteria specification.

    >>> Truth.TRUE | Truth.UNKNOWN
    <Truth.TRUE: 'true'>
    >>> Truth.TRUE & Truth.UNKNOWN
    <Truth.UNKNOWN: 'unknown'>
"""

from __future__ import annotations

from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """The value of a statement: true, false, or not known yet.

    Combine with ``&``, ``|`` and ``~``; compare with ``is``. There is no conversion to bool: an undecided
    statement used as a condition of ``if`` would silently count as one of the two (specification 1.1).
    """

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self} is not a bool. Write `truth is Truth.TRUE` (or FALSE, or UNKNOWN) instead.")

    def __and__(self, other: Truth) -> Truth:
        if self is Truth.FALSE or other is Truth.FALSE:
            return Truth.FALSE
        return Truth.UNKNOWN if self is Truth.UNKNOWN or other is Truth.UNKNOWN else Truth.TRUE

    def __or__(self, other: Truth) -> Truth:
        if self is Truth.TRUE or other is Truth.TRUE:
            return Truth.TRUE
        return Truth.UNKNOWN if self is Truth.UNKNOWN or other is Truth.UNKNOWN else Truth.FALSE

    def __invert__(self) -> Truth:
        if self is Truth.UNKNOWN:
            return self
        return Truth.FALSE if self is Truth.TRUE else Truth.TRUE


TRUE, FALSE, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


def truth(value: bool) -> Truth:
    """The Truth of something that is known: TRUE or FALSE."""
    return TRUE if value else FALSE
