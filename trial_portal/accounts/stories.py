"""What happened to accounts, sites and delegations, in sentences. Boundary: steps in, entries of story.html out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import DelegationStep, SiteStep, UserStep
from trial_portal.frame.templatetags.portal import day

OF_USER: dict[str, tuple[str, Any]] = {
    "create": ("plus", _("Account made")),
    "change": ("pen", _("Changed")),
    "disable": ("circle-slash", _("Account disabled")),
    "enable": ("check", _("Account enabled")),
    "set_password": ("lock", _("New password set, to be changed at the next sign-in")),
    "change_password": ("lock", _("Own password changed")),
    "unlock": ("lock", _("Let in again after too many wrong passwords")),
}
OF_SITE: dict[str, tuple[str, Any]] = {
    "create": ("plus", _("Site added")),
    "change": ("pen", _("Changed")),
    "deactivate": ("circle-slash", _("No longer takes part")),
    "activate": ("check", _("Takes part again")),
}
OF_DELEGATION: dict[str, tuple[str, Any]] = {
    "propose": ("plus", _("Proposed")),
    "sign": ("pen", _("Signed")),
    "decline": ("cross", _("Declined")),
    "withdraw": ("arrow-back", _("Withdrawn")),
    "end": ("circle-slash", _("Last day set to %(day)s")),
    "set_up": ("flag", _("Put in force when the study was set up")),
}
"""Icon and words of each step."""

FIELDS = {
    "printed_name": _("printed name"),
    "email": _("e-mail"),
    "phone": _("telephone"),
    "name": _("name"),
    "short_name": _("short name"),
    "city": _("city"),
    "time_zone": _("time zone"),
}


def changes_said(changes: dict[str, list[Any]]) -> str:
    """What changed, old → new. Whether a site takes part is said by the step itself."""
    return "; ".join(
        _now("%(field)s “%(old)s” → “%(new)s”") % {"field": FIELDS[name], "old": old or "–", "new": new or "–"}
        for name, (old, new) in changes.items()
        if name in FIELDS
    )


def _story(steps: Iterable[UserStep | SiteStep], words: dict[str, tuple[str, Any]]) -> list[dict[str, Any]]:
    entries = []
    for step in steps:
        icon, says = words[step.action]
        changed = changes_said(step.changes)
        says = f"{says}: {changed}." if changed else f"{says}."
        entries.append({"icon": icon, "says": says, "by": step.by, "reason": step.reason, "at": step.recorded_at})
    return entries


def user_story(steps: Iterable[UserStep]) -> list[dict[str, Any]]:
    """One entry for each step of an account."""
    return _story(steps, OF_USER)


def site_story(steps: Iterable[SiteStep]) -> list[dict[str, Any]]:
    """One entry for each step of a site."""
    return _story(steps, OF_SITE)


def delegation_story(steps: Iterable[DelegationStep]) -> list[dict[str, Any]]:
    """One entry for each step of a delegation."""
    entries = []
    for step in steps:
        icon, words = OF_DELEGATION[step.action]
        says = f"{words % {'day': day(step.event_date)}}." if step.action == "end" else f"{words}."
        entries.append({"icon": icon, "says": says, "by": step.by, "reason": step.reason, "at": step.recorded_at})
    return entries
