"""A withdrawn consent ends the screening that is open, in the same transaction (criteria.md I5; design: statuses)."""

from __future__ import annotations

from datetime import date

import pytest

from screening.actions.records import open_screening, submit
from screening.models import ScreeningRecord
from tests.factories import AT, consented, person, site_ready
from trial_portal.audit.refusals import Refused
from trial_portal.participants.actions import withdraw_consent

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 15)


@pytest.mark.parametrize("submitted", [False, True])
def test_open_attempt_is_discontinued_with_its_reason(submitted: bool) -> None:
    site = site_ready()
    coordinator = person("coordinator", site)
    participant = consented(site)
    record = open_screening(by=coordinator, at=AT, participant=participant, screening_date=DAY)
    if submitted:
        submit(by=coordinator, at=AT, record=record)
    withdraw_consent(by=coordinator, at=AT, participant=participant, withdrawn_on=date(2026, 10, 18))
    record.refresh_from_db()
    step = record.steps.last()
    assert record.status == ScreeningRecord.Status.DISCONTINUED
    assert (step.action, step.code, step.event_date, step.by) == (
        "discontinue",
        "withdrew",
        date(2026, 10, 18),
        coordinator,
    )


def test_ended_attempt_stays_as_it_ended() -> None:
    site = site_ready()
    coordinator = person("coordinator", site)
    participant = consented(site)
    record = open_screening(by=coordinator, at=AT, participant=participant, screening_date=DAY)
    ScreeningRecord.objects.filter(pk=record.pk).update(status=ScreeningRecord.Status.SCREEN_FAILURE)
    withdraw_consent(by=coordinator, at=AT, participant=participant, withdrawn_on=date(2026, 10, 18))
    record.refresh_from_db()
    assert record.status == ScreeningRecord.Status.SCREEN_FAILURE


def test_refused_withdrawal_ends_nothing() -> None:
    site = site_ready()
    coordinator = person("coordinator", site)
    participant = consented(site)
    record = open_screening(by=coordinator, at=AT, participant=participant, screening_date=DAY)
    with pytest.raises(Refused):
        withdraw_consent(by=coordinator, at=AT, participant=participant, withdrawn_on=date(2026, 10, 1))
    record.refresh_from_db()
    assert record.status == ScreeningRecord.Status.IN_PROGRESS
