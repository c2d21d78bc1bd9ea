"""Pages for what went wrong: their status, what they say, and that they need nothing that may be broken."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import Client, override_settings
from django.urls import reverse

from tests.factories import SiteFactory, person
from trial_portal.accounts.permissions import Role


@pytest.fixture
def browser() -> Client:
    """A client that shows the page for an error, as a browser would, and checks CSRF."""
    return Client(raise_request_exception=False, enforce_csrf_checks=True)


@pytest.mark.django_db
def test_403_says_why_and_who_can_help(browser: Client) -> None:
    person(Role.ADMIN, printed_name="Wu Jie", phone="ext. 6120")
    person(Role.ADMIN, printed_name="Gone Away", is_active=False)
    browser.force_login(person(Role.COORDINATOR, SiteFactory()))
    answer = browser.get(reverse("recruitment:open"))
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "You may not configure the study." in page
    assert "Wu Jie · ext. 6120" in page
    assert "Gone Away" not in page


@pytest.mark.django_db
def test_404_is_the_same_whether_or_not_somebody_is_signed_in(browser: Client) -> None:
    assert browser.get("/nowhere/").status_code == 404
    browser.force_login(person(Role.COORDINATOR, SiteFactory()))
    answer = browser.get("/nowhere/")
    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/participants/%00/", "/participants/S-01%00/screening/1/", "/study/sites/%00/"])
def test_404_for_what_the_database_cannot_even_be_asked(browser: Client, address: str) -> None:
    assert browser.get(address).status_code == 404


def test_405_names_what_is_allowed(browser: Client) -> None:
    answer = browser.get(reverse("language"))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert "Nothing was changed." in answer.content.decode()


@pytest.mark.django_db
def test_form_without_its_token(browser: Client) -> None:
    browser.force_login(person(Role.ADMIN))
    answer = browser.post(reverse("recruitment:open"), {"reason": "Approvals on file."})
    assert answer.status_code == 403
    assert "Not saved: the page was too old" in answer.content.decode()


@pytest.mark.django_db
@override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=3)
def test_400_for_more_than_is_taken(client: Client) -> None:
    client.force_login(person(Role.ADMIN))
    answer = client.post(reverse("recruitment:open"), {f"field{number}": "" for number in range(9)})
    assert answer.status_code == 400
    assert "Nothing was saved." in answer.content.decode()


@override_settings(ROOT_URLCONF="tests.browser.broken")
def test_500_gives_a_reference_and_nothing_of_the_error(browser: Client) -> None:
    answer = browser.get("/broken/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Nothing of this request was saved" in page
    assert "Reference for the log:" in page
    assert "ZeroDivisionError" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_503_needs_no_database_and_no_session(
    browser: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    browser.force_login(person(Role.ADMIN))

    def away(self: Any, *args: Any, **kwargs: Any) -> None:
        raise error("connection refused")

    monkeypatch.setattr(BaseDatabaseWrapper, "_cursor", away)
    for send in (browser.get, browser.post):
        answer = send(reverse("recruitment:open"))
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "30"
        assert "Nothing of this request was saved" in answer.content.decode()


def test_a_sentence_remains_when_no_template_can_be_had(browser: Client) -> None:
    with override_settings(ROOT_URLCONF="tests.browser.broken", TEMPLATES=[]):
        answer = browser.get("/broken/")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Nothing of this request was saved" in answer.content.decode()
