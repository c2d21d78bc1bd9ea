"""Pages of signing in and out, of one's password and statement; sessions begin, move on and end (OWASP ASVS 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories import PASSWORD, SiteFactory, UserFactory, person
from tests.integration.accounts.world import WRONG
from trial_portal.accounts import actions, selectors
from trial_portal.accounts.models import SignatureStatement, SignIn, User

pytestmark = pytest.mark.django_db
NEW = "another good password"


@pytest.fixture
def user() -> User:
    return person("coordinator", SiteFactory(code="01"), username="chen.yulan")


def sign_in(client: Client, password: str = PASSWORD, **kwargs: Any) -> Any:
    return client.post("/sign-in/", {"username": "chen.yulan", "password": password} | kwargs)


def is_signed_in(client: Client) -> bool:
    return client.get("/study/").status_code == 200


class TestSigningIn:
    def test_leads_home_or_to_the_page_that_was_asked_for(self, client: Client, user: User) -> None:
        asked = client.get("/study/sites/?page=2")
        assert (asked.status_code, asked.url) == (302, "/sign-in/?next=%2Fstudy%2Fsites%2F%3Fpage%3D2")
        assert 'name="next" value="/study/sites/?page=2"' in client.get(asked.url).content.decode()
        answer = sign_in(client, next="/study/sites/?page=2")
        assert (answer.status_code, answer.url) == (303, "/study/sites/?page=2")
        assert sign_in(Client()).url == "/"

    @pytest.mark.parametrize(
        "to",
        [
            "https://evil.example/",
            "//evil.example/",
            "/\\evil.example",
            "javascript:alert(1)",
            "http:///evil.example",
            "\thttps://evil.example",
        ],
    )
    def test_leads_to_no_other_address(self, client: Client, user: User, to: str) -> None:
        assert sign_in(client, next=to).url == "/"
        assert client.get("/sign-in/", {"next": to}).url == "/"

    @pytest.mark.parametrize("to", ["nonsense", "home", "study:user"])
    def test_an_address_is_never_taken_for_the_name_of_a_page(self, client: Client, user: User, to: str) -> None:
        sign_in(client)
        assert client.get("/sign-in/", {"next": to}).status_code == 302

    def test_refused_keeps_the_typed_name_and_not_the_password(self, client: Client, user: User) -> None:
        answer = sign_in(client, WRONG)
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="chen.yulan"' in page
        assert WRONG not in page
        assert "User name and password do not match. After 4 more attempts" in page
        assert 'aria-describedby="id_password_error"' in page
        assert not is_signed_in(client)

    def test_refused_keeps_where_one_wanted_to_go(self, client: Client, user: User) -> None:
        assert 'value="/study/"' in sign_in(client, WRONG, next="/study/").content.decode()

    def test_looks_the_same_for_a_name_nobody_has(self, client: Client, user: User) -> None:
        known = sign_in(client, WRONG).content.decode()
        unknown = sign_in(client, WRONG, username="nobody.here").content.decode()
        without = ("chen.yulan", "nobody.here")
        token = 'name="csrfmiddlewaretoken" value="'
        for name in without:
            known, unknown = known.replace(name, ""), unknown.replace(name, "")
        assert [part[70:] for part in known.split(token)] == [part[70:] for part in unknown.split(token)]

    def test_of_a_locked_account_says_until_when(self, client: Client, user: User) -> None:
        for _ in range(5):
            answer = sign_in(client, WRONG)
        assert answer.status_code == 422
        assert "Too many attempts: this account rests until" in answer.content.decode()
        assert "rests until" in sign_in(client).content.decode()
        assert list(SignIn.objects.filter(user=user).values_list("event", flat=True)) == ["failed"] * 4 + ["locked"] * 2

    @pytest.mark.parametrize("left_out", ["username", "password"])
    def test_asks_for_what_is_missing_and_counts_nothing(self, client: Client, user: User, left_out: str) -> None:
        assert sign_in(client, **{left_out: ""}).status_code == 422
        assert SignIn.objects.count() == 0

    def test_survives_what_no_person_types(self, client: Client, user: User) -> None:
        for typed in ("a\0b", "x" * 5000, "<script>", "' OR 1=1 --", "\u202e\U0001f600"):
            assert sign_in(client, username=typed).status_code == 422
            assert sign_in(client, password=typed).status_code == 422

    def test_refuses_a_field_it_does_not_know(self, client: Client, user: User) -> None:
        answer = sign_in(client, otp="123456")
        assert answer.status_code == 422
        assert "does not know the field otp" in answer.content.decode()
        assert not is_signed_in(client)

    def test_again_leads_on(self, client: Client, user: User) -> None:
        sign_in(client)
        assert client.get("/sign-in/?next=/study/").url == "/study/"

    def test_names_the_admins_and_may_be_pasted_into(self, client: Client) -> None:
        person("admin", printed_name="Wu Jie", phone="ext. 6120")
        page = client.get("/sign-in/").content.decode()
        assert "Wu Jie (ext. 6120)" in page
        assert 'autocomplete="current-password"' in page
        assert 'autocomplete="username"' in page
        assert "onpaste" not in page

    def test_is_never_kept_by_the_browser(self, client: Client) -> None:
        assert client.get("/sign-in/").headers["Cache-Control"] == "no-store"


class TestASession:
    def test_has_a_new_key_after_signing_in(self, client: Client, user: User) -> None:
        client.get("/sign-in/")
        session = client.session
        session["before"] = True
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        sign_in(client)
        assert client.session.session_key != session.session_key
        assert not Session.objects.filter(pk=session.session_key).exists()

    def test_takes_nothing_over_from_another_person(self, client: Client, user: User) -> None:
        client.force_login(UserFactory())
        session = client.session
        session["theirs"] = True
        session.save()
        sign_in(client)
        assert "theirs" not in client.session

    def test_ends_at_signing_out(self, client: Client, user: User) -> None:
        sign_in(client)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        answer = client.post("/sign-out/")
        assert (answer.status_code, answer.url) == (303, "/sign-in/")
        assert SignIn.objects.filter(user=user, event="out").count() == 1
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
        assert not is_signed_in(client)
        assert client.post("/sign-out/").status_code == 303
        assert SignIn.objects.filter(event="out").count() == 1

    def test_does_not_end_by_a_link(self, client: Client, user: User) -> None:
        sign_in(client)
        assert client.get("/sign-out/").status_code == 405
        assert is_signed_in(client)

    def test_ends_after_half_an_hour_without_a_request(self, client: Client, user: User) -> None:
        sign_in(client)
        assert settings.SESSION_COOKIE_AGE == 30 * 60
        session = Session.objects.get()
        assert timedelta(minutes=29) < session.expire_date - timezone.now() <= timedelta(minutes=30)
        Session.objects.update(expire_date=timezone.now() + timedelta(minutes=2))
        assert is_signed_in(client)
        assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=29)
        Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
        assert not is_signed_in(client)

    def test_ends_for_the_browser_too_and_is_closed_to_scripts(self, client: Client, user: User) -> None:
        cookie = sign_in(client).cookies[settings.SESSION_COOKIE_NAME]
        assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")

    @pytest.mark.parametrize("what", ["disabled", "epoch", "password"])
    def test_ends_at_the_next_request_when_the_account_changes(self, client: Client, user: User, what: str) -> None:
        admin, now = person("admin"), timezone.now()
        sign_in(client)
        assert is_signed_in(client)
        if what == "disabled":
            actions.disable_user(by=admin, at=now, user=user, reason="left")
        elif what == "password":
            actions.set_password(by=admin, at=now, user=user, password=NEW, reason="lost")
        else:
            User.objects.filter(pk=user.pk).update(session_epoch=5)
        assert not is_signed_in(client)

    def test_leaves_nothing_in_the_browsers_cache(self, client: Client, user: User) -> None:
        sign_in(client)
        for path in ("/", "/study/", "/password/", "/nowhere/"):
            assert client.get(path).headers["Cache-Control"] == "no-store"


class TestAPassword:
    def test_is_changed_and_ends_other_sessions_but_this(self, client: Client, user: User) -> None:
        elsewhere = Client()
        sign_in(elsewhere)
        sign_in(client)
        before = client.session.session_key
        answer = client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
        assert (answer.status_code, answer.url) == (303, "/")
        assert is_signed_in(client)
        assert client.session.session_key != before
        assert not is_signed_in(elsewhere)

    @pytest.mark.parametrize(
        ("old", "new", "again", "says"),
        [
            (WRONG, NEW, NEW, "This is not your password."),
            ("", NEW, NEW, "Enter your password."),
            (PASSWORD, "short", "short", "too short"),
            (PASSWORD, NEW, "another", "differ"),
            (PASSWORD, PASSWORD, PASSWORD, "Choose another"),
            (PASSWORD, "", "", "Enter the new password."),
        ],
    )
    def test_is_not_changed_otherwise(
        self, client: Client, user: User, old: str, new: str, again: str, says: str
    ) -> None:
        sign_in(client)
        answer = client.post("/password/", {"old": old, "new": new, "again": again})
        assert answer.status_code == 422
        assert says in answer.content.decode()
        assert User.objects.get(pk=user.pk).password == user.password

    def test_set_by_somebody_else_comes_before_anything(self, client: Client, user: User) -> None:
        User.objects.filter(pk=user.pk).update(must_change_password=True)
        sign_in(client)
        for path in ("/", "/study/", "/participants/", "/statement/"):
            answer = client.get(path)
            assert (answer.status_code, answer.headers.get("Location")) in {(302, "/password/"), (200, None)}
        assert client.get("/study/").url == "/password/"
        assert "Choose your own" in client.get("/password/").content.decode()
        client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
        assert is_signed_in(client)


class TestTheStatement:
    def test_is_asked_once_before_anything_else(self, client: Client, user: User) -> None:
        newcomer = UserFactory(username="zhou.min", statement=False)
        client.post("/sign-in/", {"username": "zhou.min", "password": PASSWORD})
        assert client.get("/").url == "/statement/"
        assert "legally" in client.get("/statement/").content.decode()
        assert SignatureStatement.objects.filter(user=newcomer).count() == 0
        assert client.post("/statement/").url == "/"
        assert client.get("/").status_code == 200
        accepted = selectors.statement_of(newcomer)
        assert accepted is not None
        assert "binding equivalent of my handwritten signature" in accepted.text
        assert "Accepted by" in client.get("/statement/").content.decode()
        client.post("/statement/")
        assert SignatureStatement.objects.filter(user=newcomer).count() == 1

    def test_can_be_left_by_signing_out(self, client: Client) -> None:
        UserFactory(username="zhou.min", statement=False)
        client.post("/sign-in/", {"username": "zhou.min", "password": PASSWORD})
        assert client.post("/sign-out/").url == "/sign-in/"


class TestTheLog:
    def test_says_that_a_password_was_refused_and_for_which_account(
        self, client: Client, user: User, caplog: pytest.LogCaptureFixture
    ) -> None:
        sign_in(client, WRONG)
        said = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        refused = next(entry for entry in said if entry["event"] == "password_refused")
        assert (refused["account"], refused["rests"]) == (user.pk, False)
        assert refused["ip"] == "127.0.0.1"

    def test_holds_neither_what_was_typed_as_a_name_nor_a_password(
        self, client: Client, user: User, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for _ in range(6):
            sign_in(client, "hunter2 hunter2", username="secret typed too early")
        sign_in(client)
        client.post("/password/", {"old": PASSWORD, "new": NEW, "again": NEW})
        printed = capsys.readouterr()
        said = f"{caplog.text} {printed.out} {printed.err}"
        assert "password_refused" in said
        for secret in ("hunter2", "secret typed", PASSWORD, NEW):
            assert secret not in said
