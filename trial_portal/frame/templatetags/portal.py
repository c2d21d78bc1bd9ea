"""Tags that every template may use without loading them: icons, statuses, fields, dates, times with their zone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.template.context import Context
from django.templatetags.static import static
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

STATUS_ICONS = {
    "ok": "tick-circle",
    "stop": "cross-octagon",
    "open": "question-square",
    "judge": "person-diamond",
    "todo": "ring-dashed",
    "info": "ring-half",
    "quiet": "ring",
}
"""The shape of each kind of status; ui.md principle 4: shape, word and colour, always the three."""


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of static/frame/icons.svg; with ``label`` it speaks, without it is decoration beside a word."""
    href = static("frame/icons.svg")
    if label:
        return format_html('<svg class="i" role="img" aria-label="{}"><use href="{}#{}"/></svg>', label, href, name)
    return format_html('<svg class="i" aria-hidden="true"><use href="{}#{}"/></svg>', href, name)


@register.simple_tag
def status(kind: str, word: Any, shape: str = "") -> SafeString:
    """A status: shape, word, colour. ``kind`` is a key of ``STATUS_ICONS``; ``shape`` names another icon.

    Tables call it too: ``render_status = lambda self, record: status("ok", record.get_status_display())``.
    """
    return format_html('<span class="s s-{}">{} {}</span>', kind, icon(shape or STATUS_ICONS[kind]), word)


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
    local = value.astimezone(_zone(zone))
    return f"{date_format(local, 'j M Y')}, {local:%H:%M} ({local.tzinfo})"


@register.simple_tag(takes_context=True)
def page_url(context: Context, field: str, number: int) -> str:
    """The address of another page of the same list, with its filters and order."""
    query = context["request"].GET.copy()
    query[field] = str(number)
    return f"?{query.urlencode()}"


@register.filter
def site_day(value: datetime | None, zone: Any = None) -> str:
    """The day of a moment in a site's zone, or in the study's, for what concerns no one site: 13 Oct 2026."""
    return day(value.astimezone(_zone(zone)).date()) if value else ""


def _zone(zone: Any) -> ZoneInfo:
    return ZoneInfo(str(getattr(zone, "time_zone", None) or zone or settings.TIME_ZONE))


# -- fields, as templates/bootstrap5/ draws them -----------------------------------------------------------------------

CLASSES: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.RadioSelect, ""),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
]


@register.filter
def kind(field: BoundField) -> str:
    """How a field is drawn: hidden, segments, stack, ticks, tick, group, password or plain.

    A RadioSelect is drawn as segments; with ``attrs={"class": "stack"}`` as a list, for long or many choices.
    """
    widget = field.field.widget
    if field.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "ticks"
    if isinstance(widget, forms.RadioSelect):
        return "stack" if "stack" in widget.attrs.get("class", "").split() else "segments"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    return "group" if field.use_fieldset else "plain"


@register.filter
def described_by(field: BoundField) -> str:
    """The ids of a field's help and error, for aria-describedby."""
    ids = [f"{field.auto_id}_helptext"] if field.help_text else []
    return " ".join([*ids, f"{field.auto_id}_error"] if field.errors else ids)


@register.filter
def focus_id(field: BoundField) -> str:
    """The id of the first box of a field, where a link to it leads."""
    first = isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    return f"{field.auto_id}_0" if first else str(field.id_for_label)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The field's own element with its look, tied to its help and error."""
    own = field.field.widget.attrs.get("class", "")
    look = next(look for widget, look in CLASSES if isinstance(field.field.widget, widget))
    attrs = {"class": f"{look} {own}".strip()}
    if described_by(field) and not field.use_fieldset:
        attrs["aria-describedby"] = described_by(field)
    return field.as_widget(attrs=attrs)


# -- breadcrumbs: nothing at all where a page has none -----------------------------------------------------------------


class WrappedNode(template.Node):
    """What stands inside, between two pieces of markup; nothing when there is nothing inside."""

    child_nodelists = ("nodelist",)

    def __init__(self, nodelist: NodeList, before: str, label: FilterExpression, after: str) -> None:
        self.nodelist, self.before, self.label, self.after = nodelist, before, label, after

    def render(self, context: Context) -> SafeString:
        inside = self.nodelist.render(context)
        if not inside.strip():
            return SafeString("")
        return format_html(
            "{}{}{}", format_html(self.before, self.label.resolve(context)), inside, SafeString(self.after)
        )


@register.tag
def crumbs(parser: Parser, token: Token) -> WrappedNode:
    """``{% crumbs _("…") %}<li>…</li>{% endcrumbs %}``: breadcrumbs with their spoken name, if there are any."""
    label = parser.compile_filter(token.split_contents()[1])
    nodelist = parser.parse(("endcrumbs",))
    parser.delete_first_token()
    return WrappedNode(nodelist, '<nav class="p-crumb" aria-label="{}"><ol>', label, "</ol></nav>")
