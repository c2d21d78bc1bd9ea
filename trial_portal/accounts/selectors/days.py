"""The calendar day of a moment, in each row's own time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import DateField, DateTimeField, F, Func, Value
from django.db.models.functions import Coalesce


class DayAt(Func):
    """The day at ``at`` in the zone that ``zone`` names; rows without one have the study's."""

    template = "(%(expressions)s)::date"
    arg_joiner = " AT TIME ZONE "
    output_field = DateField()

    def __init__(self, at: datetime, zone: str, **extra: Any) -> None:
        super().__init__(Value(at, output_field=DateTimeField()), Coalesce(F(zone), Value(settings.TIME_ZONE)), **extra)
