"""What pages of the top floor share."""

from __future__ import annotations

from django.conf import settings

from enrollment import selectors


def standing() -> dict[str, object]:
    """How recruitment stands: open or not, its target, who turned it and why, what the registry record says."""
    row, steps, filled = selectors.recruitment(), selectors.latest_steps(), selectors.places_filled()
    return {
        "filled": filled,
        "places": places(filled, row.target) if row.target else [],
        "recruitment": row,
        "turned": steps.get("open_recruitment" if row.is_open else "close_recruitment"),
        "target_set": steps.get("set_target"),
        "registry_target": settings.PROTOCOL.facts.get("Target enrollment", ""),
        "registry_status": settings.PROTOCOL.facts.get("Status", ""),
    }


MOST_DRAWN, ACROSS, STEP, ROW = 60, 10, 30, 24
"""Places are drawn up to so many, so many in a line; sizes in SVG units."""


def places(filled: int, target: int) -> list[dict[str, int | bool]]:
    """Where each place stands in the picture, and whether it is filled; nothing for too many to be drawn."""
    if target > MOST_DRAWN:
        return []
    return [
        {"x": index % ACROSS * STEP + 1, "y": index // ACROSS * ROW + 1, "filled": index < filled}
        for index in range(target)
    ]
