"""People approached before consent: a day, an outcome, criteria; never an identity."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories import AT, person
from tests.integration.participants.world import TODAY, approved_site, coordinator_of, register
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants import actions, selectors
from trial_portal.participants.models import PrescreeningEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


@pytest.fixture
def codes(settings: Any) -> list[str]:
    return [criterion.id for criterion in settings.PROTOCOL.criteria]


def add(by: User, site: Site, outcome: str = "declined", **facts: Any) -> PrescreeningEntry:
    facts = {"approached_on": date(2026, 10, 12)} | facts
    return actions.add_prescreening_entry(by=by, at=AT, site=site, outcome=outcome, **facts)


def test_an_entry_holds_day_outcome_and_criteria(by: User, site: Site, codes: list[str]) -> None:
    entry = add(by, site, "not_suitable", criteria=codes[1:3], note="lives in another province")

    entry.refresh_from_db()
    assert (entry.criteria, entry.note, entry.recorded_by) == (codes[1:3], "lives in another province", by)
    assert AuditEvent.objects.latest("id").actor == by.username


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"approached_on": TODAY + timedelta(1)}, "approached_on"),
        ({"outcome": "maybe"}, "outcome"),
        ({"outcome": "not_suitable"}, "criteria"),
        ({"outcome": "not_suitable", "criteria": ["X9"]}, "criteria"),
        ({"outcome": "consented"}, "participant"),
        ({"note": "0791 8888 1234"}, "note"),
        ({"note": "li.hua@example.cn"}, "note"),
        ({"note": "id 36010219790302123X"}, "note"),
    ],
)
def test_a_wrong_one_is_refused_at_its_field(by: User, site: Site, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(Refused) as refused:
        add(by, site, **wrong)
    assert refused.value.field == field
    assert not PrescreeningEntry.objects.exists()


def test_criteria_belong_to_not_suitable_alone(by: User, site: Site, codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        add(by, site, "declined", criteria=codes[:1])
    assert refused.value.field == "criteria"


class TestConsented:
    def test_names_a_participant_of_the_site_once(self, by: User, site: Site) -> None:
        participant = register(by, site)
        entry = add(by, site, "consented", participant=participant)
        with pytest.raises(Refused, match="already"):
            add(by, site, "consented", participant=participant)

        actions.strike_prescreening_entry(by=by, at=AT, entry=entry, reason="wrong day")
        assert add(by, site, "consented", participant=participant)

    def test_does_not_name_anybody_else(self, by: User, site: Site) -> None:
        other = approved_site("02")
        struck = register(by, site)
        actions.strike_participant(by=by, at=AT, participant=struck, reason="typed twice")
        for participant in (register(coordinator_of(other), other), struck):
            with pytest.raises(Refused) as refused:
                add(by, site, "consented", participant=participant)
            assert refused.value.field == "participant"

    def test_alone_names_one(self, by: User, site: Site) -> None:
        with pytest.raises(Refused) as refused:
            add(by, site, "declined", participant=register(by, site))
        assert refused.value.field == "participant"


class TestWhoMay:
    def test_add_and_strike_is_the_sites_staff(self, by: User, site: Site) -> None:
        entry = add(by, site)
        for other in (coordinator_of(approved_site("02")), person("admin", site), person("monitor")):
            with pytest.raises(NotPermitted):
                add(other, site)
            with pytest.raises(NotPermitted):
                actions.strike_prescreening_entry(by=other, at=AT, entry=entry, reason="x")

    def test_see_is_who_sees_the_sites_records(self, by: User, site: Site) -> None:
        add(by, site)
        for somebody, count in (
            (by, 1),
            (person("monitor", site), 1),
            (person("admin"), 1),
            (coordinator_of(approved_site("02")), 0),
        ):
            assert selectors.prescreening_entries(authority_of(somebody, AT)).count() == count


def test_striking_keeps_the_entry_with_its_reason(by: User, site: Site) -> None:
    entry = add(by, site)

    actions.strike_prescreening_entry(by=by, at=AT, entry=entry, reason="approached for another trial")

    entry.refresh_from_db()
    assert (entry.is_struck, entry.struck_by, entry.struck_reason) == (True, by, "approached for another trial")
    assert AuditEvent.objects.latest("id").reason == "approached for another trial"
    with pytest.raises(Refused, match="struck already"):
        actions.strike_prescreening_entry(by=by, at=AT, entry=entry, reason="again")
