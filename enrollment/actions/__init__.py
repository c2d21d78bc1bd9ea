"""Every write of the top floor: recruitment, enrollment, what follows it, deviations."""

from enrollment.actions.recruitment import close_recruitment, open_recruitment, set_target

__all__ = ["close_recruitment", "open_recruitment", "set_target"]
