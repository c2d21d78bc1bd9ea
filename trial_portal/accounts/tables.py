"""Tables of people, sites and delegations: which columns, and how a value is said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Delegation, Site, SiteApproval, User
from trial_portal.accounts.selectors import STATES
from trial_portal.accounts.words import role_of, tasks_of
from trial_portal.frame.templatetags.portal import day, moment, status

STATE_KINDS = {
    "waiting": ("open", "pen"),
    "in_force": ("ok", ""),
    "later": ("info", "clock"),
    "ended": ("quiet", "circle-slash"),
    "declined": ("quiet", "cross"),
    "withdrawn": ("quiet", "arrow-back"),
}


def state_of(delegation: Delegation) -> SafeString:
    """The state of a delegation: shape, word, colour."""
    state = delegation.state  # type: ignore[attr-defined]
    kind, shape = STATE_KINDS[state]
    return status(kind, STATES[state], shape)


def account_of(user: User, locked: bool) -> SafeString:
    """Whether somebody can sign in: shape, word, colour."""
    if not user.is_active:
        return status("quiet", _now("Disabled"), "circle-slash")
    if locked:
        return status("open", _now("Locked"), "lock")
    if user.must_change_password:
        return status("todo", _now("Has to change the password"))
    return status("ok", _now("Active"))


def approval_of(approval: SiteApproval) -> SafeString:
    """Whether an approval counts: shape, word, colour."""
    if approval.is_struck:
        return status("quiet", _now("Entered in error"), "circle-slash")
    if approval.in_force:  # type: ignore[attr-defined]
        return status("ok", _now("In force"))
    return status("open", _now("Over"), "warning")


class UserTable(tables.Table):
    """People and their accounts. ``locked``: the ids of accounts that rest."""

    printed_name = tables.Column(verbose_name=_("Person"), order_by=("printed_name", "pk"))
    username = tables.Column(verbose_name=_("User name"))
    held = tables.Column(verbose_name=_("Delegated as"), orderable=False, attrs={"td": {"class": "wide"}})
    is_active = tables.Column(verbose_name=_("Account"), orderable=False, attrs={"td": {"class": "bare"}})
    last_in = tables.Column(verbose_name=_("Last signed in"), empty_values=(), order_by=("last_in", "pk"))

    class Meta:
        attrs = {"aria-label": _("People")}

    def __init__(self, *args: Any, locked: dict[int, datetime], **kwargs: Any) -> None:
        self.locked = locked
        super().__init__(*args, **kwargs)

    def render_printed_name(self, record: User) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("study:user", args=[record.pk]), record.printed_name)

    def render_held(self, value: list[Delegation]) -> str:
        return ", ".join(dict.fromkeys(str(role_of(delegation, short=True)) for delegation in value)) or "–"

    def render_is_active(self, record: User) -> SafeString:
        return account_of(record, record.pk in self.locked)

    def render_last_in(self, value: datetime | None) -> str:
        return moment(value) or str(_now("never"))


class SiteTable(tables.Table):
    """Hospitals and whether they can take people in."""

    code = tables.Column(verbose_name=_("Site"))
    name = tables.Column(verbose_name=_("Hospital"), attrs={"td": {"class": "wide"}}, orderable=False)
    city = tables.Column(verbose_name=_("City"), orderable=False)
    approved = tables.Column(verbose_name=_("Approvals"), orderable=False, attrs={"td": {"class": "bare"}})
    is_active = tables.Column(verbose_name=_("Takes part"), orderable=False)

    class Meta:
        attrs = {"aria-label": _("Sites")}

    def render_code(self, record: Site) -> SafeString:
        return format_html(
            '<a href="{}">{} · {}</a>', reverse("study:site", args=[record.code]), record.code, record.short_name
        )

    def render_approved(self, value: bool) -> SafeString:
        return status("ok", _now("In force")) if value else status("open", _now("None in force"), "warning")

    def render_is_active(self, value: bool) -> SafeString:
        return status("ok", _now("Yes")) if value else status("quiet", _now("No"), "circle-slash")


class DelegationTable(tables.Table):
    """Delegations of people at sites."""

    user = tables.Column(verbose_name=_("Person"), order_by=("user__printed_name", "pk"))
    site = tables.Column(verbose_name=_("Site"), empty_values=(), order_by=("site__code", "pk"))
    role = tables.Column(verbose_name=_("Role and tasks"), orderable=False, attrs={"td": {"class": "wide"}})
    starts_on = tables.Column(verbose_name=_("From"), order_by=("starts_on", "pk"))
    until = tables.Column(verbose_name=_("Last day"), order_by=("until", "pk"))
    state = tables.Column(verbose_name=_("State"), orderable=False, attrs={"td": {"class": "bare"}})

    class Meta:
        attrs = {"aria-label": _("Delegations")}

    def render_user(self, record: Delegation) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("study:delegation", args=[record.pk]), record.user)

    def render_site(self, record: Delegation) -> str:
        return str(record.site or _now("The whole study"))

    def render_role(self, record: Delegation) -> SafeString:
        tasks = tasks_of(record)
        return format_html('{} <span class="p-muted">{}</span>', role_of(record), f"· {tasks}" if tasks else "")

    def render_starts_on(self, value: Any) -> str:
        return day(value)

    def render_until(self, value: Any) -> str:
        return day(value)

    def render_state(self, record: Delegation) -> SafeString:
        return state_of(record)
