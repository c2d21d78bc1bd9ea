"""PostgreSQL and Valkey for one command: started, shared with a command that already has them, and stopped."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from trial_portal.local.console import Missing, say, step
from trial_portal.local.place import (
    APPLICATION,
    OWNER,
    SUPERUSER,
    TEMPORARY_PREFIX,
    Place,
    local_place,
    temporary_place,
    write_private,
)
from trial_portal.local.postgres import Postgres, choose_cluster, find_programs
from trial_portal.local.processes import end_all, parts_of, servers_in, uninterrupted
from trial_portal.local.valkey import Valkey

JOIN_PATIENCE = 120
"""Seconds that a command waits for the services which another one is starting."""


class Busy(Missing):
    """Another command holds this place."""


@dataclass
class Services:
    """The running services, and the environment in which the portal's programs find them."""

    place: Place
    postgres: Postgres
    valkey: Valkey
    environment: dict[str, str]


@contextlib.contextmanager
def hold(place: Place, command: str) -> Iterator[None]:
    """Have a place to ourselves. Raises Busy, saying who has it. A killed holder lets go by itself."""
    with (place.run / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(holder(file)) from None
        (place.run / "services.json").unlink(missing_ok=True)
        file.truncate(0)
        file.write(f"./portal {command} (process {os.getpid()})")
        file.flush()
        yield


def holder(file: IO[str]) -> str:
    """The sentence that says who has the place."""
    file.seek(0)
    return f"{file.read() or 'another command'} is running from this folder; end it there with Ctrl-C first."


@contextlib.contextmanager
def local_services(command: str, check: Callable[[], None] = lambda: None) -> Iterator[Services]:
    """The services of ``.local``, whose data stays. Raises Busy when another command has them.

    ``check`` is called before anything starts, but after what a killed launcher left has been ended.
    """
    place = local_place()
    place.prepare()
    with hold(place, command):
        end_left_over(place)
        check()
        with running(place, durable=True) as services:
            yield services


@contextlib.contextmanager
def temporary_services(command: str, *, durable: bool) -> Iterator[Services]:
    """Services with data of their own, thrown away at the end."""
    remove_abandoned()
    place = temporary_place()
    try:
        place.prepare()
        with hold(place, command), running(place, durable=durable) as services:
            yield services
    finally:
        shutil.rmtree(place.root, ignore_errors=True)


@contextlib.contextmanager
def shared_services(command: str) -> Iterator[dict[str, str]]:
    """The environment of the local services: those that run, or our own for as long as any command uses them."""
    place = local_place()
    place.prepare()
    # Let go last: whoever stops the services holds it alone until they are stopped.
    with (place.run / "guests").open("w") as guests, contextlib.ExitStack() as stack:
        deadline = time.monotonic() + JOIN_PATIENCE
        environment = None
        while environment is None:
            try:
                environment = stack.enter_context(local_services(command)).environment
            except Busy:
                environment = join(place, guests)
                if environment is None and time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                stack.callback(wait_for_guests, guests)
        yield environment


def join(place: Place, guests: IO[str]) -> dict[str, str] | None:
    """Use the services of the command that has the place; None while they are being started or stopped."""
    with contextlib.suppress(BlockingIOError, FileNotFoundError):
        fcntl.flock(guests, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return dict(json.loads((place.run / "services.json").read_text()))
    fcntl.flock(guests, fcntl.LOCK_UN)
    return None


def wait_for_guests(guests: IO[str]) -> None:
    """Keep the services until the commands that joined are through."""
    try:
        fcntl.flock(guests, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Another command still uses the services; waiting for it.")
        fcntl.flock(guests, fcntl.LOCK_EX)


@contextlib.contextmanager
def running(place: Place, *, durable: bool) -> Iterator[Services]:
    """Start both servers, tell guests about them, and stop them in the end, whatever happens."""
    place.check_room()
    cluster = choose_cluster(place)
    keys = place.keys(cluster)
    postgres = Postgres(place, cluster, keys, find_programs(), durable=durable)
    valkey = Valkey(place, keys)
    try:
        postgres.create()
        with step("Starting PostgreSQL and Valkey"):
            postgres.start()
            valkey.start()
        environment = environment_of(place, postgres, valkey)
        write_private(place.run / "services.json", json.dumps(environment))
        yield Services(place, postgres, valkey, environment)
    finally:
        with uninterrupted():
            (place.run / "services.json").unlink(missing_ok=True)
            valkey.end()
            postgres.end()
            # What was started in the very moment of a Ctrl-C.
            sweep(place)


def environment_of(place: Place, postgres: Postgres, valkey: Valkey) -> dict[str, str]:
    """What the portal's programs are told; docs/deploy.md has the list."""
    variables = {
        "PORTAL_LOCAL": "1",
        "PORTAL_DATA": str(place.root / "data"),
        "STATIC_ROOT": str(place.root / "static"),
        "DATABASE_URL": postgres.url(APPLICATION),
        "DATABASE_OWNER_URL": postgres.url(OWNER),
        "REDIS_URL": valkey.url,
        # The folder follows as it is: dj-email-url does not undo any quoting.
        "EMAIL_URL": f"file:///{place.root / 'mail'}",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PYTHONUNBUFFERED": "1",
        **{name: postgres.keys[name] for name in ("SECRET_KEY", "IDENTITY_KEYS", "BLIND_INDEX_KEY")},
    }
    if not place.lasting:
        variables["DATABASE_SUPERUSER_URL"] = postgres.url(SUPERUSER)
    return variables


def end_left_over(place: Place) -> None:
    """End what a killed launcher left running, and remove its socket's folder."""
    if parts_of(place.root) or servers_in("valkey-server", place.valkey) or servers_in("postgres", data_of(place)):
        say("Ending what the last start left running.")
        sweep(place)
    note = place.run / "socket-folder"
    if note.is_file():
        folder = Path(note.read_text().strip())
        if folder.parent == Path("/tmp") and folder.name.startswith("portal-"):  # noqa: S108
            shutil.rmtree(folder, ignore_errors=True)
        note.unlink()


def data_of(place: Place) -> Path:
    """The folder in which PostgreSQL's processes work."""
    return choose_cluster(place) / "data"


def sweep(place: Place) -> None:
    """End every process of this place in the order of a stop: the portal's parts, Valkey, PostgreSQL."""
    end_all(parts_of(place.root), signal.SIGTERM, 10)
    end_all(servers_in("valkey-server", place.valkey), signal.SIGTERM, 10)
    # PostgreSQL's first process ends the others; without it they can only be killed.
    data = data_of(place)
    first = first_process(data)
    end_all([one for one in servers_in("postgres", data) if str(one.pid) == first], signal.SIGINT, 30)
    end_all(servers_in("postgres", data), signal.SIGKILL, 10)


def first_process(data: Path) -> str:
    """The number that PostgreSQL's first process wrote down; empty when it has ended."""
    try:
        return (data / "postmaster.pid").read_text().split("\n")[0].strip()
    except OSError:
        return ""


def remove_abandoned() -> None:
    """Remove the temporary places of commands that were killed; one that is in use is held."""
    for parent in {tempfile.gettempdir(), "/tmp"}:  # noqa: S108
        for root in Path(parent).glob(f"{TEMPORARY_PREFIX}*"):
            place = Place(root, lasting=False)
            with contextlib.suppress(OSError, Busy):
                if root.lstat().st_uid == os.geteuid() and time.time() - root.lstat().st_mtime > 60:
                    place.run.mkdir(mode=0o700, exist_ok=True)
                    with hold(place, "test"):
                        end_left_over(place)
                        shutil.rmtree(root)
