"""What the chapters of the specification are written with: a criterion's baseline, and what changes in it.

The baseline is the first worked case of the criterion in tests/data/protocol/vectors.json; consent is on 2026-10-14,
screening on 2026-10-15 there.
"""

import json
from functools import cache
from pathlib import Path

from screening.eligibility.evaluation import CriterionResult, evaluate
from screening.protocols import load

DATA = Path(__file__).parents[1] / "data" / "protocol"
PROTOCOL = load("lenalidomide_dm")
MET, NOT_MET, UNDETERMINED = "met", "not_met", "undetermined"


@cache
def cases(name: str) -> list[dict]:
    """A file of worked cases."""
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def vectors(criterion: str) -> list[dict]:
    """The worked cases of one criterion."""
    return [case for case in cases("vectors") if case["criterion"] == criterion]


def result(criterion: str, settings: dict | None = None, /, **changes: object) -> CriterionResult:
    """The result of a criterion for its baseline with some answers changed, under settings that differ."""
    items = vectors(criterion)[0]["items"] | changes
    return evaluate(PROTOCOL, items, PROTOCOL.configure(settings)).result(criterion)


def outcome(criterion: str, settings: dict | None = None, /, **changes: object) -> str:
    """The outcome of a criterion for its baseline with some answers changed, under settings that differ."""
    return result(criterion, settings, **changes).outcome.value


def reasons(criterion: str, settings: dict | None = None, /, **changes: object) -> tuple[str, ...]:
    """The reasons in English, for the baseline with some answers changed."""
    return result(criterion, settings, **changes).sentences
