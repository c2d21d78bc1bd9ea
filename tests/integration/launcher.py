"""A copy of the project that is really run, killed and run again."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from trial_portal.local.place import Place
from trial_portal.local.postgres import choose_cluster

ROOT = Path(__file__).resolve().parents[2]
START_PATIENCE = 150
PART_PATIENCE = 40


def copy_project(target: Path) -> None:
    """Copy what a clone would have, and what is not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split(b"\0")):
        source = ROOT / os.fsdecode(name)
        if source.is_file():
            copy = target / os.fsdecode(name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait(condition: Callable[[], Any], seconds: float, what: str) -> Any:
    """Wait until ``condition`` is true and return what it gave."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if result := condition():
            return result
        time.sleep(0.1)
    raise AssertionError(f"after {seconds} s: {what}")


class Portal:
    """One checkout, its launcher and its parts."""

    def __init__(self, folder: Path, python: str, venv: Path, account: Mapping[str, Any]) -> None:
        self.folder, self.python, self.account = folder, python, account
        self.port = free_port()
        self.output = folder.parent / "output.txt"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder.parent),
            "LANG": "C.UTF-8",
            "PORT": str(self.port),
            "PORTAL_VENV": str(venv),
        }
        self.launcher: subprocess.Popen[bytes] | None = None

    # -- commands

    def begin(self) -> None:
        """Type ``./portal run``."""
        with self.output.open("wb") as output:
            self.launcher = subprocess.Popen(
                [self.python, "portal", "run"],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.account,
            )

    def start(self) -> None:
        """Type ``./portal run`` and wait for the address."""
        self.begin()
        assert self.launcher is not None
        wait(
            lambda: "The portal is ready" in self.said() or self.launcher.poll() is not None,  # type: ignore[union-attr]
            START_PATIENCE,
            self.said(),
        )
        assert "The portal is ready" in self.said(), self.said()
        self.page()

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Type another command in the same folder."""
        return subprocess.run(
            [self.python, "portal", *arguments],
            cwd=self.folder,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_PATIENCE,
            check=False,
            **self.account,
        )

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        """Type Ctrl-C and wait for the end; returns the exit code."""
        assert self.launcher is not None
        self.launcher.send_signal(number)
        return self.launcher.wait(60)

    def said(self) -> str:
        """What the launcher printed."""
        return self.output.read_text(errors="replace")

    # -- parts

    def kill(self, part: str) -> None:
        """``kill -9`` one part."""
        assert self.launcher is not None
        if part == "launcher":
            self.launcher.kill()
            self.launcher.wait()
        else:
            self.process(part).kill()

    def process(self, part: str) -> psutil.Process:
        """The first process of a part."""
        assert self.launcher is not None
        words = {"postgres": "bin/postgres", "valkey": "valkey-server", "web": "granian"}
        found = [
            child
            for child in psutil.Process(self.launcher.pid).children()
            if words.get(part, f" {part} ") in " ".join(child.cmdline())
        ]
        assert len(found) == 1, f"{part}: {found}"
        return found[0]

    def comes_back(self, part: str, before: psutil.Process) -> None:
        """Wait until a killed part runs again and a page comes."""

        def another() -> bool:
            with contextlib.suppress(AssertionError, psutil.Error):
                return self.process(part).pid != before.pid and self.answers()
            return False

        wait(another, PART_PATIENCE, f"{part} did not come back:\n{self.said()}")

    def left(self) -> list[str]:
        """Processes that belong to this checkout and still run."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if str(self.folder) in " ".join([*process.cmdline(), process.cwd()]) and process.pid != os.getpid():
                    found.append(f"{process.pid} {process.cmdline()}")
        return found

    # -- what it serves and keeps

    def page(self) -> str:
        """The first page a person sees, after all redirections."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=20) as answer:
            return str(answer.read().decode())

    def answers(self) -> bool:
        """Whether the sign-in page comes."""
        try:
            return 'name="username"' in self.page()
        except OSError:
            return False

    def services(self) -> dict[str, str]:
        """What the launcher told the parts."""
        return dict(json.loads((self.folder / ".local/run/services.json").read_text()))

    @contextlib.contextmanager
    def database(self) -> Iterator[Any]:
        """A cursor as the application role; committed at the end."""
        connection = psycopg2.connect(self.services()["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    def write_row(self, key: str) -> None:
        """Write a row of a table that needs no actor: a session."""
        with self.database() as cursor:
            cursor.execute("INSERT INTO django_session VALUES (%s, '', now() + interval '1 day')", [key])

    def rows(self) -> set[str]:
        """The keys of all rows written so far."""
        with self.database() as cursor:
            cursor.execute("SELECT session_key FROM django_session")
            return {key for (key,) in cursor.fetchall()}

    def remove(self) -> None:
        """End everything and remove what lies outside the folder."""
        if self.launcher is not None and self.launcher.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stop(signal.SIGTERM)
        place = Place(self.folder / ".local", lasting=True)
        if place.root.exists():
            cluster = choose_cluster(place)
            if self.folder not in cluster.parents:
                shutil.rmtree(cluster, ignore_errors=True)


def shared_venv() -> Path:
    """The environment these tests run in; copies of the project use it instead of making their own."""
    return Path(sys.prefix)
