"""Change each comparison, each number and each limit of the rules by one step, and see that some test fails.

    python tests/mutate.py                   every mutant, about an hour on two cores
    python tests/mutate.py --sample 40       a seeded sample
    python tests/mutate.py --only iim.py     the mutants of some files

Each mutant is a copy of the project with one change. It is killed by the chapters of what it changes, or else by all
tests of the engine; the pinned digest and the generated page are left out, for they notice any change whatever. A
mutant that survives is a failure unless ``EQUIVALENT`` says why it changes nothing. Exit code 1 then.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "screening/eligibility"
TRIAL = ROOT / "screening/protocols/lenalidomide_dm"

CHAPTERS = {
    "person.py": "i2",
    "pregnancy.py": "i1 e1 e6",
    "iim.py": "i3",
    "cdasi.py": "i4",
    "exposure.py": "i4",
    "consent.py": "i5",
    "skin.py": "e2",
    "blood_count.py": "e3",
    "infections.py": "e4 e8 e10",
    "thrombosis.py": "e5",
    "judgement.py": "e7 e11",
    "windows.py": "e9 e12 e13 e14",
    "tumours.py": "e15",
    "settings.py": "i1 i3 i4 e3 e4 e5 e8",
}
ENGINE_FILES = [
    "logic.py",
    "dates.py",
    "units.py",
    "kinds.py",
    "limits.py",
    "items.py",
    "facts.py",
    "conditions.py",
    "branches.py",
    "comparisons.py",
    "settings.py",
    "protocol.py",
    "evaluation.py",
    "flags.py",
]

SWAPS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
JOINS = {"AnyOf": "AllOf", "AllOf": "AnyOf"}
# Not rules: words for people, and what a type checker reads.
LEFT_OUT = {"describe", "words", "own_items", "own_settings", "limbs", "walk", "__bool__", "__repr__"}

# Loading what the engine's tests do not use would take longer than the tests.
PLUGINS = ["-p", "pytest_socket", "-p", "_hypothesis_pytestplugin", "-m", "not notices_any_change"]
PYTEST_INI = """[pytest]
pythonpath = .
addopts = --import-mode=importlib
filterwarnings = error
markers = notices_any_change
"""

EQUIVALENT: dict[str, str] = {
    "eligibility/comparisons.py: 0→-1 in days: int = 0": "no window is given either way",
    "eligibility/comparisons.py: 0→-1 in years: int = 0": "no window is given either way",
    "eligibility/comparisons.py: Gt→GtE in if self.after is TRUE and event.latest > last:": (
        "an event that ends on the anchor is judged the same with and without clipping"
    ),
    "eligibility/comparisons.py: Lt→LtE in text, bound = (TOO_OLD, first) if day.earliest < first else ": (
        "a day that is the first accepted one does not come here"
    ),
}
"""Mutant → why no test can tell it from the original."""


class Mutant(NamedTuple):
    """One change: the file, a name for it, and the changed source."""

    file: Path
    name: str
    source: str


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent  # type: ignore[attr-defined]
    for node in list(ast.walk(tree)):
        if not _is_rule(node):
            continue
        for what, change, restore in _changes(node):
            before = ast.unparse(_statement(node)).splitlines()[0][:60]
            change()
            after = ast.unparse(tree)
            restore()
            name = f"{file.parent.name}/{file.name}: {what} in {before}"
            yield Mutant(file, name, after)


def _is_rule(node: ast.AST) -> bool:
    while node is not None:
        if isinstance(node, ast.FunctionDef) and node.name in LEFT_OUT:
            return False
        # A text for people, and how much a memory holds.
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Call) and ast.unparse(node.func) == "lru_cache"):
            return False
        node = getattr(node, "parent", None)  # type: ignore[assignment]
    return True


def _statement(node: ast.AST) -> ast.AST:
    while not isinstance(node, ast.stmt):
        node = node.parent  # type: ignore[attr-defined]
    return node


def _changes(node: ast.AST) -> Iterator[tuple[str, object, object]]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            swapped = SWAPS[type(operator)]()
            yield (
                f"{type(operator).__name__}→{type(swapped).__name__}",
                lambda place=place, swapped=swapped: node.ops.__setitem__(place, swapped),
                lambda place=place, operator=operator: node.ops.__setitem__(place, operator),
            )
    elif isinstance(node, ast.Constant):
        for value in _steps(node):
            yield (
                f"{node.value!r}→{value!r}",
                lambda value=value: setattr(node, "value", value),
                lambda value=node.value: setattr(node, "value", value),
            )
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in JOINS:
        name = node.func.id
        yield (
            f"{name}→{JOINS[name]}",
            lambda: setattr(node.func, "id", JOINS[name]),
            lambda: setattr(node.func, "id", name),
        )


def _steps(node: ast.Constant) -> list[object]:
    value, parent = node.value, node.parent  # type: ignore[attr-defined]
    if isinstance(value, bool):
        return (
            [not value] if isinstance(parent, ast.keyword) and parent.arg in ("or_equal", "partial", "biopsy") else []
        )
    if isinstance(value, int):
        return [value + 1, value - 1]
    number = isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value)
    if number and (
        isinstance(parent, ast.Tuple) or (isinstance(parent, ast.Call) and ast.unparse(parent.func) == "Decimal")
    ):
        step = 10 ** -len(value.partition(".")[2])
        digits = len(value.partition(".")[2])
        return [f"{float(value) + step:.{digits}f}", f"{max(float(value) - step, 0):.{digits}f}"]
    return []


def killed(mutant: Mutant) -> bool:
    """Whether some test fails for it."""
    chapters = CHAPTERS.get(mutant.file.name, "") if mutant.file.parent == TRIAL else ""
    first = [f"tests/spec/test_{chapter}.py" for chapter in chapters.split()] or ["tests/unit/eligibility"]
    first += ["--deselect", "tests/unit/eligibility/test_command_line.py"]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("screening", "tests", "pyproject.toml"):
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        (copy / "pytest.ini").write_text(PYTEST_INI, encoding="utf-8")
        (copy / mutant.file.relative_to(ROOT)).write_text(mutant.source, encoding="utf-8")
        return any(_fails(copy, tests) for tests in (first, ["tests/spec", "tests/unit/eligibility"]))


def killed_nothing() -> bool:
    """Whether the tests pass on an unchanged copy: otherwise every mutant would seem killed."""
    file = ENGINE / "logic.py"
    return not killed(Mutant(file, "unchanged", file.read_text(encoding="utf-8")))


def _fails(copy: Path, tests: list[str]) -> bool:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *PLUGINS, *tests],
        cwd=copy,
        capture_output=True,
        timeout=900,
        env={
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
    )
    return done.returncode != 0


def main() -> int:
    """Try the mutants and print what survives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, help="only so many, drawn with a fixed seed")
    parser.add_argument("--only", nargs="*", default=[], help="only these files, by name")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    files = [ENGINE / name for name in ENGINE_FILES] + [TRIAL / name for name in CHAPTERS]
    found = [mutant for file in files if not options.only or file.name in options.only for mutant in mutants(file)]
    if options.sample and options.sample < len(found):
        found = random.Random(1).sample(found, options.sample)
    if not killed_nothing():
        print("the tests fail without any mutant: mend them first")
        return 1
    survivors = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for number, (mutant, dead) in enumerate(zip(found, pool.map(killed, found), strict=True), start=1):
            if not dead:
                why = EQUIVALENT.get(mutant.name)
                print(f"  survives: {mutant.name}" + (f" — {why}" if why else ""), flush=True)
                survivors += [] if why else [mutant]
            if number % 50 == 0:
                print(f"{number} of {len(found)}", flush=True)
    print(f"{len(found)} mutants, {len(survivors)} survive unexplained")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
