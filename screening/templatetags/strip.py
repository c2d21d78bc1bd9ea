"""The strip: all criteria of a record at a glance, in the protocol's order; for records and lists of them.

{% load strip %}
{% strip marks %}      marks: criterion id → ok, stop, open, judge or todo (what is missing is to do)
{% mark_icon mark %}   the shape of one mark in its colour, beside its word
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.cards import CLEAR, EXCLUDES, TO_DO
from screening.words import MARKS
from trial_portal.frame.templatetags.portal import STATUS_ICONS, icon

register = template.Library()
STEP, GAP, WIDTH = 9.4, 6.0, 7.0


@register.inclusion_tag("components/strip.html")
def strip(marks: Mapping[str, str]) -> dict[str, Any]:
    """The drawing, with what it says in words."""
    cells, x, before = [], 0.5, None
    for criterion in settings.PROTOCOL.criteria:
        if before is not None and before != criterion.exclusion:
            x += GAP
        before = criterion.exclusion
        mark = marks.get(criterion.id, TO_DO)
        cells.append({"mark": mark, "x": round(x, 1), "middle": round(x + WIDTH / 2, 1)})
        x += STEP
    return {"cells": cells, "width": round(x, 1), "says": in_words(marks)}


@register.simple_tag
def mark_icon(mark: str) -> SafeString:
    """The shape of a mark, in its colour."""
    return format_html('<span class="s s-{}">{}</span>', mark, icon(STATUS_ICONS[mark]))


def in_words(marks: Mapping[str, str]) -> str:
    """The strip in words: how many are decided, and each that is not clear by name."""
    known = {criterion.id: marks.get(criterion.id, TO_DO) for criterion in settings.PROTOCOL.criteria}
    decided = sum(mark in (CLEAR, EXCLUDES) for mark in known.values())
    parts = [
        ngettext("%(decided)s of %(count)s decided", "%(decided)s of %(count)s decided", decided)
        % {"decided": decided, "count": len(known)}
    ]
    clear = sum(mark == CLEAR for mark in known.values())
    if clear:
        parts.append(ngettext("%(count)s clear", "%(count)s clear", clear) % {"count": clear})
    for mark, word in MARKS.items():
        ids = [id for id, own in known.items() if own == mark]
        if ids and mark != CLEAR:
            parts.append(_("%(word)s: %(ids)s") % {"word": word, "ids": ", ".join(ids)})
    return "; ".join(parts)
