"""The frame of every page: home per role, pages for errors, keyboard, telephone, without JavaScript."""

from __future__ import annotations

import pytest
from django.test import override_settings

from tests.browser.portal import NARROW, WIDTHS, Portal
from tests.factories import ParticipantFactory, SiteFactory, UserFactory, person
from trial_portal.accounts.permissions import Role

BOTH = pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without"])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("role", Role)
def test_home_of_each_role(portal: Portal, role: Role, width: int) -> None:
    site = SiteFactory(code="01")
    for number in range(1, 8):
        ParticipantFactory(site=site, number=f"S-01-{number:04}")
    user = person(role, None if role is Role.ADMIN else site)
    tab = portal.open("home", user=user, width=width)
    tab.check()
    assert (
        tab.page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").get_attribute("aria-current")
    )


@BOTH
@pytest.mark.parametrize("width", WIDTHS)
def test_home_of_somebody_without_delegation(portal: Portal, width: int, javascript: bool) -> None:
    admin = person(Role.ADMIN, printed_name="Wu Jie", email="wu.jie@example.org")
    tab = portal.open("home", user=UserFactory(), width=width, javascript=javascript)
    tab.check()
    assert tab.page.get_by_role("link", name=admin.email).is_visible()


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_for_errors(portal: Portal, width: int) -> None:
    coordinator = person(Role.COORDINATOR, SiteFactory(code="01"))
    tab = portal.open("recruitment:target", user=coordinator, width=width)
    assert tab.status == 403
    tab.check()
    tab.page.goto("/nowhere/")
    assert tab.status == 404
    tab.check()
    tab.go("language")
    assert tab.status == 405
    tab.check()


@pytest.mark.parametrize("width", WIDTHS)
def test_page_of_a_broken_portal(portal: Portal, width: int) -> None:
    tab = portal.open("home", user=person(Role.ADMIN), width=width)
    with override_settings(ROOT_URLCONF="tests.browser.broken"):
        tab.page.goto("/broken/")
        assert tab.status == 500
        tab.check()
        tab.page.goto("/away/")
        assert tab.status == 503
        tab.check()
        assert tab.page.get_by_text("Nothing of this request was saved").is_visible()


def test_skip_link_leads_past_the_navigation(portal: Portal) -> None:
    tab = portal.open("home", user=person(Role.ADMIN))
    tab.press("Tab")
    assert tab.page.get_by_role("link", name="Skip to the content").evaluate("e => e === document.activeElement")
    tab.press("Enter")
    tab.press("Tab")
    assert tab.page.locator("main :focus").count() == 1


def test_every_stop_of_the_home_page_shows_its_focus(portal: Portal) -> None:
    site = SiteFactory(code="01")
    ParticipantFactory(site=site, number="S-01-0001")
    tab = portal.open("home", user=person(Role.COORDINATOR, site), width=NARROW)
    tab.tab_to(tab.page.get_by_role("link", name="S-01-0001").last)
