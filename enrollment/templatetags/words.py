"""Statuses, next steps and the strip's legend, for lists of records: {% load words %}."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from enrollment import words
from screening.models import ScreeningRecord
from screening.words import MARKS

register = template.Library()
register.simple_tag(words.screening_status)
register.simple_tag(words.enrollment_status)


@register.simple_tag
def next_step(record: ScreeningRecord) -> Any:
    """What is done next with a record; of one that is enrolled, its number."""
    if record.status == ScreeningRecord.Status.ENROLLED and hasattr(record, "enrollment"):
        url = reverse("enrollment:status", args=[record.participant.number])
        return format_html('<a href="{}">{}</a>', url, record.enrollment.number)
    return words.NEXT.get(record.status, "")


SHAPES = {
    "ok": '<rect class="ok" x="1" y="5" width="7" height="8"/>',
    "stop": '<rect class="stop" x="1" y="1" width="7" height="16"/>',
    "open": '<rect class="open" x="1" y="5" width="6" height="8"/>',
    "judge": '<path class="judge" d="M4.5 4l4 5-4 5-4-5z"/>',
    "todo": '<circle class="todo" cx="4.5" cy="9" r="2"/>',
}
"""How the strip draws each mark (components/strip.html)."""


@register.simple_tag
def legend() -> SafeString:
    """The five marks as the strip draws them, with their words."""
    parts = ((SafeString(SHAPES[mark]), word) for mark, word in MARKS.items())
    drawn = '<span><svg class="p-strip p-key" aria-hidden="true" viewBox="0 0 9 18">{}</svg> {}</span>'
    return format_html_join(" ", drawn, parts)
