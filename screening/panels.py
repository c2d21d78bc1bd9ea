"""What the page of a participant shows of screening: the attempts, and the way to open one.

Boundary: markup for the floor below, which knows no screening (``participants.panels``).
"""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from screening.selectors import attempts_of
from screening.workflow import DISCONTINUED, SCREEN_FAILURE
from trial_portal.accounts.permissions import May
from trial_portal.participants.models import Participant


def attempts_panel(request: Any, participant: Participant) -> str:
    """The attempts of a participant; the button where one may be opened now."""
    attempts = list(attempts_of(request.authority, participant))
    for attempt in attempts:
        attempt.marks = {row.criterion: row.mark for row in attempt.outcomes.all()}
    ended = all(attempt.status in (SCREEN_FAILURE, DISCONTINUED) for attempt in attempts)
    may_open = (
        ended
        and participant.status == Participant.Status.CONSENTED
        and request.authority.may(May.SCREEN, participant.site_id)
    )
    if not attempts and participant.status != Participant.Status.CONSENTED:
        return ""
    context = {"attempts": attempts, "participant": participant, "may_open": may_open}
    return render_to_string("screening/attempts.html", context, request)
