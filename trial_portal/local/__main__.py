"""``python -m trial_portal.local``: what ``./portal`` does once .venv is there."""

from __future__ import annotations

import errno
import os
import signal
import sys
from types import FrameType

from trial_portal.local.checks import bench, test
from trial_portal.local.console import Missing, say
from trial_portal.local.manage import manage
from trial_portal.local.supervise import run

COMMANDS = {"run": run, "test": test, "manage": manage, "bench": bench}


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code: 2 when the machine lacks something, 130 when it was stopped."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no “…” shows “?” rather than an error.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    for name in [name for name in os.environ if name.startswith("PG") or name == "DJANGO_SETTINGS_MODULE"]:
        # Meant for another project or another server, and stronger than what we say.
        del os.environ[name]
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup
            signal.signal(number, stop)
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except Missing as missing:
        say(f"portal: {missing}", error=True)
    except OSError as problem:
        say(f"portal: {sentence(problem)}", error=True)
    except KeyboardInterrupt:
        return 130
    return 2


def stop(number: int, frame: FrameType | None) -> None:
    """A polite end and a closed terminal are as good as Ctrl-C."""
    raise KeyboardInterrupt


def sentence(problem: OSError) -> str:
    """What is wrong and what mends it."""
    where = problem.filename or "a file"
    if problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"the disk is full ({where}); free some space and start again."
    if isinstance(problem, PermissionError):
        return f"{where} belongs to another user; start as that user, or remove .local and start again."
    return f"{problem}."


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
