"""The user PostgreSQL runs as: this one, or ``nobody`` where this one is root, whom PostgreSQL refuses."""

from __future__ import annotations

import os
import pwd
import subprocess
from pathlib import Path
from typing import Any

from trial_portal.local.console import Missing

AS_ROOT = os.geteuid() == 0
OUTSIDE = Path("/var/lib/trial-enrollment-portal")
"""For root only: what PostgreSQL needs when ``nobody`` cannot reach the checkout. Kept over a restart of the machine,
which /tmp is not, and not swept by age, which /var/tmp is."""


def nobody() -> pwd.struct_passwd:
    """The unprivileged user that every system has. Raises Missing where it has none."""
    try:
        return pwd.getpwnam("nobody")
    except KeyError:
        raise Missing(
            "this system has no user “nobody”, as whom PostgreSQL could run; start as an ordinary user."
        ) from None


def check_account() -> None:
    """Raise Missing when PostgreSQL would refuse this user: it wants one that the system knows by name."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Missing(f"user {os.geteuid()} has no line in /etc/passwd, and PostgreSQL wants one; add it.") from None


def unprivileged() -> dict[str, Any]:
    """Arguments of Popen that start a program as the user PostgreSQL runs as."""
    if not AS_ROOT:
        return {}
    user = nobody()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give(path: Path) -> None:
    """Make a file or folder PostgreSQL's own."""
    if AS_ROOT:
        os.chown(path, nobody().pw_uid, nobody().pw_gid)


def reachable(path: Path) -> bool:
    """Whether PostgreSQL's user gets to this folder or can start this program."""
    if not AS_ROOT:
        return True
    # Asked of the system, as that user: access lists and mount options count as well as the modes.
    return subprocess.run(["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)], cwd="/", **unprivileged()).returncode == 0


def make_outside() -> Path:
    """The folder for what cannot stay in the checkout. Everybody may pass through; what is in it guards itself."""
    OUTSIDE.mkdir(parents=True, exist_ok=True)
    OUTSIDE.chmod(0o755)
    return OUTSIDE


def open_to_read(folder: Path) -> None:
    """Let everybody read a folder of programs, whatever umask it was installed under."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if path.is_dir() or mode & 0o100 else 0o444))
