"""Statuses of records and enrollments in shape, word and colour. Screen failure is grey: nobody is to blame.

Boundary: codes in, markup out; words: ui.md, Anatomy 6.
"""

from __future__ import annotations

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from enrollment.models import Enrollment
from screening.models import ScreeningRecord
from trial_portal.frame.templatetags.portal import status

SCREENING = {
    "in_progress": ("info", ""),
    "submitted": ("judge", ""),
    "returned": ("open", "arrow-back"),
    "eligible": ("ok", ""),
    "enrolled": ("ok", "check"),
    "screen_failure": ("quiet", "cross-octagon"),
    "discontinued": ("quiet", "circle-slash"),
}
ENROLLMENT = {
    "enrolled": ("ok", "check"),
    "withdrawn": ("quiet", "arrow-back"),
    "completed": ("ok", "flag"),
    "ineligible": ("open", "warning"),
}
NEXT = {
    "in_progress": _("Answer what is left, then submit"),
    "submitted": _("An investigator reviews"),
    "returned": _("Answer the queries, then submit again"),
    "eligible": _("Enroll"),
    "screen_failure": _("None"),
    "discontinued": _("None; a new attempt may follow"),
}
"""What is done next with a record in each state."""


def screening_status(code: str) -> SafeString | str:
    """The status of a screening record; "" for none."""
    return status(SCREENING[code][0], ScreeningRecord.Status(code).label, SCREENING[code][1]) if code else ""


def enrollment_status(code: str) -> SafeString | str:
    """The status after enrollment; "" for none."""
    return status(ENROLLMENT[code][0], Enrollment.Status(code).label, ENROLLMENT[code][1]) if code else ""
