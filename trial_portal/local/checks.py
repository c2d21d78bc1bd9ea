"""``./portal test`` and ``./portal bench``: every check, on services that are thrown away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from trial_portal.local.browser import Browser
from trial_portal.local.console import Missing, say, step
from trial_portal.local.manage import foreground
from trial_portal.local.place import PROGRAMS, ROOT
from trial_portal.local.services import temporary_services


@dataclass(frozen=True)
class Check:
    """What it proves, the program in .venv with its arguments, and the path without which there is nothing to check."""

    title: str
    command: tuple[str, ...]
    needs: str


CHECKS = [
    Check("lint", ("ruff", "check", "."), "pyproject.toml"),
    Check("format", ("ruff", "format", "--check", "."), "pyproject.toml"),
    Check("types", ("mypy",), "screening/protocols/__init__.py"),
    Check("import contracts", ("lint-imports",), "screening/__init__.py"),
    # Pages refer to these files by their digests: without them none can be drawn.
    Check("static files", ("python", "manage.py", "collectstatic", "--noinput", "--verbosity", "0"), "static"),
    Check("templates, lint", ("djlint", "templates", "--lint"), "templates"),
    Check("migrations in step", ("python", "manage.py", "makemigrations", "--check", "--dry-run"), "manage.py"),
    Check("workflow page is current", ("python", "manage.py", "write_workflow", "--check"), "docs/workflow.md"),
    Check(
        "protocol pages are current",
        ("python", "-m", "screening.eligibility.document", "--check"),
        "screening/eligibility/document.py",
    ),
]


def test(arguments: list[str]) -> int:
    """Run every check. A failed one does not stop the others, and pytest's line closes the output."""
    browser = Browser()
    browser.prepare()
    with temporary_services("test", durable=False) as services:
        environment = os.environ | services.environment
        if "--full" in arguments:
            arguments = [argument for argument in arguments if argument != "--full"]
            environment["PORTAL_TEST_FULL"] = "1"
        failed = [check.title for check in CHECKS if not holds(check, environment)]
        if path := browser.path():
            environment["PORTAL_CHROMIUM"] = path
        elif os.environ.get("CI"):
            failed.append("a browser, which CI must have")
        say("== pytest")
        if failed:
            say(f"Failed before pytest: {', '.join(failed)}.")
        code = foreground([sys.executable, "-m", "pytest", *arguments], environment)
        return code or (1 if failed else 0)


def holds(check: Check, environment: Mapping[str, str]) -> bool:
    """Run one check and say how long it took; True when it holds."""
    if not (ROOT / check.needs).exists():
        say(f"== {check.title}: {check.needs} is not there yet")
        return True
    say(f"== {check.title}")
    started = time.monotonic()
    program, *arguments = check.command
    code = subprocess.run([str(PROGRAMS / program), *arguments], cwd=ROOT, env=dict(environment)).returncode
    say(f"== {check.title}: {'FAILED' if code else 'holds'}, {time.monotonic() - started:.1f} s")
    return code == 0


def django(command: tuple[str, ...], environment: Mapping[str, str]) -> None:
    """Run one of manage.py's commands, showing its output only when it fails. Raises Missing then."""
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        raise Missing(f"manage.py {command[0]} did not work:\n{done.stdout.strip()}")


def bench(arguments: list[str]) -> int:
    """Run each benchmark in turn, on services of their own that write to disk as real ones do."""
    with temporary_services("bench", durable=True) as services:
        environment = os.environ | services.environment
        if (ROOT / "manage.py").exists():
            with step("Making the tables"):
                django(("migrate", "--noinput"), environment)
                django(("collectstatic", "--noinput"), environment)
        failed = False
        for script in sorted((ROOT / "benchmarks").glob("*.py")):
            say(f"== {script.name}")
            failed |= (
                subprocess.run([sys.executable, str(script), *arguments], cwd=ROOT, env=environment).returncode != 0
            )
    return 1 if failed else 0
