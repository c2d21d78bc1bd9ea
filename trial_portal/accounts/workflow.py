"""What may happen to a delegation: from which status, to which, and who may do it.

Boundary: pure. ``actions/delegations.py`` applies these transitions through one private function; docs/workflow.md is
made from them.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from trial_portal.accounts.permissions import May
from trial_portal.audit.workflow import Transition

PROPOSED, SIGNED, DECLINED, WITHDRAWN = "proposed", "signed", "declined", "withdrawn"

MEANINGS = {
    May.SIGN_DELEGATIONS: _("I authorise this person to do these tasks at this site on these days."),
    May.CONFIGURE: _("I confirm, as an admin who did not propose it, that this person holds this role."),
}
"""What a signature on a delegation says, by the permission with which it is given; translated where it is given."""

TRANSITIONS: tuple[Transition, ...] = (
    Transition("propose", (), PROPOSED, May.CONFIGURE),
    Transition("sign", (PROPOSED,), SIGNED, May.SIGN_DELEGATIONS, MEANINGS[May.SIGN_DELEGATIONS]),
    Transition("decline", (PROPOSED,), DECLINED, May.SIGN_DELEGATIONS),
    # A site's first principal investigator and roles of the whole study: nobody there could sign them.
    Transition("sign", (PROPOSED,), SIGNED, May.CONFIGURE, MEANINGS[May.CONFIGURE]),
    Transition("decline", (PROPOSED,), DECLINED, May.CONFIGURE),
    Transition("withdraw", (PROPOSED,), WITHDRAWN, May.CONFIGURE),
    Transition("end", (SIGNED,), SIGNED, May.CONFIGURE),
    Transition("end", (SIGNED,), SIGNED, May.SIGN_DELEGATIONS),
    # By the portal, once, when the study is set up.
    Transition("set_up", (), SIGNED, "the set-up command"),
)
"""Proposed, then signed or declined or withdrawn; the last day of a signed one may be brought forward."""


def ways(action: str, status: str) -> tuple[Transition, ...]:
    """The transitions of an action from a status ("" when it creates)."""
    return tuple(way for way in TRANSITIONS if way.action == action and status in (way.source or ("",)))
