"""Tests run as the application role: the owner makes the database and migrates, then the tests' connection is switched.

Emptying tables after a test that commits is the superuser's work, past the ledger's triggers; the application role may
not even delete a row.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import dj_database_url
import psycopg2
from django.db import connection

KEPT = {"django_migrations", "django_content_type", "auth_permission", "audit_key", "audit_generation"}


def use_role(url: str) -> None:
    """Let the tests' connection go on as the role of ``url``, in the database it already has."""
    connection.close()
    role = dj_database_url.parse(url)
    connection.settings_dict.update(USER=role["USER"], PASSWORD=role["PASSWORD"])


@contextmanager
def superuser() -> Iterator[psycopg2.extensions.cursor]:
    """A cursor of the superuser on the test database, each statement committed at once."""
    url = dj_database_url.parse(os.environ["DATABASE_SUPERUSER_URL"])
    with_options = psycopg2.connect(
        host=url["HOST"],
        port=url["PORT"] or None,
        user=url["USER"],
        password=url["PASSWORD"],
        dbname=connection.settings_dict["NAME"],
    )
    with_options.autocommit = True
    try:
        with with_options.cursor() as cursor:
            yield cursor
    finally:
        with_options.close()


def empty_tables() -> None:
    """Empty every table but those that migrations filled."""
    with superuser() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall() if name not in KEPT]
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE {} RESTART IDENTITY".format(", ".join(f'"{name}"' for name in tables)))
