"""The application role may do exactly what the models declare (ledger.md, Roles)."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from trial_portal.audit.ledger import declaration_of
from trial_portal.audit.privileges import EXEMPT, rights

OURS = {"accounts", "audit", "enrollment", "frame", "participants", "screening", "signatures"}
ALL_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def query(sql: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def refused(sql: str) -> str:
    """What the database answers to a statement that it refuses."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    return str(error.value)


def models_of_ours() -> list[type]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in OURS]


@pytest.mark.parametrize("model", models_of_ours(), ids=lambda model: model._meta.db_table)
def test_every_column_is_declared_once(model: type) -> None:
    if model._meta.db_table in EXEMPT:
        return
    declaration = declaration_of(model)
    assert declaration is not None, "give it Meta.triggers = ledger(...), or name it in audit.privileges.EXEMPT"
    listed = [*declaration.logged, *declaration.redacted, *declaration.identified]
    assert sorted(listed) == sorted(field.column for field in model._meta.concrete_fields)


@pytest.mark.django_db
def test_every_table_is_declared_or_exempt() -> None:
    tables = {name for (name,) in query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    assert tables - rights().keys() == set()


@pytest.mark.django_db
def test_rights_on_each_table_are_those_declared() -> None:
    role = settings.APPLICATION_ROLE
    found = {
        table: ", ".join(
            right for right in ALL_RIGHTS if query("SELECT has_table_privilege(%s, %s, %s)", role, table, right)[0][0]
        )
        for (table,) in query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    }
    assert found == {table: granted for table, granted in rights().items() if table in found}


@pytest.mark.django_db
def test_no_record_table_allows_delete() -> None:
    recorded = {table for table, granted in rights().items() if table not in EXEMPT and "DELETE" in granted}
    assert recorded == set()


@pytest.mark.django_db
def test_application_role_owns_nothing() -> None:
    assert query("SELECT current_user")[0][0] == settings.APPLICATION_ROLE
    owned = "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
    assert query(owned) == []
    flags = "SELECT rolsuper, rolcreaterole, rolbypassrls, rolreplication FROM pg_roles WHERE rolname = current_user"
    assert query(flags) == [(False, False, False, False)]
    assert query("SELECT has_schema_privilege('public', 'CREATE')") == [(False,)]
    assert query("SELECT pg_has_role(current_user, 'portal_owner', 'MEMBER')") == [(False,)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "INSERT INTO audit_event (actor) VALUES ('somebody')",
        "UPDATE audit_event SET actor = 'somebody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "SELECT key FROM audit_key",
        "UPDATE audit_generation SET number = 2",
        "DELETE FROM participants_participant",
        "TRUNCATE participants_participant CASCADE",
        "UPDATE participants_participantstep SET reason = ''",
        "UPDATE signatures_signature SET digest = ''",
        "ALTER TABLE participants_participant DISABLE TRIGGER ALL",
        "ALTER TABLE participants_participant ADD COLUMN x int",
        "CREATE OR REPLACE FUNCTION portal_ledger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "DROP FUNCTION portal_ledger()",
        "SET session_replication_role = replica",
        "SELECT portal_digest('\"x\"'::jsonb, 'key')",
        "CREATE TABLE own (id int)",
        "SELECT setval('audit_event_id_seq', 1)",
        "SET ROLE portal_owner",
    ],
)
def test_refused_by_the_database(sql: str) -> None:
    answer = refused(sql)
    assert any(word in answer for word in ("permission denied", "must be owner", "must be able to")), answer
