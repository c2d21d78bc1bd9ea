"""Every write of the top floor: recruitment, enrollment, what follows it, deviations."""

from enrollment.actions.deviations import record_deviation, report_deviation
from enrollment.actions.enroll import enroll
from enrollment.actions.recruitment import close_recruitment, open_recruitment, set_target
from enrollment.actions.status import complete, find_ineligible, withdraw

__all__ = [
    "close_recruitment",
    "complete",
    "enroll",
    "find_ineligible",
    "open_recruitment",
    "record_deviation",
    "report_deviation",
    "set_target",
    "withdraw",
]
