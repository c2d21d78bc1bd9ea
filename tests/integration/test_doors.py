"""Who gets in where: every address, every role, every method, own site and another's. Default deny.

The table says who may open (GET) and who may act (POST); everybody else is told no: to sign in, 403, 404 or 405. An
address that is not in the table fails. What a page does for those who get in is tested elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from tests.factories import UserFactory, person
from tests.integration.doors import DOORS, World, world
from trial_portal.accounts.models import User

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PEOPLE = "CIPAMNX-"
"""Coordinator, investigator, principal investigator (all of site 01), admin, monitor (both of the whole study), nobody
in particular (signed in, no delegation), a coordinator of another site, and somebody who is not signed in."""


def names(patterns: Any, namespace: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name}"


ADDRESSES = sorted(names(get_resolver().url_patterns))


def test_every_address_is_in_the_table_and_no_other() -> None:
    assert sorted(DOORS) == ADDRESSES


@pytest.fixture
def everybody(db: None) -> tuple[World, dict[str, User | None]]:
    there = world()
    return there, {
        "C": there.coordinator,
        "I": person("investigator", there.site),
        "P": person("investigator", there.site, principal=True),
        "A": person("admin"),
        "M": person("monitor"),
        "N": UserFactory(),
        "X": person("coordinator", there.other_site),
        "-": None,
    }


@pytest.mark.parametrize("name", ADDRESSES)
def test_who_gets_in(name: str, everybody: tuple[World, dict[str, User | None]]) -> None:
    there, people = everybody
    door = DOORS[name]
    url = reverse(name, kwargs=there.arguments(door.arguments))
    found = {method: "".join(who for who in PEOPLE if _lets_in(url, method, people[who])) for method in METHODS}
    expected = {"GET": door.get, "POST": door.post, "PUT": "", "PATCH": "", "DELETE": ""}
    assert found == {method: "".join(who for who in PEOPLE if who in expected[method]) for method in METHODS}


def _lets_in(url: str, method: str, user: User | None) -> bool:
    """Whether a request gets past the door. What it changed is taken back."""
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user, backend="trial_portal.accounts.backend.PortalBackend")
    with transaction.atomic():
        response = client.generic(method, url)
        if response.streaming:
            b"".join(response.streaming_content)  # read to its end, a file is closed
        transaction.set_rollback(True)
    assert response.status_code < 500, (url, method, response.status_code)
    to_sign_in = response.status_code == 302 and response.headers["Location"].startswith(reverse("accounts:sign-in"))
    return response.status_code not in (403, 404, 405) and not to_sign_in


def test_another_sites_record_looks_like_none_at_all(everybody: tuple[World, dict[str, User | None]]) -> None:
    there, people = everybody
    client = Client()
    client.force_login(people["X"], backend="trial_portal.accounts.backend.PortalBackend")
    theirs = client.get(reverse("participants:participant", args=[there.participant.number]))
    nobody = client.get(reverse("participants:participant", args=["S-01-9999"]))
    assert (theirs.status_code, nobody.status_code) == (404, 404)
    assert _without_token(theirs) == _without_token(nobody)
    assert there.participant.number not in client.get(reverse("participants:list")).content.decode()


def _without_token(response: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())


def test_authority_ends_the_day_after_the_last_day(everybody: tuple[World, dict[str, User | None]]) -> None:
    _there, people = everybody
    client = Client()
    client.force_login(people["C"], backend="trial_portal.accounts.backend.PortalBackend")
    assert client.get(reverse("participants:list")).status_code == 200
    people["C"].delegations.update(until=date(2026, 1, 1))
    assert client.get(reverse("participants:list")).status_code == 403
