"""What the top floor adds to the page of a participant: the enrollment and how it stands."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from enrollment import selectors
from trial_portal.participants.models import Participant


def enrollment_panel(request: Any, participant: Participant) -> str:
    """The enrollment of a participant; "" for one who is not enrolled."""
    enrollment = selectors.enrollments(request.authority).filter(participant=participant).first()
    if enrollment is None:
        return ""
    context = {"enrollment": enrollment, "participant": participant}
    return render_to_string("enrollment/panel.html", context, request)
