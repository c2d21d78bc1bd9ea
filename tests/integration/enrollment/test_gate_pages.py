"""The pages of the gate: what is shown to whom, enrolling by POST, what follows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enrollment.actions import enroll
from enrollment.models import Enrollment, Recruitment
from tests.factories import AT, IcfVersionFactory, person, site_ready
from tests.integration.enrollment.moment import stop_the_clock
from tests.integration.enrollment.signed import signed
from tests.integration.screening.worked import World
from trial_portal.accounts.models import User
from trial_portal.participants.models import Deviation

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    stop_the_clock(monkeypatch)
    return signed()


def address(world: World, name: str) -> str:
    number = world.record.participant.number
    return reverse(f"enrollment:{name}", args=[number, 1] if name in ("gate", "enroll") else [number])


def read(client: Client, user: User, url: str) -> str:
    client.force_login(user)
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return " ".join(answer.content.decode().split())


def test_an_open_gate_offers_the_button_to_those_who_may_enroll(world: World, client: Client) -> None:
    text = read(client, world.coordinator, address(world, "gate"))
    assert "Nothing stands in the way" in text
    assert f"Enroll {world.record.participant.number}</button>" in text
    assert "</button>" not in read(client, person("monitor"), address(world, "gate")).split('id="gate"')[1]


def test_a_closed_gate_says_everything_with_one_button_each(world: World, client: Client) -> None:
    IcfVersionFactory(site=world.site, label="v9.0", effective_from=(AT - timedelta(days=1)).date())
    Recruitment.objects.update(is_open=False)
    text = read(client, world.coordinator, address(world, "gate"))
    assert "Not yet: 2 things to do first" in text
    assert "v9.0 is in force since 19 Oct 2026" in text
    assert "Record re-consent</a>" in text
    assert "Recruitment is closed" in text
    assert "Open recruitment</a>" not in text
    assert "Nothing here can be overridden" in text


def test_enrolling_leads_to_the_number(world: World, client: Client) -> None:
    client.force_login(world.coordinator)
    answer = client.post(address(world, "enroll"))
    assert (answer.status_code, answer.url) == (303, address(world, "status"))
    text = read(client, world.coordinator, address(world, "status"))
    assert "01-001" in text
    assert "Dr Liu Wenhai" in text
    assert client.get(address(world, "gate")).url == address(world, "status")


def test_two_doors_give_the_same_answer(world: World, client: Client) -> None:
    Recruitment.objects.update(is_open=False)
    client.force_login(world.coordinator)
    shown = client.get(address(world, "gate")).context["gate"]
    answer = client.post(address(world, "enroll"))
    assert answer.status_code == 422
    assert answer.context["gate"].blockers == shown.blockers
    assert "is not enrolled: one thing stands in the way" in answer.content.decode()
    assert not Enrollment.objects.exists()


def test_enrolling_is_a_post_of_those_delegated_there(world: World, client: Client) -> None:
    client.force_login(world.coordinator)
    assert client.get(address(world, "enroll")).status_code == 405
    for user, status in ((person("monitor"), 403), (person("coordinator", site_ready("77")), 404)):
        client.force_login(user)
        assert client.post(address(world, "enroll")).status_code == status
    client.force_login(person("coordinator", site_ready("77")))
    assert client.get(address(world, "gate")).status_code == 404
    assert not Enrollment.objects.exists()


def test_what_follows_is_recorded_with_its_reason(world: World, client: Client) -> None:
    enroll(by=world.coordinator, at=AT, record=world.record)
    client.force_login(world.investigator)
    url = address(world, "ineligible")
    assert client.get(url).status_code == 200
    answer = client.post(url, {"reason": "Seen late."})
    assert answer.status_code == 422
    assert "Choose the criterion that was not met." in answer.content.decode()
    assert "Seen late." in answer.content.decode()
    day = {"discovered_on-year": "2026", "discovered_on-month": "10", "discovered_on-day": "20"}
    answer = client.post(url, {"criterion": "E3", "reason": "Seen late.", **day})
    assert answer.status_code == 303
    assert Deviation.objects.get().criterion == "E3"
    text = read(client, world.investigator, address(world, "status"))
    assert "Found ineligible: E3" in text
    day = {"happened_on-year": "2026", "happened_on-month": "10", "happened_on-day": "20"}
    answer = client.post(address(world, "withdraw"), {"code": "deviation", **day})
    assert answer.status_code == 303
    assert "Withdrawn: Protocol deviation" in read(client, world.investigator, address(world, "status"))
    assert client.post(address(world, "complete"), {"code": "planned", **day}).status_code == 422


def test_a_coordinator_does_not_find_somebody_ineligible(world: World, client: Client) -> None:
    enroll(by=world.coordinator, at=AT, record=world.record)
    client.force_login(world.coordinator)
    assert client.get(address(world, "ineligible")).status_code == 403
    assert "Found ineligible</a>" not in read(client, world.coordinator, address(world, "status"))


def test_the_gate_page_costs_at_most_so_many_queries(world: World, client: Client) -> None:
    client.force_login(world.coordinator)
    with CaptureQueriesContext(connection) as counted:
        client.get(address(world, "gate"))
    assert len(counted) <= 45
