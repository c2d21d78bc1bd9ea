"""Tags that every template may use without loading them: icons, dates, times with their zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> str:
    """An icon of the sprite; with ``label`` it speaks, without it is decoration beside a word."""
    href = static("frame/icons.svg")
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, href, name)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', href, name)


@register.filter
def day(value: Any) -> str:
    """A date as it is read in prose: 13 Oct 2026. "" for none."""
    if not value:
        return ""
    return date_format(value, "j M Y") if isinstance(value, date) else str(value)


@register.filter
def moment(value: datetime | None, zone: Any = None) -> str:
    """A moment in a site's zone (default: the study's), with the zone said: 13 Oct 2026, 14:32 (Asia/Shanghai)."""
    if value is None:
        return ""
    name = str(getattr(zone, "time_zone", None) or zone or settings.TIME_ZONE)
    local = value.astimezone(ZoneInfo(name))
    return f"{date_format(local, 'j M Y')}, {local:%H:%M} ({name})"
