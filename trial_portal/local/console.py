"""What the launcher says to the person at the terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path


class Missing(Exception):
    """Something outside the portal is missing or in the way; the message is the sentence to show."""


QUIET_OUTPUT = False
"""Whether standard output is a command's own (``./portal manage dumpdata > file``) and we speak on standard error."""


def leave_output_alone() -> None:
    """From now on say everything on standard error."""
    global QUIET_OUTPUT
    QUIET_OUTPUT = True


def say(text: str, *, error: bool = False) -> None:
    """Print one line at once. A terminal that is gone stops nothing: the parts still have to be stopped in order."""
    stream = sys.stderr if error or QUIET_OUTPUT else sys.stdout
    try:
        print(text, file=stream, flush=True)
    except OSError:
        with open(os.devnull, "w") as nowhere:
            os.dup2(nowhere.fileno(), stream.fileno())


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Show what is being done, and afterwards how long it took."""
    say(f"{title} …")
    started = time.monotonic()
    yield
    say(f"{title}: {time.monotonic() - started:.1f} s")


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, indented; empty when there is none."""
    try:
        text = path.read_bytes()[-20_000:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])
