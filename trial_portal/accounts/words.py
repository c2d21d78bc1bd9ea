"""Words for what accounts stores as codes: roles, tasks, steps. Boundary: no database."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import Delegation
from trial_portal.accounts.permissions import Role, Task

ROLES = {
    Role.COORDINATOR: _("Coordinator"),
    Role.INVESTIGATOR: _("Investigator"),
    Role.ADMIN: _("Admin"),
    Role.MONITOR: _("Monitor"),
}
PRINCIPAL = _("Principal investigator")

TASKS = {
    Task.OBTAIN_CONSENT: _("Obtain consent"),
    Task.ENTER_DATA: _("Enter data"),
    Task.ASSESS_SKIN: _("Assess skin"),
    Task.CONFIRM_ELIGIBILITY: _("Confirm eligibility"),
    Task.ENROLL: _("Enroll"),
}

STATEMENT = _(
    "I understand that my electronic signature in this portal, given with my user name and password, is the legally "
    "binding equivalent of my handwritten signature. I keep my password to myself and sign only what I have read."
)
"""What everybody accepts once, at the first sign-in (21 CFR 11.10(j), 11.100(c))."""


def role_of(delegation: Delegation, *, short: bool = False) -> str:
    """The role in words; ``short``: with the site's code, for a line of several."""
    words = str(PRINCIPAL if delegation.principal else ROLES[Role(delegation.role)])
    if not short:
        return words
    return f"{words} {delegation.site.code}" if delegation.site else str(_("%(role)s, whole study") % {"role": words})


def tasks_of(delegation: Delegation) -> str:
    """The delegated tasks in words, in the order of :class:`Task`."""
    return ", ".join(str(words) for task, words in TASKS.items() if task.value in delegation.tasks)
