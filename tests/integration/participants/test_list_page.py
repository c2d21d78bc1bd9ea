"""The list of participants: coded, in reach alone, filtered, one window at a time at the same cost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AT, ParticipantFactory, person
from tests.integration.participants.pages import client_of, words
from tests.integration.participants.world import approved_site, consent, coordinator_of, register, version
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.selectors import authority_of
from trial_portal.participants import actions, selectors
from trial_portal.participants.models import Participant, ScreeningCounter
from trial_portal.participants.selectors import count_up_to, window
from trial_portal.participants.views.shared import MOST_COUNTED, ROWS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
LIST = "participants:list"


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


def shown(user: User, **asked: str) -> str:
    return words(client_of(user).get(reverse(LIST), asked))


class TestTheList:
    def test_is_coded(self, site: Site, by: User) -> None:
        register(by, site, name="Canary Quill", birth_date="1961-07-19", phone="0791 5550 1717")
        page = shown(by)
        assert "S-01-0001" in page
        assert "Female, 1961" in page
        assert not [canary for canary in ("Canary", "07-19", "19 Jul", "5550") if canary in page]

    def test_shows_status_first_consent_and_possible_duplicates(self, site: Site, by: User) -> None:
        participant = register(by, site)
        consent(by, participant, version(site, "v2.0", AT.date()), AT.date(), clock=None)
        register(by, site, confirmed=True, explanation="twins")
        page = shown(by)
        assert "20 Oct 2026, v2.0 (Chinese)" in page
        assert "Consented" in page
        assert "Registered Possible duplicate" in page

    def test_leaves_out_what_was_entered_in_error_until_it_is_asked_for(self, site: Site, by: User) -> None:
        wrong = register(by, site)
        register(by, site, name="Wang Fang")
        actions.strike_participant(by=by, at=AT, participant=wrong, reason="typed twice")
        assert "S-01-0001" not in shown(by)
        assert "1 row" in shown(by)
        assert "S-01-0001" in shown(by, status="struck")
        assert "S-01-0002" not in shown(by, status="struck")

    def test_says_what_to_do_when_it_is_empty(self, site: Site, by: User) -> None:
        assert "No participant is registered yet. Register the first one" in shown(by)
        assert "Coordinators and investigators of a site register them" in shown(person("monitor"))
        assert "No participant matches. Change the filters" in shown(by, number="S-01-0009")


class TestAnotherSite:
    @pytest.fixture(autouse=True)
    def elsewhere(self) -> None:
        other = approved_site("02")
        register(coordinator_of(other), other)

    def test_does_not_exist_in_list_count_search_or_filter(self, site: Site, by: User) -> None:
        register(by, site, name="Wang Fang")
        for asked in ({}, {"number": "S"}, {"number": "1"}, {"number": "S-02-0001"}, {"sex": "female"}):
            page = shown(by, **asked)
            assert "S-02-0001" not in page, asked
            assert "Second" not in page
        assert "1 row" in shown(by)
        assert "No participant matches" in shown(by, number="S-02-0001")

    def test_cannot_be_chosen(self, by: User) -> None:
        client = client_of(by)
        assert 'name="site"' not in client.get(reverse(LIST)).content.decode()
        somebody = person("monitor", approved_site("03"))
        two = person("monitor", approved_site("04"))
        two.delegations.update(user=somebody)
        choices = client_of(somebody).get(reverse(LIST)).content.decode()
        assert "Hospital 03" in choices
        assert "Hospital 02" not in choices
        refused = client_of(somebody).get(reverse(LIST), {"site": Site.objects.get(code="02").pk})
        assert refused.status_code == 422
        assert "S-02-0001" not in words(refused)

    @pytest.mark.parametrize("role", ["admin", "monitor"])
    def test_exists_for_the_whole_study(self, by: User, site: Site, role: str) -> None:
        register(by, site, name="Wang Fang")
        page = shown(person(role))
        assert "S-01-0001" in page
        assert "S-02-0001" in page
        assert "2 rows" in page
        assert "Find a person" not in page
        assert "Register a participant" not in page


class TestFilters:
    @pytest.fixture(autouse=True)
    def people(self, site: Site) -> None:
        for count in range(1, 13):
            sex, status = ("male", "consented") if count % 3 == 0 else ("female", "registered")
            ParticipantFactory(site=site, number=f"S-01-{count:04}", sex_at_birth=sex, status=status)

    @pytest.mark.parametrize(
        ("asked", "count"),
        [
            ({"status": "consented"}, 4),
            ({"sex": "female"}, 8),
            ({"sex": "female", "status": "consented"}, 0),
            ({"number": "s-01-001"}, 3),
            ({"number": "01-0012"}, 1),
            ({"number": " 12 "}, 1),
            ({"number": "0012"}, 1),
            ({"number": "2"}, 1),
            ({"number": "%"}, 0),
        ],
    )
    def test_leave_what_was_asked_for(self, by: User, asked: dict[str, str], count: int) -> None:
        page = shown(by, **asked)
        assert ("No participant matches" if count == 0 else f"{count} row{'s' * (count > 1)} ") in f"{page} "

    def test_that_do_not_exist_are_said_to(self, by: User) -> None:
        response = client_of(by).get(reverse(LIST), {"status": "nonsense"})
        assert response.status_code == 422
        assert "S-01-0001" not in words(response)


class TestWindows:
    @pytest.fixture(autouse=True)
    def people(self, site: Site) -> None:
        for count in range(1, ROWS * 2 + 11):
            ParticipantFactory(site=site, number=f"S-01-{count:04}")

    def walk(self, by: User, way: str, query: str = "") -> list[list[str]]:
        """The numbers of each window on the way of its links, "next" or "prev"."""
        client, pages = client_of(by), []
        while True:
            response = client.get(reverse(LIST) + query)
            pages.append([participant.number for participant in response.context["window"].rows])
            link = re.search(rf'rel="{way}" href="([^"]*)"', response.content.decode())
            if link is None:
                self.last = query
                return pages
            query = unescape(link[1])

    def test_hold_everybody_once_in_order(self, by: User) -> None:
        pages = self.walk(by, "next")
        assert [len(page) for page in pages] == [ROWS, ROWS, 10]
        numbers = [number for page in pages for number in page]
        assert numbers == sorted(numbers, reverse=True)
        assert len(set(numbers)) == ROWS * 2 + 10

    def test_go_back_the_way_they_came(self, by: User) -> None:
        there = self.walk(by, "next")
        back = self.walk(by, "prev", self.last)
        assert back == there[::-1]

    def test_turn_with_the_order(self, by: User) -> None:
        self.walk(by, "next")
        page = client_of(by).get(reverse(LIST) + self.last).content.decode()
        header = re.search(r'aria-sort="descending">\s*<a href="([^"]*)"', page)
        assert header is not None
        turned = self.walk(by, "next", unescape(header[1]))
        assert [len(page) for page in turned] == [ROWS, ROWS, 10]
        assert turned[0][0] == "S-01-0001"

    def test_keep_their_filters(self, by: User) -> None:
        Participant.objects.filter(number__endswith="5").update(sex_at_birth="male")
        pages = self.walk(by, "next", "?sex=female")
        assert [len(page) for page in pages] == [ROWS, 49]
        assert not [number for page in pages for number in page if number.endswith("5")]

    @pytest.mark.parametrize("mark", ["x", "d", "dx", "d1_2", "d99999999999999999999", "d0", "d-1", "'; --"])
    def test_with_a_mark_of_nowhere_begin_at_the_beginning(self, by: User, mark: str) -> None:
        response = client_of(by).get(reverse(LIST), {"after": mark})
        assert (response.status_code, response.context["window"].rows[0].number) == (200, f"S-01-{ROWS * 2 + 10:04}")

    def test_cost_the_same_for_few_and_many(self, by: User, site: Site) -> None:
        ScreeningCounter.objects.create(site=site, last=1000)
        for participant in Participant.objects.all()[:40]:
            consent(by, register(by, site, name=f"Other {participant.number} here"), self.icf(site), AT.date(), None)

        def queries(**asked: str) -> int:
            client = client_of(by)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(LIST), asked).status_code == 200
            return len(captured)

        assert queries(number="S-01-0003") == queries() <= 12

    def icf(self, site: Site) -> Any:
        return site.icf_versions.first() or version(site, "v1.0", AT.date())


def test_counting_ends_where_it_says(site: Site, by: User) -> None:
    for count in range(1, 6):
        ParticipantFactory(site=site, number=f"S-01-{count:04}")
    rows = Participant.objects.all()
    assert [count_up_to(rows, limit) for limit in (3, 4, 5, 9)] == [4, 5, 5, 5]
    assert MOST_COUNTED == 1000


def test_a_window_by_two_columns_keeps_equal_ones_apart(site: Site, by: User) -> None:
    for count in range(7):
        actions.add_prescreening_entry(
            by=by, at=AT, site=site, approached_on=AT.date().replace(day=10 + count // 3), outcome="declined"
        )
    rows = selectors.prescreening_entries(authority_of(by, AT))
    first = window(rows, 2, "-approached_on", "-id")
    seen = list(first.rows)
    while first.after:
        first = window(rows, 2, "-approached_on", "-id", after=first.after)
        seen += first.rows
    assert [row.pk for row in seen] == [row.pk for row in rows]
