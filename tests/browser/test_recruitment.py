"""An admin opens recruitment, sets a target and closes it again: by keyboard alone, on a telephone, without scripts."""

from __future__ import annotations

import pytest

from tests.browser.portal import WIDE, WIDTHS, Portal
from tests.factories import person
from trial_portal.accounts.permissions import Role


@pytest.mark.parametrize(("width", "javascript"), [(width, True) for width in WIDTHS] + [(WIDE, False)])
def test_recruitment_is_opened_limited_and_closed(portal: Portal, width: int, javascript: bool) -> None:
    tab = portal.open("recruitment:overview", user=person(Role.ADMIN), width=width, javascript=javascript)
    page = tab.page
    tab.check()

    page.get_by_role("link", name="Open recruitment").click()
    tab.check()
    page.get_by_role("button", name="Open recruitment").click()
    assert tab.status == 422
    tab.check()
    page.get_by_role("alert").get_by_role("link", name="Say why").click()
    assert page.get_by_label("Reason").evaluate("e => e === document.activeElement")
    page.get_by_label("Reason").fill("Ethics and site approval of protocol 1.0 on file.")
    page.get_by_role("button", name="Open recruitment").click()
    tab.is_at("recruitment:overview")
    assert page.get_by_role("status").inner_text() == "Done. Recruitment is open."
    tab.check()

    page.get_by_role("link", name="Change the target").click()
    page.get_by_label("Target").fill("ten")
    page.get_by_label("Reason").fill("Sponsor's letter of 2 Sep.")
    page.get_by_role("button", name="Save the target").click()
    assert tab.status == 422
    assert page.get_by_label("Target").input_value() == "ten"
    assert page.get_by_label("Target").get_attribute("aria-describedby") == "id_target_helptext id_target_error"
    tab.check()
    page.get_by_label("Target").fill("10")
    page.get_by_role("button", name="Save the target").click()
    tab.is_at("recruitment:overview")
    assert page.get_by_text("The target was set to 10.").is_visible()

    page.get_by_role("link", name="Close recruitment").click()
    page.get_by_label("Reason").fill("Ten are enrolled.")
    page.get_by_role("button", name="Close recruitment").click()
    tab.is_at("recruitment:overview")
    assert page.get_by_text("Ten are enrolled.").first.is_visible()
    tab.check()


def test_recruitment_is_opened_by_keyboard_alone(portal: Portal) -> None:
    tab = portal.open("recruitment:overview", user=person(Role.ADMIN))
    tab.tab_to(tab.page.get_by_role("link", name="Open recruitment"))
    tab.press("Enter")
    tab.is_at("recruitment:open")
    tab.tab_to(tab.page.get_by_label("Reason"))
    tab.type("Approvals on file.")
    tab.tab_to(tab.page.get_by_role("button", name="Open recruitment"))
    tab.press("Enter")
    tab.is_at("recruitment:overview")
    assert tab.page.get_by_text("Recruitment is open", exact=True).is_visible()
