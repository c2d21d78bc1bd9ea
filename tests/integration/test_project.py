"""The promises of the project's own files: the lock, the floors, the command at the root."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PURE = sorted((ROOT / "screening").glob("eligibility/**/*.py")) + sorted((ROOT / "screening").glob("protocols/**/*.py"))


def requirement_name(requirement: str) -> str:
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name is not None
    return re.sub(r"[-_.]+", "-", name.group()).lower()


def direct_requirements() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    return sorted(requirement_name(requirement) for group in groups for requirement in group)


def test_lock_names_no_address() -> None:
    assert not re.search(r"https?:|file:|index-url|find-links|/", LOCK)


def test_every_locked_package_has_hashes() -> None:
    entries = [entry for entry in re.split(r"\n(?=\S)", LOCK) if entry.strip() and not entry.startswith("#")]
    assert len(entries) > 30
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", direct_requirements())
def test_direct_requirement_is_locked_and_explained(name: str) -> None:
    assert re.search(rf"^{re.escape(name)}==", LOCK, re.MULTILINE), f"run uv pip compile again: {name} is not locked"
    record = (ROOT / "docs/adr/0001-dependencies.md").read_text(encoding="utf-8")
    assert f"`{name}`" in record, f"say in docs/adr/0001-dependencies.md why {name} is here"


def test_engine_and_protocols_use_the_standard_library_alone() -> None:
    foreign = set()
    for path in PURE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            else:
                continue
            foreign |= {
                f"{path.relative_to(ROOT)} imports {name}"
                for name in names
                if name.split(".")[0] not in sys.stdlib_module_names
                and not name.startswith(("screening.eligibility", "screening.protocols"))
            }
    assert foreign == set()


def test_unknown_command_shows_the_usage() -> None:
    run = subprocess.run([sys.executable, ROOT / "portal", "tset"], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "./portal test" in run.stdout


def test_old_python_is_told_in_one_sentence(tmp_path: Path) -> None:
    # An older Python with no newer one on PATH, seen from the script: only the version differs.
    program = (
        "import runpy, sys\n"
        "sys.version_info = (3, 9, 2, 'final', 0)\n"
        f"sys.argv = [{str(ROOT / 'portal')!r}, 'test']\n"
        f"runpy.run_path({str(ROOT / 'portal')!r}, run_name='__main__')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert run.returncode == 2
    assert run.stderr == (
        "portal: this is Python 3.9, and the portal needs 3.11 or newer; install one and start again.\n"
    )


def test_documents_name_tests_that_are_there() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    named = {name for page in pages for name in re.findall(r"`(tests/[^`*]+)`", page.read_text(encoding="utf-8"))}
    assert len(named) > 20
    assert sorted(name for name in named if not (ROOT / name).exists()) == []
