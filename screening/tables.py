"""Tables of screening records: which columns, and how a value is said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from screening.models import ScreeningRecord
from screening.words import SUBJECTS
from trial_portal.frame.templatetags.portal import moment, status
from trial_portal.participants.tables import link

SUBJECT_KINDS = {"eligible": "ok", "ineligible": "stop", "pending": "open"}


class ReviewTable(tables.Table):
    """Records that wait for review, the longest first."""

    number = tables.Column(verbose_name=_("Record"), accessor="participant__number")
    born = tables.Column(verbose_name=_("Sex, born"), accessor="participant__birth_year")
    site = tables.Column(verbose_name=_("Site"), accessor="participant__site__short_name")
    waiting_since = tables.Column(verbose_name=_("Waiting since"))
    subject = tables.Column(verbose_name=_("As computed"))
    not_clear = tables.Column(verbose_name=_("Not clear"), empty_values=())

    class Meta:
        attrs = {"aria-label": _("Waiting for review")}

    def __init__(self, *args: Any, not_clear: Mapping[int, int], at: datetime, **kwargs: Any) -> None:
        self.counted, self.at = not_clear, at
        super().__init__(*args, **kwargs)

    def render_number(self, record: ScreeningRecord, value: str) -> SafeString:
        return link(reverse("review:record", args=[value, record.attempt]), value)

    def render_born(self, record: ScreeningRecord) -> str:
        return f"{record.participant.get_sex_at_birth_display()}, {record.participant.birth_year}"

    def render_waiting_since(self, record: ScreeningRecord, value: datetime) -> str:
        days = (record.participant.site.day(self.at) - record.participant.site.day(value)).days
        when = moment(value, record.participant.site)
        return f"{when} · " + ngettext("%(days)s day", "%(days)s days", days) % {"days": days} if days else when

    def render_subject(self, record: ScreeningRecord, value: str) -> SafeString:
        if value == "pending" and not self.counted.get(record.pk):
            return status("judge", _now("Waits for judgement"))
        return status(SUBJECT_KINDS[value], str(SUBJECTS[value]).capitalize())

    def render_not_clear(self, record: ScreeningRecord) -> str:
        found = self.counted.get(record.pk, 0)
        if not found:
            return _now("none")
        return ngettext("%(count)s criterion", "%(count)s criteria", found) % {"count": found}
