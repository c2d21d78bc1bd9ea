"""Every worked case of the specification: per criterion, per instrument, and whole people."""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import PROTOCOL, cases


@pytest.mark.parametrize("case", cases("vectors"), ids=lambda case: case["id"])
def test_criterion(case):
    evaluation = evaluate(PROTOCOL, case["items"])

    assert evaluation.result(case["criterion"]).outcome == case["expected"], case["why"]


@pytest.mark.parametrize("case", cases("subjects"), ids=lambda case: case["id"])
def test_subject(case):
    evaluation = evaluate(PROTOCOL, case["items"])

    assert evaluation.subject == case["expected"]["subject"], case["why"]
    outcomes = {result.criterion.id: result.outcome.value for result in evaluation.results}
    assert outcomes == case["expected"]["criteria"]
    assert evaluation.problems == ()


@pytest.mark.parametrize("case", cases("instruments"), ids=lambda case: case["id"])
def test_instrument(case):
    name = case["criterion"].lower()
    items = {"cdasi_worksheet": case["items"]} if name == "cdasi" else case["items"]
    expected = {key: value for key, value in case["expected"].items() if key != "activity_ge_12"}

    assert evaluate(PROTOCOL, items).as_json()["instruments"][name] == expected, case["why"]


@pytest.mark.parametrize(
    "case", [case for case in cases("instruments") if "activity_ge_12" in case["expected"]], ids=lambda case: case["id"]
)
def test_activity_score_as_i4_reads_it(case):
    items = {
        "cdasi_worksheet": case["items"],
        "cdasi_date": "2026-10-15",
        "screening_date": "2026-10-15",
        "treatments": [{"class": "biologic", "start": "2025-01-01", "stop": None, "ongoing": "yes"}],
    }

    assert evaluate(PROTOCOL, items).result("I4").outcome == case["expected"]["activity_ge_12"]
