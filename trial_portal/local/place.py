"""Where one set of services keeps its things: ``.local`` of this checkout, or a folder that is thrown away."""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from trial_portal.local.account import reachable
from trial_portal.local.console import Missing

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
"""Where the commands of .venv are. Not resolved: the link's target is the Python that .venv was made with."""

OWNER, APPLICATION, SUPERUSER = "portal_owner", "portal_app", "postgres"
DATABASE = "portal"
TEMPORARY_PREFIX = "portal-services-"
ROOM_NEEDED = 200_000_000
"""Bytes that have to be free before the services start: a new cluster takes 50 MB, its log as much again."""


@dataclass(frozen=True)
class Place:
    """One set of services: their folders, and whether their data outlives the command."""

    root: Path
    lasting: bool

    @property
    def run(self) -> Path:
        """What says who uses the services; nothing in it matters once nothing runs."""
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def valkey(self) -> Path:
        return self.root / "valkey"

    def prepare(self) -> None:
        """Make the folders."""
        # Others may pass through, so that PostgreSQL, which never runs as root, gets to its own folder.
        self.root.mkdir(mode=0o711, exist_ok=True)
        for name in ("run", "log", "data", "mail", "static", "valkey"):
            (self.root / name).mkdir(mode=0o700, exist_ok=True)

    def check_room(self) -> None:
        """Raise Missing when the disk has no room for the services."""
        free = shutil.disk_usage(self.root).free
        if free < ROOM_NEEDED:
            raise Missing(
                f"only {free // 1_000_000} MB are free on the disk of {self.root}; "
                f"free at least {ROOM_NEEDED // 1_000_000} MB and start again."
            )

    def keys(self, cluster: Path) -> dict[str, str]:
        """The secrets of this place, made once. Raises Missing when they are gone and the data is there."""
        path = self.root / "secrets.json"
        if path.is_file():
            return dict(json.loads(path.read_text()))
        if (cluster / "data").exists():
            raise Missing(
                f"{path} is missing, and without its keys the data in {cluster} cannot be read; "
                f"put the file back, or remove {self.root} and {cluster} to begin anew."
            )
        made = {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "IDENTITY_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "BLIND_INDEX_KEY": secrets.token_hex(32),
            **{f"{role}_password": secrets.token_hex(16) for role in (OWNER, APPLICATION, SUPERUSER, "valkey")},
        }
        write_private(path, json.dumps(made, indent=2))
        return made


def local_place() -> Place:
    """The services of ``./portal run``; their data stays."""
    return Place(ROOT / ".local", lasting=True)


def temporary_place() -> Place:
    """A place of its own for one command, which removes it at its end."""
    parent = tempfile.gettempdir()
    folder = tempfile.mkdtemp(prefix=TEMPORARY_PREFIX, dir=parent if reachable(Path(parent)) else "/tmp")  # noqa: S108
    os.chmod(folder, 0o711)  # noqa: S103 -- as in Place.prepare
    return Place(Path(folder), lasting=False)


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user reads; a crash leaves the old file or the new one, nothing between."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
