"""Records that may be enrolled, for the gate's tests: signed as eligible, recruitment open."""

from __future__ import annotations

from datetime import datetime

from enrollment import gate
from enrollment.models import Recruitment
from screening.models import ScreeningRecord
from screening.reviewing.selectors import for_review
from tests.factories import AT
from tests.integration.screening.worked import ANYWHERE, World, ready
from trial_portal.accounts.permissions import Authority


def open_recruitment(target: int | None = None) -> Recruitment:
    """Recruitment as an admin opened it."""
    Recruitment.objects.get_or_create(pk=1)
    Recruitment.objects.filter(pk=1).update(is_open=True, target=target)
    return Recruitment.objects.get()


def signed() -> World:
    """Subject 1 signed as eligible; nothing stands in the way."""
    world = ready()
    world.sign()
    open_recruitment()
    return world


def fresh(record: ScreeningRecord) -> ScreeningRecord:
    """The record as the gate wants it."""
    return for_review(ANYWHERE).get(pk=record.pk)


def keys(world: World, at: datetime = AT, authority: Authority = ANYWHERE) -> list[str]:
    """The checks that stand in the way, by name."""
    return [blocker.key for blocker in gate.blockers(fresh(world.record), at, authority)]
