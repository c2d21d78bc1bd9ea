"""What several actions share: values checked as their columns want them, what changed, the step that says so.

Boundary: private to ``actions``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext as _

from trial_portal.accounts.models import Site
from trial_portal.audit.refusals import Refused
from trial_portal.frame.templatetags.portal import day


def today_at(site: Site | None, at: datetime) -> date:
    """The day at a site; with None, in the study's zone."""
    return site.day(at) if site is not None else at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def one_at_a_time(what: str) -> None:
    """Wait until nobody else is in a transaction that named the same. Taken before any row is locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"accounts.{what}"])


def said(text: str) -> str:
    """A reason without blanks around it. Raises Refused on ``reason`` when nothing is left."""
    if not text.strip():
        raise Refused(_("Say why. The reason stays in the history."), "reason")
    return text.strip()


def check_values(row: models.Model, *fields: str) -> None:
    """Raise Refused on the first of these fields whose value its column does not take."""
    others = {field.name for field in row._meta.fields} - set(fields)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as wrong:
        field, messages = next(iter(wrong.message_dict.items()))
        raise Refused(" ".join(messages), field) from None


def apply_changes(row: models.Model, values: dict[str, Any]) -> dict[str, list[Any]]:
    """Set these fields, save those that differ, and return them with ``[old, new]``. Raises Refused when none does."""
    changes = {name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value}
    if not changes:
        raise Refused(_("Nothing differs from what is saved, so nothing was changed."))
    for name, (_old, new) in changes.items():
        setattr(row, name, new)
    check_values(row, *changes)
    row.save(update_fields=list(changes))
    return changes


def not_in_the_future(value: date, today: date, field: str) -> None:
    """Raise Refused when that day has not come yet."""
    if value > today:
        raise Refused(
            _("%(day)s lies in the future; today is %(today)s. Check the year, the month and the day.")
            % {"day": day(value), "today": day(today)},
            field,
        )
