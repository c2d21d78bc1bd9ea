"""Registering: who may, where, when; possible duplicates, here and elsewhere; entered in error."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from tests.factories import AT, person
from tests.integration.participants.world import TODAY, approved_site, coordinator_of, register
from trial_portal.accounts.models import Site, User
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants import actions, selectors
from trial_portal.participants.models import (
    Identity,
    Participant,
    ParticipantStep,
    PossibleDuplicate,
    PrescreeningEntry,
    ScreeningCounter,
)
from trial_portal.participants.refusals import AlreadyKnown

pytestmark = pytest.mark.django_db


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


class TestAnEntry:
    def test_gives_number_birth_year_and_step(self, site: Site, by: User) -> None:
        participant = register(by, site, birth_date="1979-03")

        assert (participant.number, participant.birth_year, participant.status) == ("S-01-0001", 1979, "registered")
        step = ParticipantStep.objects.get(participant=participant)
        assert (step.action, step.source, step.target, step.by, step.event_date) == (
            "register",
            "",
            "registered",
            by,
            TODAY,
        )

    def test_is_in_the_ledger_with_who_registered(self, site: Site, by: User) -> None:
        register(by, site)

        tables = {"participants_participant", "participants_identity", "participants_participantstep"}
        rows = AuditEvent.objects.filter(table__in=tables)
        assert {row.table for row in rows} == tables
        assert {row.actor for row in rows} == {by.username}

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": " "}, "name"),
            ({"birth_date": "2026-10-21"}, "birth_date"),
            ({"birth_date": "1899"}, "birth_date"),
            ({"birth_date": "soon"}, "birth_date"),
            ({"sex_at_birth": ""}, "sex_at_birth"),
            ({"approached_on": TODAY + timedelta(days=1)}, "approached_on"),
        ],
    )
    def test_is_refused_whole(self, site: Site, by: User, wrong: dict[str, object], field: str) -> None:
        with pytest.raises(Refused) as refused:
            register(by, site, **wrong)

        assert refused.value.field == field
        assert not Participant.objects.exists()
        assert not Identity.objects.exists()
        assert not ScreeningCounter.objects.exists()

    def test_may_make_the_prescreening_entry(self, site: Site, by: User) -> None:
        participant = register(by, site, approached_on=date(2026, 10, 12))

        entry = PrescreeningEntry.objects.get()
        assert (entry.participant, entry.outcome, entry.approached_on) == (participant, "consented", date(2026, 10, 12))


class TestASite:
    def test_without_approval_in_force_registers_nobody(self, site: Site, by: User) -> None:
        approval = site.approvals.get()
        for change in (
            {"ethics_approved_on": TODAY + timedelta(days=1)},
            {"site_approved_on": TODAY + timedelta(days=1)},
            {"expires_on": TODAY - timedelta(days=1)},
            {"struck_at": AT},
        ):
            before = {name: getattr(approval, name) for name in change}
            type(approval).objects.update(**change)
            with pytest.raises(Refused, match="no approval in force"):
                register(by, site)
            type(approval).objects.update(**before)
        register(by, site)

    def test_registers_on_the_first_and_the_last_day_of_its_approval(self, site: Site, by: User) -> None:
        site.approvals.update(site_approved_on=TODAY, expires_on=TODAY)
        assert register(by, site)

    def test_that_does_not_take_part_registers_nobody(self, site: Site, by: User) -> None:
        Site.objects.update(is_active=False)
        with pytest.raises(Refused):
            register(by, Site.objects.get())
        assert not Participant.objects.exists()

    def test_lets_only_its_own_delegated_staff_register(self, site: Site, by: User) -> None:
        others = [
            coordinator_of(approved_site("02")),
            person("admin"),
            person("admin", site),
            person("monitor"),
        ]
        for other in others:
            with pytest.raises(NotPermitted):
                register(other, site)
        assert register(person("investigator", site), site)


class TestPossibleDuplicates:
    ID = "36010219790302123X"

    @pytest.mark.parametrize(
        ("first", "second", "match"),
        [
            ({"national_id": ID}, {"name": "Hua Li", "birth_date": "1980", "national_id": ID.lower()}, "national_id"),
            ({}, {"name": "LI  HUA"}, "person"),
            ({"birth_date": "1979"}, {}, "person"),
            ({}, {"birth_date": "1979-03"}, "person"),
            ({"record_number": "A-77"}, {"name": "Wang Fang", "record_number": "a77"}, "record_number"),
        ],
    )
    def test_at_this_site_are_told_by_number(
        self, site: Site, by: User, first: dict[str, str], second: dict[str, str], match: str
    ) -> None:
        register(by, site, **first)

        with pytest.raises(AlreadyKnown) as told:
            register(by, site, **second)

        label = str(PossibleDuplicate.Match(match).label)
        assert (list(told.value.here), told.value.elsewhere) == ([("S-01-0001", label)], False)
        assert Participant.objects.count() == 1

    @pytest.mark.parametrize(
        "second",
        [{"name": "Wang Fang"}, {"birth_date": "1979-03-03"}, {"birth_date": "1980"}, {"birth_date": "1979-04"}],
    )
    def test_are_not_people_who_cannot_be_the_same(self, site: Site, by: User, second: dict[str, str]) -> None:
        register(by, site, record_number="A-77", national_id=self.ID)
        assert register(by, site, **second).number == "S-01-0002"

    def test_at_another_site_are_told_as_known_and_no_more(self, site: Site, by: User) -> None:
        elsewhere = approved_site("02")
        register(coordinator_of(elsewhere), elsewhere, national_id=self.ID)

        with pytest.raises(AlreadyKnown) as told:
            register(by, site, national_id=self.ID)

        assert (list(told.value.here), told.value.elsewhere) == ([], True)
        assert told.value.message == "This person is already known at another site."

    def test_a_record_number_of_another_site_is_another_number(self, site: Site, by: User) -> None:
        elsewhere = approved_site("02")
        register(coordinator_of(elsewhere), elsewhere, record_number="A-77")
        assert register(by, site, name="Wang Fang", record_number="A-77")

    def test_entered_in_error_do_not_count(self, site: Site, by: User) -> None:
        wrong = register(by, site)
        actions.strike_participant(by=by, at=AT, participant=wrong, reason="typed twice")
        assert register(by, site).number == "S-01-0002"

    def test_are_kept_when_the_person_goes_on_with_an_explanation(self, site: Site, by: User) -> None:
        first = register(by, site, national_id=self.ID)

        second = register(by, site, national_id=self.ID, confirmed=True, explanation="twins, id typed twice")

        kept = PossibleDuplicate.objects.order_by("match").values_list("participant", "other", "match", "explanation")
        assert list(kept) == [
            (second.pk, first.pk, "national_id", "twins, id typed twice"),
            (second.pk, first.pk, "person", "twins, id typed twice"),
        ]
        assert selectors.blocking_duplicates(second).count() == 2

    def test_need_the_explanation(self, site: Site, by: User) -> None:
        register(by, site)
        with pytest.raises(Refused) as refused:
            register(by, site, confirmed=True, explanation=" ")
        assert refused.value.field == "explanation"

    def test_an_explanation_that_names_somebody_is_refused(self, site: Site, by: User) -> None:
        register(by, site)
        with pytest.raises(Refused) as refused:
            register(by, site, confirmed=True, explanation="another Li Hua")
        assert refused.value.field == "explanation"
        assert Participant.objects.count() == 1

    def test_are_told_anew_when_what_was_told_has_changed(self, site: Site, by: User) -> None:
        register(by, site)
        with pytest.raises(AlreadyKnown) as first:
            register(by, site)
        register(by, site, confirmed=True, explanation="twins")
        with pytest.raises(AlreadyKnown) as second:
            register(by, site)
        assert first.value.token != second.value.token

    def test_are_found_with_one_query(self, site: Site, by: User, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
        for count in range(3):
            register(by, site, confirmed=bool(count), explanation="twins")
        someone = selectors.person_of(Identity.objects.first())
        with django_assert_num_queries(1):
            assert len(selectors.look_alikes(someone, site)) == 3


class TestResolving:
    @pytest.fixture
    def duplicate(self, site: Site, by: User) -> PossibleDuplicate:
        register(by, site)
        register(by, site, confirmed=True, explanation="twins")
        return PossibleDuplicate.objects.get()

    @pytest.fixture
    def investigator(self, site: Site) -> User:
        return person("investigator", site)

    def test_takes_an_investigator_of_the_site(self, site: Site, by: User, duplicate: PossibleDuplicate) -> None:
        for other in (by, person("investigator", approved_site("02")), person("admin"), person("monitor", site)):
            with pytest.raises(NotPermitted):
                actions.resolve_duplicate(by=other, at=AT, duplicate=duplicate, same=False, reason="twins")

    def test_as_another_person_clears_the_way(self, investigator: User, duplicate: PossibleDuplicate) -> None:
        actions.resolve_duplicate(by=investigator, at=AT, duplicate=duplicate, same=False, reason="twins, seen both")

        duplicate.refresh_from_db()
        assert (duplicate.same, duplicate.resolved_by, duplicate.resolved_at) == (False, investigator, AT)
        assert not selectors.blocking_duplicates(duplicate.participant)
        row = AuditEvent.objects.filter(table="participants_possibleduplicate").latest("id")
        assert (row.actor, row.reason) == (investigator.username, "twins, seen both")

    def test_as_the_same_person_blocks_until_one_is_struck(
        self, by: User, investigator: User, duplicate: PossibleDuplicate
    ) -> None:
        actions.resolve_duplicate(by=investigator, at=AT, duplicate=duplicate, same=True, reason="same id card")
        assert selectors.blocking_duplicates(duplicate.participant)

        actions.strike_participant(by=by, at=AT, participant=duplicate.other, reason="registered twice")
        assert not selectors.blocking_duplicates(duplicate.participant)

    def test_is_done_once(self, investigator: User, duplicate: PossibleDuplicate) -> None:
        actions.resolve_duplicate(by=investigator, at=AT, duplicate=duplicate, same=False, reason="twins")
        with pytest.raises(Refused, match="resolved already"):
            actions.resolve_duplicate(by=investigator, at=AT, duplicate=duplicate, same=True, reason="no")


class TestEnteredInError:
    def test_keeps_row_and_number(self, site: Site, by: User) -> None:
        wrong = register(by, site)

        actions.strike_participant(by=by, at=AT, participant=wrong, reason="wrong patient file")

        assert Participant.objects.get(number="S-01-0001").status == "struck"
        step = ParticipantStep.objects.latest("id")
        assert (step.action, step.source, step.target, step.reason) == (
            "strike",
            "registered",
            "struck",
            "wrong patient file",
        )
        assert AuditEvent.objects.latest("id").reason == "wrong patient file"
        assert register(by, site, name="Wang Fang").number == "S-01-0002"

    def test_is_the_end(self, site: Site, by: User) -> None:
        wrong = register(by, site)
        actions.strike_participant(by=by, at=AT, participant=wrong, reason="typed twice")
        with pytest.raises(Refused, match="entered in error"):
            actions.strike_participant(by=by, at=AT, participant=wrong, reason="again")

    def test_takes_somebody_who_enters_data_at_the_site(self, site: Site, by: User) -> None:
        participant = register(by, site)
        for other in (coordinator_of(approved_site("02")), person("admin", site), person("monitor")):
            with pytest.raises(NotPermitted):
                actions.strike_participant(by=other, at=AT, participant=participant, reason="x")


def test_registering_costs_the_same_with_many_registered(site: Site, by: User) -> None:
    from django.db import connection

    def queries(name: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            register(by, site, name=name)
        return len(captured)

    queries("The first")
    second = queries("The second")
    for count in range(10):
        register(by, site, name=f"Person {count} of ten")
    assert queries("The last") == second
