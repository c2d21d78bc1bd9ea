"""What every page shows around its content."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.permissions import May, Role
from trial_portal.frame.selectors import where

ROLE_NAMES = {
    Role.COORDINATOR: _("coordinator"),
    Role.INVESTIGATOR: _("investigator"),
    Role.ADMIN: _("admin"),
    Role.MONITOR: _("monitor"),
}


@dataclass(frozen=True)
class NavigationEntry:
    """One entry of the main navigation: shown to those who may open it; current on pages of ``namespaces``."""

    label: Any
    url: str
    may: May | None
    pages: tuple[str, ...]


NAVIGATION = [
    NavigationEntry(_("Home"), "home", None, ("home",)),
    NavigationEntry(
        _("Participants"), "participants:list", May.SEE_RECORDS, ("participants:", "screening:", "enrollment:")
    ),
    NavigationEntry(_("Review"), "review:list", May.REVIEW, ("review:",)),
    NavigationEntry(_("Prescreening"), "prescreening:list", May.SEE_RECORDS, ("prescreening:",)),
    NavigationEntry(_("Logs"), "logs:screening", May.SEE_RECORDS, ("logs:", "deviations:")),
    NavigationEntry(_("Flow"), "flow:overview", May.SEE_RECORDS, ("flow:",)),
    NavigationEntry(_("Study"), "study:overview", May.SEE_CONFIGURATION, ("study:", "recruitment:", "icf:")),
]
"""In the order shown. A floor adds its own pages here by their URL name."""


@cache
def software_version() -> str:
    """The portal's version, as pyproject.toml has it."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


@cache
def languages_offered() -> tuple[str, ...]:
    """The languages that the portal speaks: English, and those whose catalogue is there.

    Without a catalogue a switch would lead to a page half in one language, half in the other.
    """
    catalogues = {path.parent.parent.name.lower().replace("_", "-") for path in settings.LOCALE_PATHS[0].rglob("*.mo")}
    return tuple(code for code, _name in settings.LANGUAGES if code == "en" or code in catalogues)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation by role, who is here and where, other languages, the study, whether this is the demonstration."""
    spoken = get_language() or settings.LANGUAGE_CODE
    context: dict[str, Any] = {
        "study": settings.STUDY,
        "demonstration": settings.LOCAL,
        "idle_minutes": settings.IDLE_MINUTES,
        "software_version": software_version(),
        "study_time_zone": settings.TIME_ZONE,
        "language": spoken,
        "other_languages": [get_language_info(code) for code in languages_offered() if code != spoken],
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    name = request.resolver_match.view_name if request.resolver_match else ""
    authority = request.authority  # type: ignore[attr-defined]
    context["navigation"] = [
        {"label": entry.label, "url": entry.url, "current": name.startswith(entry.pages)}
        for entry in NAVIGATION
        if entry.may is None or authority.may(entry.may)
    ]
    context["roles"] = [ROLE_NAMES[role] for role in authority.roles]
    context["where"] = SimpleLazyObject(lambda: where(authority))
    return context
