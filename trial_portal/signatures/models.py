"""Signatures, never changed. Design: "The records", Signature."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from trial_portal.accounts.models import User
from trial_portal.audit.ledger import ledger


class Signature(models.Model):
    """One person signed one record: ``record`` names its table and key, ``content`` is what the page showed.

    ``digest`` is the SHA-256 (hex) over the canonical JSON of signer, meaning, time, record and content, so that it
    cannot move to another record. ``printed_name`` and ``capacity`` are as they were then.
    """

    signer = models.ForeignKey(User, models.PROTECT, related_name="signatures")
    printed_name = models.CharField(max_length=200)
    capacity = models.CharField(max_length=200)
    meaning = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    time_zone = models.CharField(max_length=64)
    record_type = models.CharField(max_length=63)
    record_id = models.BigIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)
    authenticated_by = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["record_type", "record_id"])]
        triggers = ledger(
            "id signer_id printed_name capacity meaning signed_at time_zone record_type record_id content digest"
            " authenticated_by recorded_at"
        )
