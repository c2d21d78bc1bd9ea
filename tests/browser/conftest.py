"""Journeys in a real browser, against the portal as it runs: own server, own database role, its own headers.

How to write one:

    def test_coordinator_registers(portal: Portal) -> None:
        site = SiteFactory(code="01")
        tab = portal.open("home", user=person(Role.COORDINATOR, site))
        tab.page.get_by_role("link", name="Register a participant").click()
        tab.check()

``portal.open(url_name, *args, user=…, width=…, javascript=…)`` signs a person in (past the sign-in page) and opens a
page in a window of its own; ``tab.page`` is Playwright's page, ``tab.go(url_name, *args)`` opens another one.
``tab.check()`` holds the page to WCAG 2.2 AA (axe), to one h1 and to its width; call it at every page of a journey.
``tab.tab_to(locator)`` reaches an element with the Tab key alone, and fails where the focus cannot be seen;
``tab.press(…)`` then presses a key. Times and rows: what a test makes is committed, and emptied after it.

Every test also fails for an error in the browser's console, a script that raises, and a style, script or picture that
does not come: so the Content Security Policy holds on every page seen. ``javascript=False`` shows a page as it is
without; WIDTHS are those each page is looked at in.

The browser is the one that PORTAL_CHROMIUM names, or a chromium on PATH. Without one the tests are skipped, and fail
where the variable CI is set.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.browser.portal import Portal

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright's driver. While it runs, Django takes the test for asynchronous code, which it is not."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    with sync_playwright() as started:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        yield started
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; no test of this folder runs without one."""
    found = os.environ.get("PORTAL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        says = "No Chromium found: set PORTAL_CHROMIUM, or install chromium. No page was looked at."
        if os.environ.get("CI"):
            pytest.fail(says)
        pytest.skip(says)
    return found


@pytest.fixture(scope="session")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    """One browser for all tests; each test has windows of its own in it."""
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    started = playwright.chromium.launch(executable_path=chromium, args=arguments)
    yield started
    started.close()


@pytest.fixture
def portal(browser: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[Portal]:
    """The portal in the browser; see the top of this file."""
    seen = Portal(browser, live_server.url)
    yield seen
    problems = seen.close()
    assert problems == [], "the browser found fault with a page"
