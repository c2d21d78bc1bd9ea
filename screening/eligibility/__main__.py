"""The command line: one person a line in, one result a line out, in order, in constant memory.

    python3 -m screening.eligibility < people.jsonl > results.jsonl

In: ``{"id": "…", "items": {item: value, …}}``. Out: the design's "Command line" (reasons in English). A line that is
no such object gives ``{"id": null, "error": "line 7: …"}`` and the stream goes on; the exit code is 1 if any line
failed, 2 if the call itself was wrong. Boundary: reads standard input, writes standard output, nothing else.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from screening.eligibility.evaluation import evaluate
from screening.eligibility.kinds import shown
from screening.eligibility.protocol import Protocol
from screening.eligibility.settings import Configuration
from screening.protocols import load

LONGEST_LINE = 10_000_000
"""Bytes. A person's answers take a few thousand; a line beyond this is a broken file, and would fill the memory."""


class BadLine(Exception):
    """A line that holds no person; the text says why."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command line. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python3 -m screening.eligibility", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--protocol", help="the trial's folder in screening/protocols/ (default: TRIAL_PROTOCOL)")
    parser.add_argument("--settings", type=Path, help="a JSON file with settings that differ from the defaults")
    options = parser.parse_args(arguments)
    try:
        protocol = load(options.protocol)
        config = protocol.configure(read_settings(options.settings) if options.settings else None)
    except (OSError, ValueError) as wrong:
        parser.error(str(wrong))
    # Each person is forgotten at once and nothing refers back to itself, so looking for garbage seldom is enough.
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        failed = stream(protocol, config, sys.stdin.buffer, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever read the results has stopped; nothing is left to say, and closing must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return 1 if failed else 0


def read_settings(path: Path) -> Mapping[str, object]:
    """The settings of a JSON file. Raises OSError or ValueError with a sentence."""
    chosen = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(chosen, dict):
        raise ValueError(f"{path}: write the settings as one JSON object.")
    return chosen


def stream(protocol: Protocol, config: Configuration, source: BinaryIO, target: BinaryIO) -> int:
    """Evaluate each line of ``source`` into a line of ``target``. Returns how many lines failed."""
    failed = 0
    for number, line in enumerate(lines(source), start=1):
        try:
            id, items = read_person(line, first=number == 1)
        except BadLine as bad:
            failed += 1
            result: dict[str, object] = {"id": None, "error": f"line {number}: {bad}"}
        else:
            result = {"id": id, **evaluate(protocol, items, config).as_json()}
        # A lone surrogate in the input cannot be encoded; as a backslash escape it is still the same JSON text.
        target.write(json.dumps(result, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n")
        target.flush()
    return failed


def lines(source: BinaryIO) -> Iterator[bytes | None]:
    """The lines without their ends; None for one that is too long to be read."""
    while line := source.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        while (rest := source.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
            pass
        yield None


def read_person(line: bytes | None, *, first: bool = False) -> tuple[str, dict[str, object]]:
    """The id and the items of a line. Raises :class:`BadLine`."""
    if line is None:
        raise BadLine(f"longer than {LONGEST_LINE:,} bytes; one person a line")
    try:
        text = line.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    if not text.strip():
        raise BadLine("empty; one person a line")
    try:
        person = json.loads(text, object_pairs_hook=_once, parse_int=_integer)
    except RecursionError:
        raise BadLine("not JSON that can be read: nested too deeply") from None
    except ValueError as wrong:
        raise BadLine(f"not JSON: {wrong}") from None
    if not isinstance(person, dict):
        raise BadLine('write an object: {"id": "…", "items": {…}}')
    id, items = person.get("id"), person.get("items")
    if not isinstance(id, str):
        raise BadLine('give the person an "id" as text')
    if not isinstance(items, dict):
        raise BadLine('give the answers as an object under "items"')
    return id, items


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; a name that is there twice could hide an answer, so the line is refused."""
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        raise BadLine(f"“{shown(twice)}” is there twice in one object; keep one of them")
    return found


def _integer(digits: str) -> int | str:
    """A whole number; as its text when Python reads no number so long: no item takes that, but the person is read."""
    try:
        return int(digits)
    except ValueError:
        return digits


if __name__ == "__main__":
    sys.exit(main())
