"""Long-running programs: started, watched, ended, and found again after a launcher was killed."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import psutil

LARGEST_LOG = 10_000_000
MARK = "PORTAL_PART_OF"
"""Environment variable of every part: the folder of the place it belongs to. Its own children inherit it."""


@dataclass
class Program:
    """One program, in a process group of its own: Ctrl-C at the terminal reaches the launcher alone."""

    name: str
    command: list[str]
    log: Path
    environment: Mapping[str, str]
    folder: Path
    ending: signal.Signals = signal.SIGTERM
    patience: float = 10
    """Seconds it gets to end by itself."""
    account: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of Popen that say as whom it runs."""
    process: subprocess.Popen[bytes] | None = None

    def launch(self) -> None:
        """Start it; what it prints goes to its log."""
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.folder,
                start_new_session=True,
                **self.account,
            )

    def exit_code(self) -> int | None:
        """None while it runs. Minus the signal's number when one ended it."""
        return self.process.poll() if self.process else 0

    def end(self, *, patience: float | None = None) -> None:
        """End it, gently first; then what is left of its group."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.ending)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience if patience is None else patience)
        self.kill()
        self.process.wait()
        self.process = None

    def kill(self) -> None:
        """End it and its group at once."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)


@contextlib.contextmanager
def uninterrupted(programs: Iterable[Program] = ()) -> Iterator[None]:
    """Stop in order: another Ctrl-C kills ``programs``, which are being ended, and does not cut the rest short."""
    hastened = list(programs)

    def hasten(number: int, frame: FrameType | None) -> None:
        for program in hastened:
            program.kill()

    before = {number: signal.signal(number, hasten) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def parts_of(place: Path) -> list[psutil.Process]:
    """Processes that carry the mark of this place, whoever started them: web, worker, beat and their children.

    No pid is noted anywhere: a note can be older than the process that has the number now.
    """
    return [process for process in alive() if environment_of(process).get(MARK) == str(place)]


def servers_in(program: str, folder: Path) -> list[psutil.Process]:
    """Processes of a server by its program's name and the folder it works in.

    PostgreSQL and Valkey write over their environment to show their state, but never leave their folder.
    """
    return [
        process for process in alive() if process.info["name"] == program and folder_of(process) == folder.resolve()
    ]


def alive() -> Iterator[psutil.Process]:
    """Every process but this one."""
    for process in psutil.process_iter(["name", "status"]):
        if process.pid != os.getpid() and process.info["status"] != psutil.STATUS_ZOMBIE:
            yield process


def environment_of(process: psutil.Process) -> dict[str, str]:
    """A process's environment; empty for one that is gone or another user's."""
    with contextlib.suppress(psutil.Error, OSError):
        return dict(process.environ())
    return {}


def folder_of(process: psutil.Process) -> Path | None:
    """The folder a process works in; None for one that is gone or another user's."""
    with contextlib.suppress(psutil.Error, OSError):
        return Path(process.cwd())
    return None


def end_all(processes: Iterable[psutil.Process], ending: signal.Signals, patience: float) -> None:
    """Ask processes to end, wait, and kill those that did not."""
    asked = list(processes)
    for process in asked:
        with contextlib.suppress(psutil.Error):
            process.send_signal(ending)
    _, stubborn = psutil.wait_procs(asked, timeout=patience)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
