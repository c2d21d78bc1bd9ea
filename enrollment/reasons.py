"""Coded reasons of what follows enrollment, and their words. Boundary: codes are stored, labels shown."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from enrollment.models import EnrollmentStep


class Withdrawn(models.TextChoices):
    """Why somebody leaves the study."""

    PARTICIPANT = "participant", gettext_lazy("Participant's decision")
    ADVERSE_EVENT = "adverse_event", gettext_lazy("Adverse event")
    PHYSICIAN = "physician", gettext_lazy("Physician's decision")
    DEVIATION = "deviation", gettext_lazy("Protocol deviation")
    LOST = "lost", gettext_lazy("Lost to follow-up")
    DEATH = "death", gettext_lazy("Death")
    SPONSOR = "sponsor", gettext_lazy("Study ended by the sponsor")
    OTHER = "other", gettext_lazy("Other")


class Completed(models.TextChoices):
    """How the study is completed."""

    PLANNED = "planned", gettext_lazy("All visits as planned")
    MISSED = "missed", gettext_lazy("To the end, with visits missed")
    OTHER = "other", gettext_lazy("Other")


CODES: dict[str, type[models.TextChoices]] = {"withdraw": Withdrawn, "complete": Completed}


def reason_of(step: EnrollmentStep) -> str:
    """The coded reason of a step in words; a criterion stays its id, no code is ""."""
    codes = CODES.get(step.action)
    return str(codes(step.code).label) if codes and step.code in codes.values else step.code
