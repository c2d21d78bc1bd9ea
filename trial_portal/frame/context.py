"""What every page shows around its content."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.permissions import May


@dataclass(frozen=True)
class NavigationEntry:
    """One entry of the main navigation: shown to those who may open it; current on pages of ``namespaces``."""

    label: Any
    url: str
    may: May | None
    pages: tuple[str, ...]


NAVIGATION = [
    NavigationEntry(_("Home"), "home", None, ("home",)),
    NavigationEntry(_("Participants"), "participants:list", May.SEE_RECORDS, ("participants:",)),
    NavigationEntry(_("Prescreening"), "prescreening:list", May.SEE_RECORDS, ("prescreening:",)),
    NavigationEntry(_("Study"), "study:overview", May.SEE_CONFIGURATION, ("study:", "recruitment:", "icf:")),
]
"""In the order shown. A floor adds its own pages here by their URL name."""


def frame(request: HttpRequest) -> dict[str, Any]:
    """Navigation by role, the study's name, whether this is the demonstration."""
    context: dict[str, Any] = {
        "study": settings.STUDY,
        "demonstration": settings.LOCAL,
        "idle_minutes": settings.IDLE_MINUTES,
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    name = request.resolver_match.view_name if request.resolver_match else ""
    context["navigation"] = [
        {"label": entry.label, "url": entry.url, "current": name.startswith(entry.pages)}
        for entry in NAVIGATION
        if entry.may is None or request.authority.may(entry.may)  # type: ignore[attr-defined]
    ]
    return context
