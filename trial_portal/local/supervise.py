"""``./portal run``: the whole portal on this machine, kept going until it is stopped."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol

from trial_portal.local.checks import django
from trial_portal.local.console import Missing, say, step, tail
from trial_portal.local.place import ROOT, Place
from trial_portal.local.processes import MARK, Program, uninterrupted
from trial_portal.local.services import Services, local_services

WEB_PATIENCE = 60
"""Seconds until the first page has to come."""

LONGEST_PAUSE = 60
"""Seconds between two attempts to start a part that keeps dying."""

STEADY = 60
"""Seconds after which a part counts as running well again."""


class Startable(Protocol):
    """A part of the portal: a program, and what starting it takes."""

    name: str
    program: Program

    def start(self) -> None:
        """Start it. Raises Missing when it does not."""


@dataclass
class Part:
    """A part that only has to be launched."""

    name: str
    program: Program

    def start(self) -> None:
        """Launch it."""
        self.program.launch()


@dataclass
class Watched:
    """A part, and how its starts went."""

    part: Startable
    started: float
    pause: float = 1
    again: float | None = None
    """When it is started again; None while it runs."""


def run(arguments: list[str]) -> int:
    """Serve until Ctrl-C. Returns 0 then; raises Missing when something is in the way."""
    if arguments:
        raise Missing(f"./portal run takes no arguments; use PORT={arguments[0]} ./portal run for another port.")
    port = chosen_port()
    try:
        with local_services("run", lambda: check_port(port)) as services:
            prepare(services)
            serve(services, port)
    except KeyboardInterrupt:
        say("Stopped.")
    return 0


def serve(services: Services, port: int) -> None:
    """Start web, worker and beat, say where the portal is, and keep all of it going."""
    parts = portal_parts(services.place, services.environment, port)
    try:
        with step("Starting the portal"):
            for part in parts:
                part.start()
            wait_for_page(parts[0].program, port)
        say(
            f"\nThe portal is ready: http://127.0.0.1:{port}\n"
            "Sign in as coordinator, investigator, admin or monitor; the password of each is portal-demo.\n"
            f"This is the demonstration, with invented people. Data and logs: {services.place.root}\n"
            "Ctrl-C stops it.\n"
        )
        watch([services.postgres, services.valkey, *parts])
    finally:
        stop(parts)


def chosen_port() -> int:
    """The port of PORT, 8000 without. Raises Missing when that is no port."""
    text = os.environ.get("PORT", "").strip() or "8000"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise Missing(f"PORT is “{text}”, and has to be a number from 1 to 65535.")
    return int(text)


def check_port(port: int) -> None:
    """Raise Missing when the port is taken or not for this user."""
    with socket.socket() as probe:
        # As the web server does: connections of the last run that are closing are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise Missing(f"port {port} is for root only; choose another: PORT=8000 ./portal run") from None
        except OSError:
            other = 8001 if port == 8000 else 8000
            raise Missing(
                f"port {port} is in use by another program; end that, or choose another port: PORT={other} ./portal run"
            ) from None


def prepare(services: Services) -> None:
    """Bring the database up to date, load the demonstration study on first start, gather the static files."""
    environment = os.environ | services.environment
    with ThreadPoolExecutor(max_workers=1) as beside:
        static = beside.submit(django, ("collectstatic", "--noinput"), environment)
        with step("Bringing the tables up to date"):
            django(("migrate", "--noinput"), environment)
        with step("Loading the demonstration study, unless it is there"):
            django(("load_demonstration",), environment)
        with step("Gathering styles and scripts"):
            static.result()


def portal_parts(place: Place, environment: Mapping[str, str], port: int) -> list[Part]:
    """Web, worker and beat, all as the application role."""
    told = os.environ | environment | {MARK: str(place.root)}
    # They work as the application role, and could not use another if they tried.
    for address in ("DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL"):
        told.pop(address, None)

    def part(name: str, *command: str, patience: float = 10) -> Part:
        log = place.log / f"{name}.log"
        return Part(name, Program(name, [sys.executable, "-m", *command], log, told, ROOT, patience=patience))

    celery = ("celery", "-A", "trial_portal")
    schedule = str(place.run / "beat-schedule")
    return [
        part(
            "web",
            *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
            *("--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "5"),
            "trial_portal.wsgi:application",
        ),
        part(
            "worker",
            *(*celery, "worker", "--queues", "reminders,exports,celery", "--concurrency", "2", "--loglevel", "INFO"),
            patience=20,  # it finishes the task it is at
        ),
        part("beat", *celery, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "INFO"),
    ]


def wait_for_page(web: Program, port: int) -> None:
    """Wait until the portal answers. Raises Missing with the end of the log when it does not."""
    deadline = time.monotonic() + WEB_PATIENCE
    status = 0
    while time.monotonic() < deadline and web.exit_code() is None:
        status = page_status(port)
        if 0 < status < 500:
            return
        time.sleep(0.1)
    said = f"answers with error {status}" if status else "does not answer"
    raise Missing(f"the web part {said}; the end of {web.log}:\n{tail(web.log)}")


def page_status(port: int) -> int:
    """The HTTP status of the first page; 0 when nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def watch(parts: list[Startable]) -> None:
    """Start again what dies, saying so, each time after a longer pause. Returns never; Ctrl-C ends it."""
    watched = [Watched(part, time.monotonic()) for part in parts]
    while True:
        for one in watched:
            look_after(one, time.monotonic())
        time.sleep(0.5)


def look_after(one: Watched, now: float) -> None:
    """See whether a part runs; say when it died, and start it when its pause is over."""
    code = one.part.program.exit_code()
    if one.again is None and code is None:
        if now - one.started > STEADY:
            one.pause = 1
    elif one.again is None:
        say(
            f"{one.part.name} ended ({how_it_ended(code)}); its log is {one.part.program.log}. "
            f"Starting it again in {one.pause:.0f} s."
        )
        one.part.program.end()  # what it left of its group: a new one needs the port
        one.again = now + one.pause
        one.pause = min(one.pause * 2, LONGEST_PAUSE)
    elif now >= one.again:
        try:
            one.part.start()
        except (Missing, OSError) as problem:
            say(str(problem))
            one.again = now + one.pause
            one.pause = min(one.pause * 2, LONGEST_PAUSE)
        else:
            say(f"{one.part.name} was started again.")
            one.started, one.again = time.monotonic(), None


def how_it_ended(code: int | None) -> str:
    """An exit code in words."""
    if code is not None and code < 0:
        return f"by signal {signal.Signals(-code).name}"
    return f"exit code {code}"


def stop(parts: list[Part]) -> None:
    """End the parts: first no more requests, then no more new tasks, then the tasks at hand."""
    say("Stopping … (Ctrl-C again: without waiting for the task at hand)")
    web, worker, beat = parts
    with uninterrupted([part.program for part in parts]):
        for part in (web, beat, worker):
            part.program.end()
