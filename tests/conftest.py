"""How every test runs: as the application role, with the same generated examples each time (more with --full)."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import settings

from tests.database import empty_tables, use_role

FULL = os.environ.get("PORTAL_TEST_FULL") == "1"

# Seeded, so that a failure seen once is seen again, on any machine. A run of one minute on a busy core is no failure.
settings.register_profile("default", derandomize=True, deadline=None, max_examples=100)
settings.register_profile("full", derandomize=True, deadline=None, max_examples=2000)
settings.load_profile("full" if FULL else "default")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The owner makes the test database and migrates it."""
    use_role(os.environ["DATABASE_OWNER_URL"])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """From here on the tests are the application role; the owner comes back to remove the database."""
    with django_db_blocker.unblock():
        use_role(os.environ["DATABASE_URL"])
    yield
    with django_db_blocker.unblock():
        use_role(os.environ["DATABASE_OWNER_URL"])


def _empty_after_commit(self: TransactionTestCase) -> None:
    connection.close()
    empty_tables()


TransactionTestCase._fixture_teardown = _empty_after_commit  # type: ignore[method-assign]
