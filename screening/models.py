"""The screening record: one attempt of one participant, its answers and results, evidence, queries, evaluations.

Boundary: fields and constraints; what an answer means is the protocol's, every write is in ``actions``, every read in
``selectors``. Design: "The records", ScreeningRecord and what follows.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import STRUCK_COLUMNS, Strikable, User
from trial_portal.audit.ledger import ledger
from trial_portal.participants.models import Participant
from trial_portal.signatures.models import Signature


class ReasonCode(models.TextChoices):
    """Why a saved answer changes."""

    TYPING = "typing", _("Typing mistake")
    SOURCE = "source", _("The source says otherwise")
    NEW = "new", _("New information")
    QUERY = "query", _("Answer to a query")
    OTHER = "other", _("Other")


class ScreeningRecord(models.Model):
    """One attempt, pinned to a protocol version. ``answers``: item name → answer as the engine takes it.

    ``revision`` rises with every save; each card says at which revision it was loaded. ``screening_date`` is the day of
    the visit in the site's zone, the anchor of most windows.
    """

    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        SUBMITTED = "submitted", _("With investigator")
        RETURNED = "returned", _("Returned")
        ELIGIBLE = "eligible", _("Eligible")
        SCREEN_FAILURE = "screen_failure", _("Screen failure")
        DISCONTINUED = "discontinued", _("Discontinued")
        ENROLLED = "enrolled", _("Enrolled")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="screening_records")
    attempt = models.PositiveSmallIntegerField()
    screening_date = models.DateField()
    protocol_label = models.CharField(max_length=100)
    protocol_digest = models.CharField(max_length=64)
    status = models.CharField(max_length=14, choices=Status, default=Status.IN_PROGRESS)
    answers = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=0)
    subject = models.CharField(max_length=10, default="pending")
    decided = models.PositiveSmallIntegerField(default=0)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    waiting_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "attempt"], name="screening_attempt_once"),
            models.UniqueConstraint(
                fields=["participant"],
                condition=models.Q(status__in=["in_progress", "submitted", "returned", "eligible", "enrolled"]),
                name="screening_one_open_attempt",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "waiting_since", "id"]),
            models.Index(fields=["participant", "-attempt"]),
            models.Index(fields=["-changed_at", "-id"]),
            models.Index(fields=["screening_date", "id"]),
        ]
        triggers = ledger(
            "id participant_id attempt screening_date protocol_label protocol_digest status answers revision subject"
            " decided opened_by_id opened_at changed_at waiting_since",
            mutable=True,
        )

    def __str__(self) -> str:
        return f"{self.participant.number}, attempt {self.attempt}"


class ScreeningStep(models.Model):
    """One step of a record: opened, submitted, returned, signed, discontinued, reopened, enrolled. Never changed.

    ``code`` is the coded reason of a discontinuation.
    """

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    source = models.CharField(max_length=14, blank=True)
    target = models.CharField(max_length=14)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    code = models.CharField(max_length=20, blank=True)
    reason = models.TextField(blank=True)
    event_date = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id record_id action source target by_id code reason event_date recorded_at")


class ResultSet(Strikable):
    """One dated examination: its values (item name → answer), when the specimen was taken, for what, and the source.

    ``examination`` is the protocol's name of it. The one with the latest specimen date is used; all are kept.
    """

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="result_sets")
    examination = models.CharField(max_length=40)
    specimen_date = models.DateField(null=True)
    values = models.JSONField(default=dict)
    source = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-specimen_date", "-id"]
        indexes = [models.Index(fields=["record", "examination"])]
        triggers = ledger(
            f"id record_id examination specimen_date values source recorded_by_id recorded_at {STRUCK_COLUMNS}",
            mutable=True,
        )


class AnswerRevision(models.Model):
    """One answer was given, changed or cleared. Never changed; ``old`` and ``new`` are answers as the engine has them.

    ``result_set`` is set when the answer belongs to one. ``revision`` is the record's after the save. ``confirmed``: an
    unusual value (soft limit) was confirmed by who entered it.
    """

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="revisions")
    result_set = models.ForeignKey(ResultSet, models.PROTECT, null=True, related_name="revisions")
    item = models.CharField(max_length=60)
    old = models.JSONField(null=True)
    new = models.JSONField(null=True)
    revision = models.PositiveIntegerField()
    reason_code = models.CharField(max_length=10, choices=ReasonCode, blank=True)
    reason = models.TextField(blank=True)
    confirmed = models.BooleanField(default=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["record", "item", "-id"]), models.Index(fields=["record", "revision"])]
        triggers = ledger("id record_id result_set_id item old new revision reason_code reason confirmed by_id at")


class CriterionOutcome(models.Model):
    """The current outcome of one criterion of one record, for lists and counts; made anew by every save."""

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="outcomes")
    criterion = models.CharField(max_length=4)
    outcome = models.CharField(max_length=12)
    mark = models.CharField(max_length=7)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record", "criterion"], name="criterion_outcome_once")]
        indexes = [models.Index(fields=["criterion", "outcome"])]
        triggers = ledger("id record_id criterion outcome mark", mutable=True)


class SourceDocument(Strikable):
    """What proves an answer: a private file (its type by content), or words that say where the source lies."""

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="source_documents")
    criteria = models.JSONField()
    title = models.CharField(max_length=200)
    file = models.FileField(upload_to="source/", max_length=200, blank=True)
    content_type = models.CharField(max_length=40, blank=True)
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    location = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="source_document_is_file_or_location", condition=~models.Q(file="") | ~models.Q(location="")
            )
        ]
        triggers = ledger(
            "id record_id criteria title file content_type size sha256 location recorded_by_id recorded_at "
            + STRUCK_COLUMNS,
            mutable=True,
        )


class Query(models.Model):
    """A reviewer's question on a criterion, its answer, and who closed it."""

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="queries")
    criterion = models.CharField(max_length=4)
    question = models.TextField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["record", "closed_at"])]
        triggers = ledger(
            "id record_id criterion question asked_by_id asked_at answer answered_by_id answered_at closed_by_id"
            " closed_at",
            mutable=True,
        )


class Confirmation(models.Model):
    """An investigator confirmed the clinician items of one criterion with these values. Never changed.

    It holds as long as the values are the same: ``values`` is item name → answer as confirmed.
    """

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="confirmations")
    criterion = models.CharField(max_length=4)
    values = models.JSONField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id record_id criterion values by_id at")


class Evaluation(models.Model):
    """Frozen: items, results and the versions that gave them. Never changed.

    It keeps the age at consent and a keyed digest of the birth date, not the date. ``digest`` (SHA-256, hex) is over
    the canonical JSON of all that a signer sees; the page carries it.
    """

    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted")
        SIGNED = "signed", _("signed")

    record = models.ForeignKey(ScreeningRecord, models.PROTECT, related_name="evaluations")
    kind = models.CharField(max_length=9, choices=Kind)
    items = models.JSONField()
    results = models.JSONField()
    subject = models.CharField(max_length=10)
    age = models.CharField(max_length=10, blank=True)
    birth_date_digest = models.CharField(max_length=64, blank=True)
    protocol_label = models.CharField(max_length=100)
    protocol_digest = models.CharField(max_length=64)
    configuration_digest = models.CharField(max_length=64)
    engine_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    signature = models.OneToOneField(Signature, models.PROTECT, null=True, related_name="evaluation")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger(
            "id record_id kind items results subject age birth_date_digest protocol_label protocol_digest"
            " configuration_digest engine_digest digest signature_id by_id at"
        )


class VoidedSignature(models.Model):
    """A signature ceased to hold because signed content changed: why, by whom. Never changed."""

    evaluation = models.OneToOneField(Evaluation, models.PROTECT, related_name="voided")
    reason = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = ledger("id evaluation_id reason by_id at")
