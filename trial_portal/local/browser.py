"""A Chromium for the browser tests: one that is there, or one that is installed while the other checks run."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from pathlib import Path

from trial_portal.local.account import AS_ROOT
from trial_portal.local.console import say
from trial_portal.local.place import PROGRAMS

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
INSTALL_PATIENCE = 600
"""Seconds for one way of installing."""


class Browser:
    """Finds or installs Chromium beside other work: ``prepare()`` at the beginning, ``path()`` when it is needed."""

    def __init__(self) -> None:
        self.found: str | None = None
        self.said: list[str] = []
        self.thread = threading.Thread(target=self.look, daemon=True)

    def prepare(self) -> None:
        """Begin to look; installing goes on beside."""
        self.thread.start()

    def path(self) -> str | None:
        """Where Chromium is; None, said loudly, when there is none to be had."""
        if self.thread.is_alive():
            say("== waiting for Chromium to be installed")
        self.thread.join()
        if self.found is None:
            say("== THE BROWSER TESTS ARE SKIPPED: no Chromium on PATH, and none could be installed.")
            for line in self.said:
                say(f"   {line}")
            say("   Install Chromium or Google Chrome and start again.")
        return self.found

    def look(self) -> None:
        """Try what is there, then Playwright's own, then the system's package."""
        self.found = installed()
        if self.found is None and self.call(str(PROGRAMS / "playwright"), "install", "chromium"):
            self.found = playwrights_own()
        if self.found is None and AS_ROOT and shutil.which("apt-get"):
            if self.call("apt-get", "update", "-qq"):
                self.call("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
            self.found = installed()

    def call(self, *command: str) -> bool:
        """Run one installing command, keeping the last thing it said."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                timeout=INSTALL_PATIENCE,
                env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            self.said.append(f"{command[0]}: {problem}")
            return False
        if done.returncode:
            lines = done.stdout.strip().splitlines() or ["no message"]
            telling = [line for line in lines if "error" in line.lower() or "fail" in line.lower()]
            self.said.append(f"{' '.join(command)}: {(telling or lines)[-1].strip()}")
        return done.returncode == 0


def installed() -> str | None:
    """A Chromium that is there and starts."""
    candidates = [os.environ.get("PORTAL_CHROMIUM"), *map(shutil.which, NAMES), MAC]
    return next((path for path in candidates if path and starts(path)), None) or playwrights_own()


def playwrights_own() -> str | None:
    """The Chromium that Playwright downloaded at some time, if it starts."""
    default = Path.home() / (".cache" if os.name == "posix" else "AppData/Local") / "ms-playwright"
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or default)
    found = sorted(
        [*folder.glob("chromium-*/chrome-linux*/chrome"), *folder.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*")]
    )
    return next((str(path) for path in reversed(found) if starts(str(path))), None)


def starts(path: str) -> bool:
    """Whether the program runs at all: a download may lack the system's libraries."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
