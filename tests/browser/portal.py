"""The portal as seen through a browser: windows, keys, and what every page is held to. Used by way of conftest."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Response

from trial_portal.accounts.models import User

WIDE, NARROW = 1360, 390
WIDTHS = (WIDE, NARROW)
"""A desk and a telephone, in CSS pixels."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATIENCE = 10_000
"""Milliseconds until something that does not come is missing."""

MOST_STOPS = 150
"""Presses of Tab after which an element counts as out of reach."""

PARTS = {"stylesheet", "script", "image", "font"}

FOCUSED = """() => {
    const chosen = document.activeElement;
    const drawn = chosen.matches('.p-seg input') ? chosen.nextElementSibling : chosen;
    const outline = getComputedStyle(drawn);
    return {
        what: chosen.outerHTML.slice(0, 120),
        seen: outline.outlineStyle !== 'none' && parseFloat(outline.outlineWidth) >= 2,
        page: chosen === document.body,
    };
}"""


class Portal:
    """Opens windows on the portal, and collects what the browser finds fault with in any of them."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def open(
        self,
        name: str,
        *args: Any,
        user: User | None = None,
        width: int = WIDE,
        javascript: bool = True,
        query: str = "",
    ) -> Tab:
        """A page by its URL name, in a new window; signed in as ``user``, or as nobody."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        if user is not None:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session(user), "url": self.address}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        tab = Tab(page, self.problems, javascript)
        tab.go(name, *args, query=query)
        return tab

    def close(self) -> list[str]:
        """Close all windows; returns what the browser found fault with."""
        for context in self.contexts:
            context.close()
        return self.problems


class Tab:
    """One window. ``page`` is Playwright's page."""

    def __init__(self, page: Page, problems: list[str], javascript: bool) -> None:
        self.page, self.problems, self.javascript = page, problems, javascript
        self.status = 0
        self._looking = True
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"{page.url}: {error}"))
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # That a page was answered with 403, 404 or 422 is said in the console too, and is no fault; parts of pages
        # that do not come are found by _response.
        known = message.text.startswith("Failed to load resource")
        if self._looking and message.type == "error" and not known:
            self.problems.append(f"{self.page.url}: {message.text}")

    def _response(self, response: Response) -> None:
        kind = response.request.resource_type
        if kind == "document" and response.frame == self.page.main_frame:
            self.status = response.status
        if kind in PARTS and response.status >= 400:
            self.problems.append(f"{self.page.url}: {response.status} {response.url}")

    def go(self, name: str, *args: Any, query: str = "") -> None:
        """Open a page by its URL name. ``status`` is then what the server answered."""
        self.page.goto(reverse(name, args=args) + query)

    def is_at(self, name: str, *args: Any) -> None:
        """Wait until the window shows that page, whatever its query."""
        self.page.wait_for_url(lambda url: urlsplit(url).path == reverse(name, args=args))

    def check(self) -> None:
        """Hold the page to WCAG 2.2 AA, to one h1, and to the width of its window."""
        if self.javascript:
            self._looking = False
            found = violations(self.page)
            self._looking = True
        else:
            found = self._violations_without_javascript()
        assert found == [], f"{self.page.url}\n" + "\n".join(found)
        assert self.page.locator("h1").count() == 1
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than its window"

    def _violations_without_javascript(self) -> list[str]:
        """axe is a script itself: it looks at the same markup in another window, without the portal's own."""
        url, markup, size = self.page.url, self.page.content(), self.page.viewport_size
        assert self.page.context.browser is not None
        with self.page.context.browser.new_context(viewport=size, reduced_motion="reduce") as context:
            twin = context.new_page()
            twin.route("**/*.js", lambda route: route.abort())
            twin.route(url, lambda route: route.fulfill(body=markup, content_type="text/html; charset=utf-8"))
            twin.goto(url)
            return violations(twin)

    def press(self, key: str) -> None:
        """Press a key where the focus is."""
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type where the focus is."""
        self.page.keyboard.type(text)

    def tab_to(self, target: Locator) -> None:
        """Reach an element with Tab alone. Fails where the focus is not seen on the way, or the element not reached.

        A group of radio buttons is one stop: name any of them, and choose with the arrow keys.
        """
        for _press in range(MOST_STOPS):
            self.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if not focused["page"]:
                assert focused["seen"], f"the focus is not seen on {focused['what']}"
            if target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not reach {target}")


def violations(page: Page) -> list[str]:
    """What axe finds on a page, one entry for each element."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {node['html'][:200]}\n    {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]


def session(user: User) -> str:
    """The key of a new session of that user."""
    client = Client()
    client.force_login(user, backend="trial_portal.accounts.backend.PortalBackend")
    return str(client.cookies[settings.SESSION_COOKIE_NAME].value)
