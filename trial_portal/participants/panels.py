"""Where a floor above adds its part to the page of a participant.

    PANELS.append(screening_panel)     # in the app's ready()

Boundary: this floor knows no panel; each is handed the request and the participant and gives its markup, "" for none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from trial_portal.participants.models import Participant

Panel = Callable[[Any, Participant], str]
PANELS: list[Panel] = []
"""In the order shown, below the consents."""


def panels_of(request: Any, participant: Participant) -> list[str]:
    """The markup of every panel that has something to show."""
    return [markup for panel in PANELS if (markup := panel(request, participant))]
