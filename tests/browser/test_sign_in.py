"""Signing in and out: on a telephone, without scripts, by keyboard alone; a wrong password is said beside it."""

from __future__ import annotations

import pytest

from tests.browser.portal import WIDE, WIDTHS, Portal, Tab
from tests.factories import PASSWORD, SiteFactory, person
from trial_portal.accounts.permissions import Role


def sign_in(tab: Tab, username: str, password: str) -> None:
    tab.page.get_by_label("User name").fill(username)
    tab.page.locator("[name=password]").fill(password)
    tab.page.get_by_role("button", name="Sign in").click()


@pytest.mark.parametrize(("width", "javascript"), [(width, True) for width in WIDTHS] + [(WIDE, False)])
def test_coordinator_signs_in_and_out(portal: Portal, width: int, javascript: bool) -> None:
    user = person(Role.COORDINATOR, SiteFactory(code="01"), username="chen.yulan")
    tab = portal.open("home", width=width, javascript=javascript)
    tab.is_at("accounts:sign-in")
    tab.check()

    sign_in(tab, user.username, "not the password")
    assert tab.status == 422
    assert tab.page.get_by_label("User name").input_value() == user.username
    password = tab.page.locator("[name=password]")
    assert password.input_value() == ""
    assert password.get_attribute("aria-invalid") == "true"
    tab.check()

    sign_in(tab, user.username, PASSWORD)
    tab.is_at("home")
    tab.page.get_by_role("button", name="Sign out").click()
    tab.is_at("accounts:sign-in")
    tab.go("home")
    tab.is_at("accounts:sign-in")


def test_by_keyboard_alone(portal: Portal) -> None:
    user = person(Role.COORDINATOR, SiteFactory(code="01"), username="chen.yulan")
    tab = portal.open("accounts:sign-in")
    tab.tab_to(tab.page.get_by_label("User name"))
    tab.type(user.username)
    tab.tab_to(tab.page.locator("[name=password]"))
    tab.type(PASSWORD)
    tab.press("Enter")
    tab.is_at("home")


def test_password_can_be_shown_where_there_are_scripts(portal: Portal) -> None:
    tab = portal.open("accounts:sign-in")
    password = tab.page.locator("[name=password]")
    password.fill("quite long")
    tab.page.get_by_role("button", name="Show the password").click()
    assert password.get_attribute("type") == "text"
    tab.check()
    tab.page.get_by_role("button", name="Hide the password").click()
    assert password.get_attribute("type") == "password"
    bare = portal.open("accounts:sign-in", javascript=False)
    assert bare.page.get_by_role("button", name="Show the password").count() == 0
