"""Pages of prescreening: an entry is added, listed, struck; nothing wrong is saved, nothing typed lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.factories import person
from tests.integration.participants.pages import boxes, client_of, send, typed, words
from tests.integration.participants.world import approved_site, coordinator_of, register
from trial_portal.accounts.models import Site, User
from trial_portal.participants.models import Participant, PrescreeningEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


@pytest.fixture
def participant(by: User, site: Site) -> Participant:
    return register(by, site)


class TestPrescreening:
    DATA = {**boxes("approached_on", "2026-10-12"), "outcome": "declined", "participant": "", "note": ""}

    def test_takes_an_entry_and_lists_it(self, by: User, settings: Any) -> None:
        code = settings.PROTOCOL.criteria[2].id
        data = self.DATA | {"outcome": "not_suitable", "criteria": [code], "note": "lives too far away"}
        assert send(client_of(by), "prescreening:add", **data).status_code == 303
        page = words(client_of(by).get(reverse("prescreening:list")))
        assert f"12 Oct 2026 Not suitable {code} lives too far away" in page

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            (boxes("approached_on", ""), "Enter the day on which the person was approached."),
            (boxes("approached_on", "2026-10-21"), "lies in the future"),
            ({"outcome": ""}, "Choose the outcome."),
            ({"outcome": "not_suitable"}, "Choose the criteria that spoke against it."),
            ({"outcome": "not_suitable", "criteria": ["X9"]}, "X9"),
            ({"outcome": "consented"}, "Enter the screening number"),
            ({"outcome": "consented", "participant": "s-01-0099"}, "There is no S-01-0099 at this site."),
            ({"participant": "S-01-0001"}, "There is no S-01-0001"),
            ({"note": "call 0791 8888 1234"}, "may be a telephone or an id"),
            ({"note": "li.hua@example.cn"}, "e-mail address"),
            ({"site": "1"}, "does not know the field site"),
        ],
    )
    def test_refuses_at_the_field_and_keeps_what_was_typed(self, by: User, wrong: dict[str, Any], says: str) -> None:
        data = self.DATA | {"note": "typed before"} | wrong
        response = send(client_of(by), "prescreening:add", **data)
        assert response.status_code == 422
        assert says in words(response)
        assert typed(response, "note") == data["note"]
        assert not PrescreeningEntry.objects.exists()

    def test_names_a_participant_of_the_site(self, by: User, participant: Participant) -> None:
        data = self.DATA | {"outcome": "consented", "participant": " s-01-0001 "}
        assert send(client_of(by), "prescreening:add", **data).status_code == 303
        assert PrescreeningEntry.objects.get().participant == participant

    def test_strikes_with_a_reason_and_shows_it_on_demand(self, by: User) -> None:
        client = client_of(by)
        send(client, "prescreening:add", **self.DATA)
        entry = PrescreeningEntry.objects.get()
        assert send(client, "prescreening:strike", entry.pk).status_code == 422
        assert send(client, "prescreening:strike", entry.pk, reason="other trial").status_code == 303
        assert "12 Oct 2026" not in words(client.get(reverse("prescreening:list")))
        assert "“other trial”" in words(client.get(reverse("prescreening:list"), {"entries": "struck"}))

    def test_of_another_site_does_not_exist(self, by: User) -> None:
        send(client_of(by), "prescreening:add", **self.DATA)
        entry = PrescreeningEntry.objects.get()
        stranger = client_of(coordinator_of(approved_site("02")))
        assert "Nobody was approached yet" in words(stranger.get(reverse("prescreening:list")))
        assert send(stranger, "prescreening:strike", entry.pk, reason="x").status_code == 404
        assert stranger.get(reverse("prescreening:strike", args=[entry.pk])).status_code == 404

    @pytest.mark.parametrize("role", ["admin", "monitor"])
    def test_is_read_only_for_admin_and_monitor(self, by: User, role: str) -> None:
        send(client_of(by), "prescreening:add", **self.DATA)
        client = client_of(person(role))
        page = words(client.get(reverse("prescreening:list")))
        assert "12 Oct 2026" in page
        assert "Strike" not in page
        assert "Add an entry" not in page
        assert client.get(reverse("prescreening:add")).status_code == 403
        strike = reverse("prescreening:strike", args=[PrescreeningEntry.objects.get().pk])
        assert client.get(strike).status_code == 403
