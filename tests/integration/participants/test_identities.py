"""Identities: ciphertext in tables, dump and ledger; found exactly; shown to few, and logged; keys rotate."""

from __future__ import annotations

import os
import subprocess
from typing import Any

import dj_database_url
import pytest
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from tests.factories import AT, person
from tests.integration.participants.world import approved_site, consent, coordinator_of, register, version
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.selectors import authority_of, portal_itself
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.local.postgres import find_programs
from trial_portal.participants import actions, selectors
from trial_portal.participants.actions.identities import seen
from trial_portal.participants.models import Identity, IdentityShown, Participant, ParticipantStep, PossibleDuplicate
from trial_portal.participants.refusals import AlreadyKnown

CANARIES = {
    "name": "Canary Quill",
    "birth_date": "1961-07-19",
    "phone": "0791 5550 1717",
    "email": "canary.quill@example.cn",
    "record_number": "MRN-CANARY-42",
    "national_id": "360102196107191717",
}
NEVER = [*CANARIES.values(), "canaryquill", "19610719", "canary"]
"""What must stand nowhere readable, in any of its forms."""


def holds(text: str) -> list[str]:
    return [canary for canary in NEVER if canary.casefold() in text.casefold()]


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


def planted(by: User, site: Site) -> Participant:
    """A participant of canaries, changed once and with a consent, so that every table has been through it."""
    participant = register(by, site, **CANARIES)
    actions.change_identity(
        by=by,
        at=AT,
        reason="file number was missing a digit",
        participant=participant,
        sex_at_birth="female",
        **CANARIES | {"record_number": "MRN-CANARY-427"},
    )
    actions.show_identity(by=by, at=AT, participant=participant)
    consent(by, participant, version(site, "v1.0", since=AT.date()), on=AT.date(), clock=None)
    return participant


@pytest.mark.django_db
class TestAtRest:
    def test_no_table_holds_an_identity(self, site: Site, by: User) -> None:
        planted(by, site)

        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'audit_key'")
            for (table,) in cursor.fetchall():
                cursor.execute(f'SELECT "{table}"::text FROM "{table}"')  # noqa: S608
                assert holds("\n".join(row for (row,) in cursor.fetchall())) == [], table

    def test_the_ledger_keeps_digests_of_it(self, site: Site, by: User) -> None:
        planted(by, site)

        rows = AuditEvent.objects.filter(table="participants_identity").order_by("id")
        entered, changed = rows
        assert all(str(entered.changes[column]).startswith("digest:") for column in CANARIES)
        assert all(str(value).startswith("digest:") for pair in changed.changes.values() for value in pair)
        assert (changed.actor, changed.reason) == (by.username, "file number was missing a digit")

    def test_a_text_of_the_database_cannot_be_searched_for_it(self) -> None:
        with pytest.raises(TypeError, match="blind index"):
            Identity.objects.filter(name="Canary Quill")

    def test_the_same_name_twice_is_two_ciphertexts(self, site: Site, by: User) -> None:
        register(by, site)
        register(by, site, confirmed=True, explanation="twins")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(DISTINCT name) FROM participants_identity")
            assert cursor.fetchone() == (2,)


@pytest.mark.django_db(transaction=True)
def test_a_dump_holds_no_identity() -> None:
    site = approved_site("01")
    planted(coordinator_of(site), site)

    dump = pg_dump()

    assert "S-01-0001" in dump
    assert holds(dump) == []


def pg_dump() -> str:
    """The whole test database as pg_dump writes it."""
    url = dj_database_url.parse(os.environ["DATABASE_SUPERUSER_URL"])
    where = {"PGHOST": url["HOST"], "PGPORT": str(url["PORT"]), "PGUSER": url["USER"], "PGPASSWORD": url["PASSWORD"]}
    done = subprocess.run(
        [find_programs() / "pg_dump", connection.settings_dict["NAME"]],
        env=os.environ | {name: value for name, value in where.items() if value},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.django_db
class TestFinding:
    @pytest.fixture(autouse=True)
    def people(self, site: Site, by: User) -> None:
        register(by, site, **CANARIES)
        register(by, site, name="Canary Quillon", birth_date="1961-07-19")
        elsewhere = approved_site("02")
        register(coordinator_of(elsewhere), elsewhere, name="Other Person", birth_date="1961-07-19")

    @pytest.mark.parametrize(
        ("asked", "numbers"),
        [
            ({"name": "canary  QUILL"}, ["S-01-0001"]),
            ({"name": "Canary"}, []),
            ({"birth_date": "1961-07-19"}, ["S-01-0002", "S-01-0001"]),
            ({"birth_date": "1961-07"}, []),
            ({"name": "Canary Quillon", "birth_date": "1961-07-19"}, ["S-01-0002"]),
            ({"record_number": "mrn canary 42"}, ["S-01-0001"]),
            ({"name": "Other Person"}, []),
            ({}, []),
            ({"name": "…"}, []),
        ],
    )
    def test_is_exact_and_stays_at_the_site(self, by: User, asked: dict[str, str], numbers: list[str]) -> None:
        found = selectors.find(authority_of(by, AT), **asked)
        assert [participant.number for participant in found] == numbers

    @pytest.mark.parametrize("role", ["admin", "monitor"])
    def test_is_for_nobody_who_may_not_see_identities(self, role: str) -> None:
        assert not selectors.find(authority_of(person(role), AT), name="Canary Quill")


@pytest.mark.django_db
class TestShowing:
    def test_is_kept_with_who_looked(self, site: Site, by: User) -> None:
        participant = register(by, site)

        assert actions.show_identity(by=by, at=AT, participant=participant).name == "Li Hua"

        assert IdentityShown.objects.get().by == by
        assert AuditEvent.objects.latest("id").table == "participants_identityshown"

    def test_is_for_delegated_staff_of_the_site_alone(self, site: Site, by: User) -> None:
        participant = register(by, site)
        for other in (
            person("admin"),
            person("admin", site),
            person("monitor", site),
            coordinator_of(approved_site("02")),
        ):
            with pytest.raises(NotPermitted):
                actions.show_identity(by=other, at=AT, participant=participant)
        assert not IdentityShown.objects.exists()
        assert actions.show_identity(by=person("investigator", site), at=AT, participant=participant)


@pytest.mark.django_db
class TestChanging:
    def change(self, by: User, participant: Participant, **facts: Any) -> Participant:
        facts = {"reason": "misread", "sex_at_birth": "female", "name": "Li Hua", "birth_date": "1979-03-02"} | facts
        return actions.change_identity(by=by, at=AT, participant=participant, **facts)

    def test_moves_digests_and_birth_year(self, site: Site, by: User) -> None:
        participant = register(by, site)

        self.change(by, participant, name="Li Huan", birth_date="1980-03-02", sex_at_birth="male")

        participant.refresh_from_db()
        assert (participant.birth_year, participant.sex_at_birth) == (1980, "male")
        authority = authority_of(by, AT)
        assert selectors.find(authority, name="li huan", birth_date="1980-03-02").get() == participant
        assert not selectors.find(authority, name="Li Hua")
        step = ParticipantStep.objects.latest("id")
        assert (step.action, step.reason, step.source, step.target) == (
            "change_identity",
            "misread",
            "registered",
            "registered",
        )

    def test_looks_for_duplicates_again(self, site: Site, by: User) -> None:
        first, second = register(by, site), register(by, site, name="Wang Fang")

        with pytest.raises(AlreadyKnown) as told:
            self.change(by, second, name="Li Hua")
        assert [number for number, _match in told.value.here] == [first.number]

        self.change(by, second, name="Li Hua", confirmed=True, explanation="twins")
        assert PossibleDuplicate.objects.get().participant == second
        self.change(by, second, phone="0791 1234 5678")  # told once, not at each further change
        assert PossibleDuplicate.objects.count() == 1

    def test_of_nothing_is_refused(self, site: Site, by: User) -> None:
        with pytest.raises(Refused, match="Nothing was changed"):
            self.change(by, register(by, site))

    @pytest.mark.parametrize("reason", ["was Li Hua", "now Li Huan", "born 1979-03-02", "call 0791 8888 1234"])
    def test_for_a_reason_that_says_who_it_is_is_refused(self, site: Site, by: User, reason: str) -> None:
        participant = register(by, site)
        with pytest.raises(Refused) as refused:
            self.change(by, participant, name="Li Huan", reason=reason)
        assert refused.value.field == "reason"
        assert selectors.person_of(Identity.objects.get()).name == "Li Hua"

    def test_does_not_overwrite_what_somebody_else_changed_meanwhile(self, site: Site, by: User) -> None:
        participant = register(by, site)
        token = seen(participant, selectors.person_of(Identity.objects.get()))
        self.change(by, participant, phone="0791 1234 5678", token=token)

        with pytest.raises(Refused, match="Somebody else"):
            self.change(by, participant, name="Li Huan", token=token)

    def test_to_a_birth_after_consent_is_refused(self, site: Site, by: User) -> None:
        participant = register(by, site)
        consent(by, participant, version(site, "v1.0", since=AT.date()), on=AT.date(), clock=None)
        with pytest.raises(Refused) as refused:
            self.change(by, participant, birth_date="2026")
        assert refused.value.field == "birth_date"

    def test_takes_somebody_who_registers_there(self, site: Site, by: User) -> None:
        participant = register(by, site)
        for other in (coordinator_of(approved_site("02")), person("admin", site), person("monitor", site)):
            with pytest.raises(NotPermitted):
                self.change(other, participant, name="Li Huan")


@pytest.mark.django_db
class TestKeys:
    @pytest.fixture
    def portal(self) -> User:
        return portal_itself()

    @pytest.fixture
    def keys(self, settings: Any) -> tuple[str, str]:
        return settings.IDENTITY_KEYS[0], Fernet.generate_key().decode()

    def test_are_changed_without_losing_anybody(
        self, site: Site, by: User, settings: Any, keys: tuple[str, str]
    ) -> None:
        old, new = keys
        for count in range(5):
            register(by, site, name=f"Person {count} of five", national_id=f"36010219790302000{count}")
        register(by, site, **CANARIES)

        settings.IDENTITY_KEYS = [new, old]
        call_command("rotate_identity_keys", "--batch", "2", verbosity=0)
        settings.IDENTITY_KEYS = [new]

        assert [identity.name for identity in Identity.objects.order_by("pk")][-1] == "Canary Quill"
        assert selectors.find(authority_of(by, AT), name="canary quill", birth_date="1961-07-19").count() == 1
        with pytest.raises(AlreadyKnown):
            register(by, site, **CANARIES)
        settings.IDENTITY_KEYS = [old]
        with pytest.raises(InvalidToken):
            list(Identity.objects.all())

    def test_a_run_that_was_stopped_goes_on_where_it_was(
        self, site: Site, by: User, settings: Any, keys: tuple[str, str], portal: User
    ) -> None:
        for count in range(4):
            register(by, site, name=f"Person {count} of four")
        settings.IDENTITY_KEYS = keys[::-1]

        last, written = actions.rotate_identities(by=portal, at=AT, after=0, size=3) or (0, 0)
        assert written == 3
        assert actions.rotate_identities(by=portal, at=AT, after=0, size=10) == (last + 1, 1)
        assert actions.rotate_identities(by=portal, at=AT, after=0, size=10) == (last + 1, 0)
        assert actions.rotate_identities(by=portal, at=AT, after=last + 1, size=10) is None
        assert AuditEvent.objects.filter(actor="portal", table="participants_identity").count() == 4

    def test_a_digest_made_with_another_key_is_made_anew(
        self, site: Site, by: User, settings: Any, portal: User
    ) -> None:
        register(by, site)
        settings.BLIND_INDEX_KEY = "another key"
        assert not selectors.find(authority_of(by, AT), name="Li Hua")

        call_command("rotate_identity_keys", verbosity=0)

        assert selectors.find(authority_of(by, AT), name="Li Hua").exists()

    def test_are_changed_by_the_portal_alone(self, by: User) -> None:
        with pytest.raises(NotPermitted):
            actions.rotate_identities(by=by, at=AT, after=0, size=1)


def test_keys_come_from_the_settings_alone() -> None:
    assert settings.IDENTITY_KEYS
    assert settings.BLIND_INDEX_KEY != settings.SECRET_KEY or os.environ["SECRET_KEY"] == "dev-only"
