"""A site is set up: an admin enters it, its approval, people and delegations; a second admin confirms its first
principal investigator, who changes the first password, accepts that signatures bind, and signs the rest.

The same journey with a pointer (wide and narrow), by keyboard alone, and without JavaScript.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator

from tests.browser.portal import NARROW, WIDE, Portal, Tab
from tests.factories import PASSWORD, person
from trial_portal.accounts.models import Delegation, Site, User
from trial_portal.accounts.permissions import May, Role
from trial_portal.accounts.selectors import authority_of, sites

OWN = "ten good words in a row"


class Pointer:
    """Works a page with a pointer."""

    def __init__(self, tab: Tab) -> None:
        self.tab, self.page = tab, tab.page

    def follow(self, name: str) -> None:
        self.press(self.page.get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        self.press(self.page.locator("main").get_by_role("button", name=name))

    def press(self, target: Locator) -> None:
        target.click()

    def fill(self, label: str, text: str) -> None:
        self.type(self.page.get_by_label(label, exact=True), text)

    def type(self, target: Locator, text: str) -> None:
        target.fill(text)

    def day(self, group: str, day: date) -> None:
        boxes = self.page.get_by_role("group", name=group)
        for label, number in (("Year", day.year), ("Month", day.month), ("Day", day.day)):
            self.type(boxes.get_by_label(label), str(number))

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def radio(self, label: str) -> None:
        self.page.locator("main").get_by_text(label, exact=True).click()

    def tick(self, label: str) -> None:
        self.page.get_by_label(label, exact=True).check()


class Keys(Pointer):
    """Works a page with the keyboard alone."""

    def press(self, target: Locator) -> None:
        self.tab.tab_to(target)
        with self.page.expect_navigation():
            self.tab.press("Enter")

    def type(self, target: Locator, text: str) -> None:
        self.tab.tab_to(target)
        self.tab.press("ControlOrMeta+a")
        self.tab.type(text)

    def choose(self, label: str, option: str) -> None:
        self.tab.tab_to(self.page.get_by_label(label, exact=True))
        self.tab.type(option)

    def radio(self, label: str) -> None:
        wanted = self.page.get_by_role("radio", name=label, exact=True)
        names = [radio.get_attribute("value") for radio in self.page.get_by_role("radio").all()]
        self.tab.tab_to(self.page.get_by_role("radio").first)
        self.tab.press("Space")
        for _ in range(names.index(wanted.get_attribute("value"))):
            self.tab.press("ArrowRight")
        assert wanted.is_checked()

    def tick(self, label: str) -> None:
        self.tab.tab_to(self.page.get_by_label(label, exact=True))
        self.tab.press("Space")


WAYS: dict[str, tuple[type[Pointer], dict[str, Any]]] = {
    "wide": (Pointer, {"width": WIDE}),
    "narrow": (Pointer, {"width": NARROW}),
    "keyboard": (Keys, {"width": WIDE}),
    "without JavaScript": (Pointer, {"width": WIDE, "javascript": False}),
}


def sign_in(portal: Portal, hands: type[Pointer], username: str, password: str, **window: Any) -> Pointer:
    """Through the sign-in page."""
    tab = portal.open("accounts:sign-in", **window)
    at = hands(tab)
    at.fill("User name", username)
    at.fill("Password", password)
    at.button("Sign in")
    return at


def add_person(at: Pointer, username: str, printed_name: str) -> str:
    """Make an account; returns the password that is shown once."""
    at.tab.go("study:users")
    at.follow("Add a person")
    at.tab.check()
    at.fill("User name", username)
    at.fill("Printed name", printed_name)
    at.button("Make the account")
    at.page.get_by_role("heading", name=f"The account of {printed_name} is made").wait_for()
    at.tab.check()
    return at.page.locator("output").inner_text()


def propose(at: Pointer, user: str, site: str, role: str, tasks: list[str], today: date) -> None:
    """Propose a delegation, from the site's page."""
    at.follow("Propose a delegation")
    at.tab.check()
    at.choose("Person", user)
    at.choose("Site", site)
    at.radio(role)
    if "Confirm eligibility" in tasks:
        at.tick("Principal investigator of the site")
    for task in tasks:
        at.tick(task)
    at.day("Trained on", today - timedelta(days=7))
    at.day("From", today)
    at.button("Propose the delegation")
    at.page.get_by_text("The delegation is proposed.").wait_for()
    at.tab.check()


@pytest.mark.parametrize("way", WAYS)
def test_site_is_set_up_and_its_staff_delegated(portal: Portal, way: str) -> None:
    hands, window = WAYS[way]
    today = timezone.localdate()
    person(Role.ADMIN, username="wu.jie", printed_name="Wu Jie")
    person(Role.ADMIN, username="he.qing", printed_name="He Qing")

    # Given an admin who enters a site and its approval
    at = sign_in(portal, hands, "wu.jie", PASSWORD, **window)
    at.follow("Study")
    at.tab.check()
    at.tab.go("study:sites")
    at.tab.check()
    at.follow("Add a site")
    at.button("Add the site")
    assert at.tab.status == 422
    at.tab.check()
    for label, text in (("Code", "01"), ("Name", "First Hospital"), ("Short name", "First"), ("City", "Nanchang")):
        at.fill(label, text)
    at.button("Add the site")
    at.tab.is_at("study:site", "01")
    at.tab.check()
    at.follow("Add an approval")
    at.tab.check()
    at.choose("Protocol version", "lenalidomide-dm/1.0")
    at.fill("Ethics committee", "Ethics Committee of First Hospital")
    at.fill("Reference", "2026-031")
    at.day("Approved by the ethics committee on", today - timedelta(days=30))
    at.day("Approved by the site on", today - timedelta(days=20))
    at.button("Add the approval")
    at.tab.is_at("study:site", "01")
    assert at.page.get_by_text("In force", exact=True).count() == 1

    # and makes accounts and proposes delegations
    first_password = add_person(at, "liu.wenhai", "Dr Liu Wenhai")
    add_person(at, "chen.yulan", "Chen Yulan")
    at.tab.go("study:site", "01")
    principal_tasks = ["Obtain consent", "Confirm eligibility"]
    propose(at, "Dr Liu Wenhai (liu.wenhai)", "01 · First", "Investigator", principal_tasks, today)
    assert at.page.get_by_role("link", name="Read and sign").count() == 0
    at.tab.go("study:site", "01")
    propose(at, "Chen Yulan (chen.yulan)", "01 · First", "Coordinator", ["Enter data", "Enroll"], today)

    # When a second admin confirms the principal investigator
    at = sign_in(portal, hands, "he.qing", PASSWORD, **window)
    at.tab.go("study:overview")
    at.tab.check()
    at.follow("Read and sign")
    at.tab.check()
    at.fill("Password", PASSWORD)
    at.button("Sign the delegation")
    at.page.get_by_text("The delegation of Dr Liu Wenhai is signed.").wait_for()
    at.tab.check()

    # who chooses a password of their own, accepts that signatures bind
    at = sign_in(portal, hands, "liu.wenhai", first_password, **window)
    at.tab.is_at("accounts:password")
    at.tab.check()
    at.fill("Password you have now", first_password)
    at.fill("New password", OWN)
    at.fill("New password, again", OWN)
    at.button("Change the password")
    at.tab.is_at("accounts:statement")
    at.tab.check()
    at.button("I accept")
    at.tab.is_at("home")

    # and signs the coordinator's, not before the password is right
    at.tab.go("study:overview")
    at.follow("Read and sign")
    at.fill("Password", "not the password")
    at.button("Sign the delegation")
    assert at.tab.status == 422
    at.page.get_by_text("This is not your password. After 4 more attempts").first.wait_for()
    at.tab.check()
    at.fill("Password", OWN)
    at.button("Sign the delegation")
    at.page.get_by_text("Valid, content unchanged").wait_for()
    at.tab.check()

    # Then both have their authority at a site that can take people in
    site = Site.objects.get(code="01")
    now = timezone.now()
    principal, coordinator = User.objects.get(username="liu.wenhai"), User.objects.get(username="chen.yulan")
    assert authority_of(principal, now).holds(May.SIGN_ELIGIBILITY, site.pk)
    assert authority_of(coordinator, now).holds(May.REGISTER, site.pk)
    assert sites(authority_of(principal, now), now).get().approved
    assert {row.status for row in Delegation.objects.filter(site=site)} == {"signed"}


def test_delegation_is_ended_and_an_account_unlocked_and_disabled(portal: Portal) -> None:
    person(Role.ADMIN, username="wu.jie", printed_name="Wu Jie")
    chen = person(Role.MONITOR, username="chen.yulan", printed_name="Chen Yulan")
    tab = portal.open("accounts:sign-in")
    visitor = Pointer(tab)
    for _ in range(5):
        visitor.fill("User name", "chen.yulan")
        visitor.fill("Password", "guessing")
        visitor.button("Sign in")
    visitor.page.get_by_text("Too many attempts: this account rests until").wait_for()
    tab.check()

    at = sign_in(portal, Pointer, "wu.jie", PASSWORD)
    at.tab.go("study:overview")
    at.follow("See who")
    at.tab.check()
    at.follow("Chen Yulan")
    at.tab.check()
    at.follow("Unlock")
    at.tab.check()
    at.fill("Reason", "She asked for it by telephone")
    at.button("Unlock the account")
    at.page.get_by_text("Chen Yulan can sign in again.").wait_for()

    at.page.locator("main").get_by_role("link", name="The whole study").click()
    at.follow("Set the last day")
    at.button("Set the last day")
    assert at.tab.status == 422
    at.day("Last day", timezone.localdate())
    at.fill("Reason", "Leaves the sponsor")
    at.button("Set the last day")
    at.page.get_by_text("The last day of Chen Yulan is set.").wait_for()
    at.tab.check()

    at.tab.go("study:user", chen.pk)
    at.follow("Disable")
    at.fill("Reason", "Left")
    at.button("Disable the account")
    at.page.get_by_text("The account of Chen Yulan is disabled.").wait_for()
    at.tab.check()
    assert not User.objects.get(pk=chen.pk).is_active
