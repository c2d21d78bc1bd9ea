"""Recruitment: open or closed, and how many are wanted. Design: "The gate"."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import User
from trial_portal.audit.ledger import ledger


class Recruitment(models.Model):
    """The one row that says whether people may be enrolled; locked first by whoever enrolls.

    Closed until an admin opens it with a reason (the registry record says "Not yet recruiting"). ``target`` is None
    until an admin sets it: the record's 0 means not stated, and until then there is no cap.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    is_open = models.BooleanField(_("open"), default=False)
    target = models.PositiveIntegerField(_("target"), null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="recruitment_is_one_row", condition=models.Q(id=1))]
        triggers = ledger("id is_open target", mutable=True)


class RecruitmentStep(models.Model):
    """Recruitment was opened, closed, or its target changed: who, when, why. Never changed."""

    action = models.CharField(max_length=30)
    is_open = models.BooleanField()
    target = models.PositiveIntegerField(null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id action is_open target by_id reason recorded_at")
