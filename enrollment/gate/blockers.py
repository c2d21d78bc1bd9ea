"""What the gate says. Boundary: pure."""

from __future__ import annotations

from dataclasses import dataclass

from trial_portal.accounts.permissions import May


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way: a fact, what to do about it, who does it, and the button that leads there.

    ``key`` names the check, ``note`` says more. ``may`` is what the button takes, at the site or, with ``whole_study``,
    in the whole study. ``mendable`` is False where nothing done on this attempt ends it; ``voids`` is True where
    mending it changes what was signed, so that it is signed again.
    """

    key: str
    icon: str
    title: str
    do: str
    who: str
    note: str = ""
    url: str = ""
    label: str = ""
    may: May | None = None
    whole_study: bool = False
    mendable: bool = True
    voids: bool = False


@dataclass(frozen=True)
class Passed:
    """One check that found nothing in the way, as a fact."""

    key: str
    says: str
