"""House rules that no linter knows: writes only in actions, reads only in selectors, clocks only at the edge."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from trial_portal.audit.actions import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
APPS = [
    *(ROOT / "trial_portal" / name for name in ("accounts", "audit", "frame", "participants", "signatures")),
    ROOT / "screening",
    ROOT / "enrollment",
]
PURE = {"eligibility", "protocols", "migrations"}
READERS = {"actions", "selectors", "models", "evaluations", "gate", "logs", "flow", "backend"}
"""Modules that may hold a query."""

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
CLOCKS = {"now", "today", "localdate", "localtime", "utcnow"}
COUNTS_FIRST = {"change_password"}
"""Counts a wrong password in a transaction of its own, then calls its action."""

AT_THE_EDGE = {"middleware", "commands", "views", "tasks", "load_demonstration"}


def modules() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted(app.rglob("*.py"))
        if not PURE & set(path.relative_to(app).parts) and "tests" not in path.parts
    ]


def kind(path: Path) -> set[str]:
    """The names under which a module's place in the house is known: its folders and its own name."""
    return {*path.relative_to(ROOT).parts[:-1], path.stem}


def attributes(path: Path) -> Iterator[ast.Attribute]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_queries_stand_in_actions_and_selectors(path: Path) -> None:
    if kind(path) & READERS:
        return
    found = [f"line {node.lineno}" for node in attributes(path) if node.attr in ("objects", "_base_manager")]
    assert found == [], "read through a selector, write through an action"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_actions_write(path: Path) -> None:
    if kind(path) & {"actions", "evaluations"}:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    found = [f"line {call.lineno}: .{call.attr}()" for call in calls if call.attr in WRITES]
    assert found == [], "everything that is saved is saved by an action"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_clocks_are_read_at_the_edge(path: Path) -> None:
    if kind(path) & AT_THE_EDGE:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node.func for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]
    found = [
        f"line {call.lineno}: {ast.unparse(call)}()"
        for call in calls
        if call.attr in CLOCKS and ast.unparse(call.value) in ("datetime", "date", "timezone", "datetime.datetime")
    ]
    assert found == [], "let the moment come in as at="


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_no_save_with_effects_and_no_signals(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    methods = [part.name for node in classes for part in node.body if isinstance(part, ast.FunctionDef)]
    assert "save" not in methods
    source = path.read_text(encoding="utf-8")
    if path.name != "apps.py":
        assert "django.dispatch" not in source
        assert "django.db.models.signals" not in source


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_and_commands_write_through_actions_alone(path: Path) -> None:
    """Whatever is called with ``by=`` there is an action: it has its transaction, and the ledger its actor."""
    if not kind(path) & {"views", "commands", "tasks", "demonstration"}:
        return
    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and any(word.arg == "by" for word in node.keywords):
            callee = _resolved(module, node.func)
            if callee is not None and ".actions" in callee.__module__ and callee.__name__ not in COUNTS_FIRST:
                assert callee in ACTIONS.values(), f"line {node.lineno}: {ast.unparse(node.func)} is no action"


def _resolved(module: ModuleType, callee: ast.expr) -> Any:
    """The function that a name of the module stands for; None for what is local to a function."""
    found: Any = module
    for name in ast.unparse(callee).split("."):
        found = getattr(found, name, None)
    return found if callable(found) else None
