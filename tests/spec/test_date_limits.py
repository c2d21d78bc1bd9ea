"""Dates that are refused: in the future, before birth; and dates of a history that are confirmed.

Section 1.5 of the criteria specification: hard and soft date limits. Today is 2026-10-15, birth on 1980-06-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from screening.eligibility.items import Rows, Use
from screening.eligibility.kinds import Date
from tests.spec.chapter import PROTOCOL

KNOWN = {"evaluation_date": "2026-10-15", "birth_date": "1980-06-15"}
EVENTS = [
    item.name
    for item in PROTOCOL.items
    if isinstance(item.kind, Date) and item.use is not Use.ADVISORY and item.name not in KNOWN
]
ROWS = [
    (item.name, field.name)
    for item in PROTOCOL.items
    if isinstance(item.kind, Rows)
    for field in item.kind.fields
    if isinstance(field.kind, Date)
]
HISTORIES = {
    "hz_last_lesion_date": "E9",
    "abuse_last_date": "E12",
    "major_surgery_date": "E13",
    "live_vaccine_date": "E14",
}


def refused(name, day, **known):
    return name in {problem.item for problem in evaluate(PROTOCOL, known | {name: day}).problems}


def refused_field(name, field, day):
    return bool(evaluate(PROTOCOL, KNOWN | {name: [{field: day}]}).problems)


class TestHard:
    @pytest.mark.parametrize("name", EVENTS)
    @pytest.mark.parametrize(("day", "expected"), [("2026-10-15", False), ("2026-10-16", True)])
    def test_in_the_future(self, name, day, expected):
        assert refused(name, day, **KNOWN) is expected

    @pytest.mark.parametrize("name", [name for name in EVENTS if name != "consent_date"])
    @pytest.mark.parametrize(("day", "expected"), [("1980-06-15", False), ("1980-06-14", True)])
    def test_before_birth(self, name, day, expected):
        assert refused(name, day, **KNOWN) is expected

    @pytest.mark.parametrize(("name", "field"), ROWS)
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2026-10-15", False), ("2026-10-16", True), ("1980-06-15", False), ("1980-06-14", True)],
    )
    def test_of_a_row(self, name, field, day, expected):
        assert refused_field(name, field, day) is expected

    @pytest.mark.parametrize(("day", "expected"), [("2026-10-15", False), ("2026-10-16", True)])
    def test_birth_in_the_future(self, day, expected):
        assert refused("birth_date", day, evaluation_date="2026-10-15") is expected

    @pytest.mark.parametrize(("day", "expected"), [("2026-10-14", False), ("2026-10-15", True)])
    def test_birth_after_consent(self, day, expected):
        assert refused("birth_date", day, consent_date="2026-10-14") is expected

    @pytest.mark.parametrize(("day", "expected"), [("2025-10-15", False), ("2025-10-14", True)])
    def test_pregnancy_test_more_than_365_days_before_screening(self, day, expected):
        assert refused("pregnancy_test_date", day, screening_date="2026-10-15") is expected


class TestSoft:
    """After screening or more than 50 years before: used, and confirmed."""

    @pytest.mark.parametrize(("name", "criterion"), HISTORIES.items())
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2026-10-15", False), ("2026-10-16", True), ("1976-10-15", False), ("1976-10-14", True)],
    )
    def test_of_a_history(self, name, criterion, day, expected):
        raised = evaluate(PROTOCOL, {"screening_date": "2026-10-15", name: day}).flags(criterion)

        assert ((("confirm", (name,))) in [(flag.kind.value, flag.items) for flag in raised]) is expected

    @pytest.mark.parametrize(("name", "field"), ROWS)
    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2026-10-15", False), ("2026-10-16", True), ("1976-10-15", False), ("1976-10-14", True)],
    )
    def test_of_a_row(self, name, field, day, expected):
        criterion = {"treatments": "I4", "tumors": "E15"}[name]
        raised = evaluate(PROTOCOL, {"screening_date": "2026-10-15", name: [{field: day}]}).flags(criterion)

        assert ((("confirm", (name,))) in [(flag.kind.value, flag.items) for flag in raised]) is expected
