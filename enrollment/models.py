"""Recruitment, enrollment and its steps, reports of deviations. Design: "The gate", "The records"."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from screening.models import Evaluation, ScreeningRecord
from trial_portal.accounts.models import Site, User
from trial_portal.audit.ledger import ledger
from trial_portal.participants.models import Deviation, Participant


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


class SiteEnrollmentCounter(models.Model):
    """The last enrollment number of a site; locked while the next one is given: no gap, no double."""

    site = models.OneToOneField(Site, models.PROTECT, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        triggers = ledger("site_id last", mutable=True)


class Enrollment(models.Model):
    """A participant is in the study: which record, which signed evaluation, which number, by whom and when.

    ``number`` is ``<site>-<nnn>``, at least three digits, gap-free, never reused. ``status`` is the target of the
    latest step; ``enrolled_on`` is the day in the site's zone. Nobody is enrolled twice.
    """

    class Status(models.TextChoices):
        ENROLLED = "enrolled", _("In the study")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        COMPLETED = "completed", _("Completed")
        INELIGIBLE = "ineligible", _("Found ineligible")

    participant = models.OneToOneField(Participant, models.PROTECT, related_name="enrollment")
    record = models.OneToOneField(ScreeningRecord, models.PROTECT, related_name="enrollment")
    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="enrollment")
    site = models.ForeignKey(Site, models.PROTECT, related_name="enrollments")
    number = models.CharField(_("enrollment number"), max_length=12, unique=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ENROLLED)
    enrolled_on = models.DateField(_("enrolled on"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "-id"])]
        triggers = ledger(
            "id participant_id record_id evaluation_id site_id number status enrolled_on by_id at", mutable=True
        )

    def __str__(self) -> str:
        return self.number


class EnrollmentStep(models.Model):
    """One step after eligibility: enrolled, withdrawn, completed, found ineligible. Never changed.

    ``code`` is the coded reason, for "found ineligible" the criterion that was not met; ``event_date`` is when it
    happened, ``recorded_at`` when it was entered.
    """

    enrollment = models.ForeignKey(Enrollment, models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    code = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    event_date = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id enrollment_id action source target by_id code reason event_date recorded_at")


class DeviationReport(models.Model):
    """A deviation was reported, on a day, to somebody who has to know. Never changed."""

    class To(models.TextChoices):
        ETHICS = "ethics_committee", _("Ethics committee")
        SPONSOR = "sponsor", _("Sponsor")
        AUTHORITY = "authority", _("Authority")

    deviation = models.ForeignKey(Deviation, models.PROTECT, related_name="reports")
    to = models.CharField(max_length=16, choices=To)
    reported_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["deviation", "to"], name="deviation_reported_once")]
        triggers = ledger("id deviation_id to reported_on recorded_by_id recorded_at")
