"""What pages of the top floor share."""

from __future__ import annotations

from django.conf import settings

from enrollment import selectors


def standing() -> dict[str, object]:
    """How recruitment stands: open or not, its target, who turned it and why, what the registry record says."""
    row, steps = selectors.recruitment(), selectors.latest_steps()
    return {
        "recruitment": row,
        "turned": steps.get("open_recruitment" if row.is_open else "close_recruitment"),
        "target_set": steps.get("set_target"),
        "registry_target": settings.PROTOCOL.facts.get("Target enrollment", ""),
        "registry_status": settings.PROTOCOL.facts.get("Status", ""),
    }
