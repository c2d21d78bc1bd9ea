"""Change each comparison, number, limit and part of the rules by one step, and see that some test fails.

    python tests/mutate.py                   every mutant, about an hour on two cores
    python tests/mutate.py --sample 40       a seeded sample
    python tests/mutate.py --only iim.py     the mutants of some files
    python tests/mutate.py --list            their names only

Each mutant is a copy of the rules and their tests with one change. It is killed by the chapters of what it changes, or
else by all tests of the engine; the pinned digest and the generated page are left out, for they notice any change
whatever. A mutant that survives is a failure unless ``EQUIVALENT`` says why it changes nothing, and so is an
explanation of a mutant that is killed or does not exist. Exit code 1 then.

Changed are: comparisons; numbers, decimal texts and flags, so windows, limits, weights and defaults; the earliest and
the latest day of a date; and, or, not; true, false and not known; what stands around a condition, such as the date of
its examination; and whether a limb, a code, a case, a limit or a default is there at all. Left out are words for
people, vocabularies, digests, how much a memory holds, and the items of proof and advice, which change no outcome. Do
not edit this file while it runs: every process reads it.
"""

from __future__ import annotations

import argparse
import ast
import gc
import multiprocessing
import os
import random
import re
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
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
    "settings.py": "protocol i1 i3 i4 e3 e4 e5 e8",
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

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
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
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}
NAMES = {
    "AnyOf": ("AllOf",),
    "AllOf": ("AnyOf",),
    "any": ("all",),
    "all": ("any",),
    "min": ("max",),
    "max": ("min",),
    "or_": ("and_",),
    "and_": ("or_",),
    "YES": ("NO",),
    "NO": ("YES",),
    "TRUE": ("UNKNOWN",),
    "FALSE": ("UNKNOWN",),
    "UNKNOWN": ("TRUE", "FALSE"),
}
ENDS = {"earliest": "latest", "latest": "earliest"}
# A condition around another one → which argument is left when it is taken away.
AROUND = {"Not": 0, "Established": 0, "RuledOutBy": 0, "RuledInBy": 0, "OnExamination": 1}
# Calls of which each argument from here on is a part of the rule.
PARTS = {"AnyOf": 0, "AllOf": 0, "settles": 1}
# Options of an item or examination without which it would be another one.
OPTIONS = {"limits", "soft", "applies", "remembers", "ordered"}
# Not rules: words for people, the digest of the source files, and what a type checker reads.
LEFT_OUT = {"describe", "words", "own_items", "own_settings", "limbs", "walk", "engine_digest", "__bool__", "__repr__"}
# Not rules: how much a memory holds, words and vocabularies, what Python does with a class.
LEFT_OUT_CALLS = {"lru_cache", "dataclass", "Text", "Note", "Choice", "TypeError", "ValueError", "zip", "dumps"}
LEFT_OUT_OPTIONS = {"plural", "sources", "title", "label", "meaning", "help", "question"}
LEFT_OUT_NAMES = {"REMEMBERED", "plural", "__slots__"}

# Loading pytest and hypothesis anew takes longer than most tests, so each process is forked from one that has them.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pytest", "hypothesis", "json", "decimal", "fractions"])
TESTED = 100
"""Added to the exit code of pytest, so that no other end of a process is taken for a test that fails."""
# Loading what the engine's tests do not use would take longer than the tests.
PLUGINS = ["-p", "pytest_socket", "-p", "_hypothesis_pytestplugin", "-m", "not notices_any_change"]
NEEDLESS = "junitxml pastebin doctest unittest faulthandler debugging setuponly setupplan stepwise logging recwarn"
PLUGINS += [option for name in NEEDLESS.split() for option in ("-p", f"no:{name}")]
COPIED = ["screening/__init__.py", "screening/eligibility", "screening/protocols", "pyproject.toml"]
COPIED += ["tests/data/protocol", "tests/spec", "tests/unit/eligibility"]
# The quick ones first.
OTHERS = (
    ["tests/unit/eligibility", "tests/spec", "--ignore=tests/spec/test_properties.py"],
    ["tests/spec/test_properties.py"],
)
PYTEST_INI = """[pytest]
pythonpath = .
addopts = --import-mode=importlib
filterwarnings = error
markers = notices_any_change
"""
# The same examples each time, as in tests/conftest.py, which loads what the web needs. A failure is enough: it need not
# be made small.
CONFTEST = """from hypothesis import Phase, settings

settings.register_profile("mutants", derandomize=True, deadline=None, database=None, phases=[Phase.generate])
settings.load_profile("mutants")
"""

_DIGITS = "either holds all digits of the longest product: two numbers of 80 digits and a factor of 5"
_NO_SIGN = "a reported number has no sign, so nothing is read that lies between the two limits"
_HARD = "a lower value is refused before: the hard limit is 0"
_CASE = "what is false does not pass as a case, and what is not known neither; both name the same items"
_FLAG = "a flag is raised while it is true: false and not known are alike"
EQUIVALENT: dict[str, str] = {
    "eligibility/dates.py: Span.day: earliest→latest in return self.earliest": "a full date begins and ends that day",
    "eligibility/units.py: EXACT: 200→201 in EXACT = Context(prec=200)": _DIGITS,
    "eligibility/units.py: EXACT: 200→199 in EXACT = Context(prec=200)": _DIGITS,
    "eligibility/facts.py: _compared: And→Or in isinstance(kind, Quantity) and isinstance(value, …": (
        "a quantity is always read as reported, and nothing else is: the second half is for the type checker"
    ),
    "eligibility/comparisons.py: Within: 0→-1 in days: int = 0": "no window in days is given either way",
    "eligibility/comparisons.py: Within: UNKNOWN→FALSE in after: Truth = UNKNOWN": "only TRUE is asked for",
    "lenalidomide_dm/pregnancy.py: PREGNANT: without 'yes' in Stated(CHILDBEARING, ('no',), ('yes',))": _CASE,
    "lenalidomide_dm/pregnancy.py: I1: without 'yes' in Stated(CHILDBEARING, ('no',), ('yes',))": _FLAG,
    "lenalidomide_dm/pregnancy.py: I1: 0→-1 in AgeBetween(BIRTH_DATE, CONSENT_DATE, 0, 49)": "nobody is younger than 0",
    "lenalidomide_dm/cdasi.py: ACTIVITY_TOTAL: 0→-1 in Item('cdasi_activity_total', Integer(0, ACTIVITY_… #2": _HARD,
    "lenalidomide_dm/consent.py: I5: without 'female' in Stated(SEX, ('male',), ('female',))": _CASE,
    "lenalidomide_dm/blood_count.py: _count: 0→-1 in Quantity(CELLS, Decimal(0), Decimal(high), Decima…": _NO_SIGN,
    "lenalidomide_dm/blood_count.py: NEUT_PERCENT: 0→-1 in Quantity(PERCENT, Decimal(0), Decimal(100))": _NO_SIGN,
    "lenalidomide_dm/blood_count.py: NeutrophilsAboveWhite.evaluate: "
    "UNKNOWN→FALSE in Finding(UNKNOWN, (), names)": _FLAG,
    "lenalidomide_dm/blood_count.py: NeutrophilsAboveWhite.evaluate: "
    "FALSE→UNKNOWN in TRUE if part.amount > whole.amount else FALSE": _FLAG,
    "lenalidomide_dm/blood_count.py: E3: without 'yes' in Stated(HEART_FAILURE, ('no',), ('yes',))": _FLAG,
    "lenalidomide_dm/blood_count.py: E3: without 'I' in Stated(NYHA_CLASS, ('III', 'IV'), ('I', 'II'))": _CASE,
    "lenalidomide_dm/blood_count.py: E3: without 'II' in Stated(NYHA_CLASS, ('III', 'IV'), ('I', 'II'))": _CASE,
    "lenalidomide_dm/tumours.py: within_window: without 'ongoing' in ('ongoing', 'not_required')": (
        "a tumour under treatment is present, which puts it in the window whatever its dates"
    ),
    "lenalidomide_dm/tumours.py: _to_do: Gt→GtE in value.earliest > screening": (
        "a date that begins on the day of screening leaves nothing open: in the window, and less than 6 months ago"
    ),
    "lenalidomide_dm/tumours.py: E15: without 'yes' in Stated(EVER, ('no',), ('yes',))": _FLAG,
}
"""Mutant → why no test can tell it from the original."""


class Mutant(NamedTuple):
    """One change: the file, a name for it, and the changed source."""

    file: Path
    name: str
    source: str


class Change(NamedTuple):
    """What is changed, how it is done, and how it is undone."""

    what: str
    do: Callable[[], object]
    undo: Callable[[], object]


def mutants(file: Path) -> Iterator[Mutant]:
    """Every mutant of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            child.parent = parent  # type: ignore[attr-defined]
    named: Counter[str] = Counter()
    for node in list(ast.walk(tree)):
        if not _is_rule(node):
            continue
        where = f"{file.parent.name}/{file.name}: {_scope(node)}"
        for change in _changes(node):
            name = f"{where}: {change.what} in {_around(node)}"
            change.do()
            source = ast.unparse(tree)
            change.undo()
            named[name] += 1
            yield Mutant(file, name if named[name] == 1 else f"{name} #{named[name]}", source)


def _above(node: ast.AST) -> Iterator[ast.AST]:
    while node is not None:
        yield node
        node = getattr(node, "parent", None)  # type: ignore[assignment]


def _name(node: ast.AST) -> str:
    """The name of what is called, or "" for anything but a call by name."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _assigned(node: ast.AST) -> str:
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    return ast.unparse(node.target) if isinstance(node, ast.AnnAssign) else ""


def _is_rule(node: ast.AST) -> bool:
    child: ast.AST | None = None
    for part in _above(node):
        if isinstance(part, ast.FunctionDef) and (part.name in LEFT_OUT or child in part.decorator_list):
            return False
        if isinstance(part, ast.FunctionDef) and (child is part.returns or child is part.args):
            return False
        if isinstance(part, ast.ClassDef) and child in part.decorator_list:
            return False
        if isinstance(part, ast.JoinedStr | ast.Raise | ast.Assert | ast.ImportFrom):
            return False
        if isinstance(part, ast.AnnAssign | ast.arg) and child is part.annotation:
            return False
        if _name(part) in LEFT_OUT_CALLS or (isinstance(part, ast.keyword) and part.arg in LEFT_OUT_OPTIONS):
            return False
        if _assigned(part) in LEFT_OUT_NAMES:
            return False
        child = part
    return True


def _scope(node: ast.AST) -> str:
    names = []
    for part in _above(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            names.append(part.name)
    if names:
        return ".".join(reversed(names))
    return next((name for name in map(_assigned, _above(node)) if name), "module")


def _around(node: ast.AST) -> str:
    """The part of the source around it, on one line."""
    for part in _above(node):
        text = " ".join(ast.unparse(part).split())
        if len(text) >= 25 or isinstance(part, ast.stmt):
            return text if len(text) <= 50 else text[:49] + "…"
    raise AssertionError


def _set(node: ast.AST, field: str, value: object) -> tuple[Callable[[], object], Callable[[], object]]:
    return partial(setattr, node, field, value), partial(setattr, node, field, getattr(node, field))


def _without(node: ast.AST, field: str, index: int, what: str | None = None) -> Change:
    held = getattr(node, field)
    what = what or " ".join(ast.unparse(held[index]).split())
    return Change(f"without {what[:50]}", *_set(node, field, [*held[:index], *held[index + 1 :]]))


def _replaced(node: ast.AST, by: ast.AST, what: str) -> Change:
    """The whole node replaced where it is held."""
    parent = node.parent  # type: ignore[attr-defined]
    for field, held in ast.iter_fields(parent):
        if held is node:
            return Change(what, *_set(parent, field, by))
        if isinstance(held, list) and any(part is node for part in held):
            return Change(what, *_set(parent, field, [by if part is node else part for part in held]))
    raise AssertionError


def _operator(operator: ast.AST) -> ast.AST | None:
    other = OPERATORS.get(type(operator))
    return other() if other else None


def _changes(node: ast.AST) -> Iterator[Change]:
    if isinstance(node, ast.Compare):
        for place, operator in enumerate(node.ops):
            swapped = _operator(operator)
            if swapped is not None:
                ops = [*node.ops[:place], swapped, *node.ops[place + 1 :]]
                yield Change(f"{type(operator).__name__}→{type(swapped).__name__}", *_set(node, "ops", ops))
    elif isinstance(node, ast.BoolOp | ast.BinOp | ast.AugAssign):
        swapped = _operator(node.op)
        if swapped is not None:
            yield Change(f"{type(node.op).__name__}→{type(swapped).__name__}", *_set(node, "op", swapped))
    elif isinstance(node, ast.UnaryOp):
        yield _replaced(node, node.operand, f"without {type(node.op).__name__}")
    elif isinstance(node, ast.Constant):
        for value in _steps(node):
            yield Change(f"{node.value!r}→{value!r}", *_set(node, "value", value))
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        for other in NAMES.get(node.id, ()):
            yield Change(f"{node.id}→{other}", *_set(node, "id", other))
    elif isinstance(node, ast.Attribute) and node.attr in ENDS:
        yield Change(f"{node.attr}→{ENDS[node.attr]}", *_set(node, "attr", ENDS[node.attr]))
    elif isinstance(node, ast.Call):
        yield from _changed_call(node)
    elif isinstance(node, ast.Tuple | ast.List) and isinstance(node.ctx, ast.Load):
        yield from _changed_list(node)
    elif isinstance(node, ast.Dict):
        yield from _changed_cases(node)


def _changed_call(node: ast.Call) -> Iterator[Change]:
    name = _name(node)
    if name in AROUND:
        yield _replaced(node, node.args[AROUND[name]], f"without {name}")
    if name in PARTS:
        for index in range(PARTS[name], len(node.args)):
            yield _without(node, "args", index)
    for index, keyword in enumerate(node.keywords):
        if keyword.arg in OPTIONS and not (isinstance(keyword.value, ast.Tuple) and not keyword.value.elts):
            yield _without(node, "keywords", index, str(keyword.arg))
    if name == "Setting" and isinstance(node.args[2], ast.Call) and _name(node.args[2]) == "OneOf":
        words = ast.literal_eval(node.args[2].args[0])
        default = ast.literal_eval(node.args[1])
        other = words[(words.index(default) + 1) % len(words)]
        yield Change(f"{default!r}→{other!r}", *_set(node.args[1], "value", other))


def _changed_list(node: ast.Tuple | ast.List) -> Iterator[Change]:
    """Codes, limits and cases: each once left out."""
    parent = node.parent  # type: ignore[attr-defined]
    module_level = isinstance(parent, ast.Assign | ast.AnnAssign) and isinstance(parent.parent, ast.Module)
    words = [part.value for part in node.elts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    codes = len(words) == len(node.elts) and all(re.fullmatch(r"[\w^/]+", word) for word in words)
    cases = isinstance(parent, ast.Call) and _name(parent) == "Cases"
    limits = isinstance(parent, ast.keyword) and parent.arg in OPTIONS
    if codes or cases or limits or (module_level and not _assigned(parent).endswith(("ITEMS", "CRITERIA"))):
        for index in range(len(node.elts)):
            yield _without(node, "elts", index)


def _changed_cases(node: ast.Dict) -> Iterator[Change]:
    """Cases, weights and cuts: each once left out. A table of words is none."""
    if all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in (*node.keys, *node.values)):
        return
    for index, key in enumerate(node.keys):
        keys, values = ([*held[:index], *held[index + 1 :]] for held in (node.keys, node.values))
        do, undo = _set(node, "keys", keys), _set(node, "values", values)
        what = ast.unparse(key) if key is not None else "the rest"
        yield Change(
            f"without {what}",
            partial(_both, do[0], undo[0]),
            partial(_both, do[1], undo[1]),
        )


def _both(one: Callable[[], object], other: Callable[[], object]) -> None:
    one()
    other()


def _steps(node: ast.Constant) -> list[object]:
    value, parent = node.value, node.parent  # type: ignore[attr-defined]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [round(value + 0.01, 3), round(value - 0.01, 3)]
    number = isinstance(value, str) and re.fullmatch(r"[0-9]+(\.[0-9]+)?", value)
    if number and (isinstance(parent, ast.Tuple) or _name(parent) == "Decimal"):
        digits = len(value.partition(".")[2])
        step = 10**-digits
        return [f"{float(value) + step:.{digits}f}", f"{max(float(value) - step, 0):.{digits}f}"]
    return []


def killed(master: Path, mutant: Mutant) -> bool:
    """Whether some test fails for it."""
    chapters = CHAPTERS.get(mutant.file.name, "") if mutant.file.parent == TRIAL else ""
    first = [f"tests/spec/test_{chapter}.py" for chapter in chapters.split()] or ["tests/unit/eligibility"]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(master, copy)
        changed = copy / mutant.file.relative_to(ROOT)
        for compiled in (changed.parent / "__pycache__").glob(f"{changed.stem}.*"):
            compiled.unlink()
        changed.write_text(mutant.source, encoding="utf-8")
        return any(_fails(copy, tests) for tests in (first, *OTHERS))


def prepare(master: Path) -> bool:
    """Copy the rules and their tests, compile them, and say whether they pass: otherwise every mutant seems killed."""
    for name in COPIED:
        source, target = ROOT / name, master / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    (master / "pytest.ini").write_text(PYTEST_INI, encoding="utf-8")
    (master / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    return not _fails(master, ["tests/spec", "tests/unit/eligibility"], compiled=True)


def _fails(copy: Path, tests: list[str], *, compiled: bool = False) -> bool:
    """Whether they fail, in a process of their own, which begins with what all of them load."""
    process = PROCESSES.Process(target=_test, args=(copy, tests, compiled))
    process.start()
    process.join(300)
    if process.is_alive():
        # It goes on for ever.
        process.kill()
        process.join()
        return True
    if process.exitcode is None or process.exitcode < TESTED:
        raise RuntimeError(f"The tests did not run: exit code {process.exitcode}.")
    return process.exitcode != TESTED


def _test(copy: Path, tests: list[str], compiled: bool) -> None:
    import pytest

    gc.disable()
    os.chdir(copy)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = not compiled
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
        options = ["-x", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider"]
        options += ["--deselect", "tests/unit/eligibility/test_command_line.py"]
        code = pytest.main([*options, *PLUGINS, *tests])
    os._exit(TESTED + code)


def main() -> int:
    """Try the mutants and print what survives."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, help="only so many, drawn with a fixed seed")
    parser.add_argument("--only", nargs="*", default=[], help="only these files, by name")
    parser.add_argument("--list", action="store_true", help="name the mutants, try none")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args()
    files = [ENGINE / name for name in ENGINE_FILES] + [TRIAL / name for name in CHAPTERS]
    found = [mutant for file in files if not options.only or file.name in options.only for mutant in mutants(file)]
    if options.list:
        print("\n".join(mutant.name for mutant in found))
        return 0
    whole = not options.only and not options.sample
    if options.sample and options.sample < len(found):
        found = random.Random(1).sample(found, options.sample)
    with tempfile.TemporaryDirectory() as folder:
        master = Path(folder)
        if not prepare(master):
            print("the tests fail without any mutant: mend them first")
            return 1
        survivors = _try(found, master, options.jobs)
    explained = [name for name in survivors if name in EQUIVALENT]
    tried = set(EQUIVALENT) if whole else {mutant.name for mutant in found} & set(EQUIVALENT)
    needless = sorted(tried - set(explained))
    for name in needless:
        print(f"  explained, but killed or not there: {name}")
    unexplained = len(survivors) - len(explained)
    print(f"{len(found)} mutants, {len(found) - len(survivors)} killed, {len(explained)} survive and are explained")
    print(f"{unexplained} survive unexplained")
    return 1 if unexplained or needless else 0


def _try(found: list[Mutant], master: Path, jobs: int) -> list[str]:
    survivors = []
    with ThreadPoolExecutor(jobs) as pool:
        for number, (mutant, dead) in enumerate(zip(found, pool.map(partial(killed, master), found), strict=True), 1):
            if not dead:
                why = EQUIVALENT.get(mutant.name)
                print(f"  survives: {mutant.name}" + (f" — {why}" if why else ""), flush=True)
                survivors.append(mutant.name)
            if number % 50 == 0:
                print(f"{number} of {len(found)}", flush=True)
    return survivors


if __name__ == "__main__":
    sys.exit(main())
