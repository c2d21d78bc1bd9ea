"""``./portal manage``: Django's commands on the local services."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from types import FrameType

from trial_portal.local.console import leave_output_alone
from trial_portal.local.place import ROOT
from trial_portal.local.services import shared_services


def manage(arguments: list[str]) -> int:
    """Run manage.py, with services started for it when none run. Returns its exit code."""
    leave_output_alone()
    with shared_services("manage") as environment:
        return foreground([sys.executable, "manage.py", *arguments], os.environ | environment)


def foreground(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command that the person talks to; ending is its own affair, we only pass signals on and wait."""
    started: list[subprocess.Popen[bytes]] = []

    def pass_on(number: int, frame: FrameType | None) -> None:
        # The terminal sends Ctrl-C to the child as well; twice would cut its tidying short.
        if number != signal.SIGINT or not typed_here():
            for child in started:
                child.send_signal(signal.SIGINT)

    # Before the child starts: a shell's background jobs ignore SIGINT, and the child would inherit that.
    before = {number: signal.signal(number, pass_on) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        started.append(subprocess.Popen(command, cwd=ROOT, env=dict(environment)))
        return started[0].wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def typed_here() -> bool:
    """Whether this command is what the terminal's keys reach."""
    try:
        return os.tcgetpgrp(0) == os.getpgrp()
    except OSError:
        return False
