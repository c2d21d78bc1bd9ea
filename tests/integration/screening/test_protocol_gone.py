"""A record on a protocol version that this installation does not have: said on a page, never an error."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from screening.actions.records import open_screening
from screening.models import ScreeningRecord
from tests.factories import AT, consented, person, site_ready
from tests.integration.screening.typing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def gone() -> tuple[ScreeningRecord, Client]:
    site = site_ready()
    coordinator = person("coordinator", site)
    record = open_screening(by=coordinator, at=AT, participant=consented(site), screening_date=date(2026, 10, 15))
    ScreeningRecord.objects.update(protocol_digest="0" * 64)
    return record, signed_in(coordinator)


def test_its_pages_say_so(gone: tuple[ScreeningRecord, Client]) -> None:
    record, client = gone
    arguments = [record.participant.number, record.attempt]
    for response in (
        client.get(reverse("screening:record", args=arguments)),
        client.post(reverse("screening:card", args=[*arguments, "E12"]), {"revision": "0", "abuse_history": "no"}),
        client.post(reverse("screening:submit", args=arguments)),
    ):
        assert response.status_code == 409
        assert "which this installation does not have" in response.content.decode()
    record.refresh_from_db()
    assert (record.status, record.answers) == ("in_progress", {})


def test_lists_and_home_go_on(gone: tuple[ScreeningRecord, Client]) -> None:
    record, client = gone
    for name in ("home", "participants:list", "logs:screening", "flow:overview"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse("participants:participant", args=[record.participant.number])).status_code == 200
