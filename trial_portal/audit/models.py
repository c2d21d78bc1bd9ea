"""The ledger's table, for reading. Only the database writes it (``sql/``)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class TransactionId(models.Field):
    """PostgreSQL's ``xid8``: a 64-bit transaction number that never wraps; an int in Python."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)


class AuditEvent(models.Model):
    """One changed row of one table: what, by whom, why, when. ``at`` is the database's clock, UTC.

    ``changes``: inserted or deleted columns with their value, updated ones with ``[old, new]``; "changed" for redacted
    columns, ``digest:…`` for identified ones. ``actor`` is a user name, or ``db:<role>`` when it was written past the
    portal.
    """

    class Operation(models.TextChoices):
        INSERT = "INSERT", _("entered")
        UPDATE = "UPDATE", _("changed")
        DELETE = "DELETE", _("deleted")
        TRUNCATE = "TRUNCATE", _("table emptied")

    id = models.BigAutoField(primary_key=True)
    generation = models.IntegerField()
    txid = TransactionId()
    table = models.CharField(max_length=63)
    key = models.TextField()
    operation = models.CharField(max_length=8, choices=Operation)
    changes = models.JSONField()
    actor = models.CharField(max_length=150)
    reason = models.TextField()
    request = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "audit_event"
        indexes = [
            models.Index(fields=["generation", "txid", "id"], name="audit_event_order"),
            models.Index(fields=["table", "key", "id"], name="audit_event_record"),
            models.Index(fields=["actor", "id"], name="audit_event_actor"),
            models.Index(fields=["at"], name="audit_event_at"),
        ]
