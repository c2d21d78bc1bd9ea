"""Each way of writing leaves its row in the ledger, with who, why and when (21 CFR 11.10(e))."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta

import dj_database_url
import pgtrigger
import pytest
from django.conf import settings
from django.db import connection

from tests.database import superuser
from tests.factories import ParticipantFactory, SiteFactory, UserFactory, identity, person
from trial_portal.accounts.models import Site, User
from trial_portal.audit.actions import action
from trial_portal.audit.context import acting, request_id
from trial_portal.audit.ledger import recorded_models
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import Refused

pytestmark = pytest.mark.django_db
PAST_THE_PORTAL = f"db:{settings.APPLICATION_ROLE}"
SUPERUSER = f"db:{dj_database_url.parse(os.environ['DATABASE_SUPERUSER_URL'])['USER']}"
AT = datetime(2026, 10, 20, 6, 0, tzinfo=UTC)


def last() -> AuditEvent:
    return AuditEvent.objects.order_by("id").last()


def events_of(table: str) -> list[tuple[str, str, str]]:
    events = AuditEvent.objects.filter(table=table).order_by("id")
    return [(event.operation, event.actor, event.reason) for event in events]


def test_insert_keeps_all_columns() -> None:
    site = SiteFactory(code="07", name="Seventh Hospital")
    event = last()
    assert (event.table, event.key, event.operation) == ("accounts_site", str(site.pk), "INSERT")
    assert event.changes["name"] == "Seventh Hospital"
    assert event.changes.keys() == {field.column for field in Site._meta.concrete_fields}


def test_update_keeps_old_and_new_of_what_changed() -> None:
    site = SiteFactory(name="Old")
    Site.objects.filter(pk=site.pk).update(name="New")
    assert (last().operation, last().changes) == ("UPDATE", {"name": ["Old", "New"]})


def test_update_without_a_change_leaves_no_row() -> None:
    site = SiteFactory(name="Same")
    before = AuditEvent.objects.count()
    Site.objects.filter(pk=site.pk).update(name="Same")
    assert AuditEvent.objects.count() == before


def test_time_is_the_databases_clock_in_utc() -> None:
    SiteFactory()
    assert abs(last().at - datetime.now(UTC)) < timedelta(minutes=1)
    assert last().txid == int(query_one("SELECT pg_current_xact_id()::text"))


def query_one(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def test_write_that_says_nobody_names_the_database_role() -> None:
    SiteFactory()
    assert (last().actor, last().reason) == (PAST_THE_PORTAL, "")


@pytest.mark.parametrize("way", ["orm", "bulk", "update", "raw", "executemany", "ignoring"])
def test_each_way_of_writing_is_kept_with_actor_and_reason(way: str) -> None:
    site = SiteFactory(name="before")
    with acting("chen.yulan", "because"):
        if way == "orm":
            site.name = "after"
            site.save()
        elif way == "bulk":
            site.name = "after"
            Site.objects.bulk_update([site], ["name"])
        elif way == "update":
            Site.objects.update(name="after")
        elif way == "raw":
            with connection.cursor() as cursor:
                cursor.execute("UPDATE accounts_site SET name = 'after'")
        elif way == "executemany":
            with connection.cursor() as cursor:
                cursor.executemany("UPDATE accounts_site SET name = %s", [("after",)])
        else:
            with pgtrigger.ignore():
                Site.objects.update(name="after")
    event = last()
    assert (event.actor, event.reason, event.changes) == ("chen.yulan", "because", {"name": ["before", "after"]})


def test_bulk_create_leaves_a_row_each() -> None:
    with acting("chen.yulan"):
        Site.objects.bulk_create(Site(code=f"8{n}", name="n", short_name="n", city="c") for n in range(5))
    assert events_of("accounts_site") == [("INSERT", "chen.yulan", "")] * 5


def test_password_is_only_said_to_have_changed() -> None:
    user = UserFactory()
    assert last_of("accounts_user").changes["password"] == "changed"
    User.objects.filter(pk=user.pk).update(password="secret-hash")
    assert last().changes == {"password": "changed"}


def last_of(table: str) -> AuditEvent:
    return AuditEvent.objects.filter(table=table).order_by("id").last()


def test_identity_is_kept_as_digests_alone() -> None:
    known = identity(ParticipantFactory(), name="Wang Xiaoming", birth_date="1980-05-06", phone="13900001111")
    changes = last_of("participants_identity").changes
    assert {str(value)[:7] for column, value in changes.items() if column != "participant_id" and value} == {"digest:"}
    known.phone = "13900002222"
    known.save(update_fields=["phone"])
    old, new = last().changes["phone"]
    assert old.startswith("digest:")
    assert old != new


def test_contexts_nest_and_come_back() -> None:
    with acting("outer", "first"):
        with acting("inner", "second"):
            SiteFactory()
        SiteFactory()
    SiteFactory()
    assert events_of("accounts_site") == [
        ("INSERT", "inner", "second"),
        ("INSERT", "outer", "first"),
        ("INSERT", PAST_THE_PORTAL, ""),
    ]


def found_and_refused(actor: str, reason: str) -> None:
    with acting(actor, reason):
        SiteFactory()
        raise Refused("no")


def test_context_comes_back_after_a_refusal() -> None:
    with acting("outer", "first"):
        with pytest.raises(Refused):
            found_and_refused("inner", "second")
        SiteFactory()
    assert events_of("accounts_site") == [("INSERT", "outer", "first")]


def test_request_is_named() -> None:
    token = request_id.set("a" * 32)
    try:
        with acting("chen.yulan"):
            SiteFactory()
    finally:
        request_id.reset(token)
    assert last().request == "a" * 32


def test_an_action_names_its_user_and_reason_and_saves_all_or_nothing() -> None:
    @action
    def found_a_site(*, by: User, at: datetime, reason: str, fail: bool) -> None:
        SiteFactory()
        if fail:
            raise Refused("no")

    user = UserFactory(username="wu.jie")
    with pytest.raises(Refused):
        found_a_site(by=user, at=AT, reason="a new one", fail=True)
    assert events_of("accounts_site") == []
    found_a_site(by=user, at=AT, reason="a new one", fail=False)
    assert events_of("accounts_site") == [("INSERT", "wu.jie", "a new one")]


def test_an_action_without_a_user_or_with_loose_parameters_is_no_action() -> None:
    def without_user(*, at: datetime) -> None: ...

    def loose(site: Site, *, by: User, at: datetime) -> None: ...

    for function in (without_user, loose):
        with pytest.raises(TypeError, match="keyword-only"):
            action(function)


def test_every_recorded_table_has_its_two_triggers_enabled() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger WHERE tgname LIKE 'pgtrigger_ledger%%'"
            " AND tgenabled = 'O' GROUP BY 1"
        )
        standing = dict(cursor.fetchall())
    assert standing == {model._meta.db_table: 2 for model, _ in recorded_models()}


@pytest.mark.django_db(transaction=True)
def test_deleting_and_emptying_past_the_portal_is_kept() -> None:
    site = SiteFactory()
    person("coordinator", site)
    with superuser() as cursor:
        cursor.execute("DELETE FROM accounts_delegation")
        cursor.execute("TRUNCATE accounts_delegationstep")
    deleted, emptied = AuditEvent.objects.order_by("id")[AuditEvent.objects.count() - 2 :]
    assert (deleted.table, deleted.operation, deleted.actor) == ("accounts_delegation", "DELETE", SUPERUSER)
    assert deleted.changes["role"] == "coordinator"
    assert (emptied.table, emptied.operation, emptied.key) == ("accounts_delegationstep", "TRUNCATE", "")


@pytest.mark.django_db(transaction=True)
def test_rolled_back_writes_leave_nothing() -> None:
    with pytest.raises(Refused):
        found_and_refused("chen.yulan", "because")
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_context_ends_with_its_transaction() -> None:
    with acting("chen.yulan", "because"):
        SiteFactory()
    SiteFactory()
    assert events_of("accounts_site") == [("INSERT", "chen.yulan", "because"), ("INSERT", PAST_THE_PORTAL, "")]
