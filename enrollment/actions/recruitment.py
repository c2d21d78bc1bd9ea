"""Recruitment is opened, closed, its target set: by an admin of the whole study, with a reason."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from enrollment.models import Recruitment, RecruitmentStep
from enrollment.workflow import CLOSED, OPEN, TRANSITIONS
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.audit.workflow import find


@action
def open_recruitment(*, by: User, at: datetime, reason: str) -> Recruitment:
    """From now on people may be enrolled, at sites that have their approvals."""
    row = _locked(by, at)
    return _step(row, "open_recruitment", by, reason, says=_("Recruitment is open already. Nothing was changed."))


@action
def close_recruitment(*, by: User, at: datetime, reason: str) -> Recruitment:
    """From now on nobody is enrolled; whoever is enrolled stays so."""
    row = _locked(by, at)
    return _step(row, "close_recruitment", by, reason, says=_("Recruitment is closed already. Nothing was changed."))


@action
def set_target(*, by: User, at: datetime, target: int | None, reason: str) -> Recruitment:
    """How many participants are wanted at most, 1 or more; None: not stated, and then there is no cap."""
    row = _locked(by, at)
    if target is not None and target < 1:
        raise Refused(_("Enter a target of 1 or more, or leave it empty where none is set."), "target")
    if target == row.target:
        raise Refused(_("This is the target already. Nothing was changed."), "target")
    row.target = target
    return _step(row, "set_target", by, reason)


def _locked(by: User, at: datetime) -> Recruitment:
    """The one row, locked: the first lock of the order. Raises NotPermitted but for an admin of the whole study."""
    authority_of(by, at).check(May.CONFIGURE, None)
    Recruitment.objects.get_or_create(pk=1)
    return Recruitment.objects.select_for_update().get(pk=1)


def _step(row: Recruitment, name: str, by: User, reason: str, says: str = "") -> Recruitment:
    state = OPEN if row.is_open else CLOSED
    transition = find(TRANSITIONS, name, state, says=says)
    if not reason.strip():
        raise Refused(_("Say why. The reason stays in the history."), "reason")
    row.is_open = transition.target == OPEN
    row.save()
    RecruitmentStep.objects.create(action=name, is_open=row.is_open, target=row.target, by=by, reason=reason.strip())
    return row
