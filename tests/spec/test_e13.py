"""E13: major surgery within 8 weeks before screening, or planned. Section E13 of the criteria specification.

Baseline: major surgery on 2026-08-20, none planned; screening on 2026-10-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors


def operated(date, **changes):
    return outcome("E13", major_surgery_date=date, **changes)


def flags(**changes):
    items = vectors("E13")[0]["items"] | changes
    return [(raised.kind.value, raised.message.id) for raised in evaluate(PROTOCOL, items).flags("E13")]


class TestWindow:
    """8 weeks are 56 days, both ends inside; what comes after screening happens during participation."""

    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2026-08-19", NOT_MET),
            ("2026-08-20", MET),
            ("2026-08-21", MET),
            ("2026-10-15", MET),
            ("2026-10-16", MET),
            ("2030-01-01", MET),
        ],
    )
    def test_from_the_first_day_on(self, date, expected):
        assert operated(date) == expected

    @pytest.mark.parametrize(
        ("screening", "date", "expected"),
        [
            ("2027-03-15", "2027-01-17", NOT_MET),
            ("2027-03-15", "2027-01-18", MET),
            ("2028-03-15", "2028-01-18", NOT_MET),
            ("2028-03-15", "2028-01-19", MET),
        ],
    )
    def test_is_56_days_also_in_a_leap_year(self, screening, date, expected):
        assert operated(date, screening_date=screening) == expected

    def test_is_56_days_and_not_two_months(self):
        assert operated("2026-08-15") == NOT_MET

    def test_is_counted_from_screening_and_not_from_consent(self):
        assert operated("2026-08-19", consent_date="2026-10-14") == NOT_MET


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-07", NOT_MET),
        ("2026-08", UNDETERMINED),
        ("2026-09", MET),
        ("2026-10", MET),
        ("2026-11", MET),
        ("2025", NOT_MET),
        ("2026", UNDETERMINED),
        ("2027", MET),
    ],
)
def test_partial_date(date, expected):
    assert operated(date) == expected


@pytest.mark.parametrize(("screening", "expected"), [("2027-02-26", MET), ("2027-02-27", UNDETERMINED)])
def test_partial_date_that_begins_on_the_first_day_and_goes_on_after_screening(screening, expected):
    assert operated("2027", screening_date=screening) == expected


class TestPlanned:
    def test_excludes(self):
        assert operated("2026-08-19", major_surgery_planned="yes") == MET

    def test_excludes_whatever_is_missing(self):
        assert operated(None, major_surgery_planned="yes", major_surgery_ever=None, screening_date=None) == MET

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_not_answered_is_not_no(self, answer):
        assert operated("2026-08-19", major_surgery_planned=answer) == UNDETERMINED
        assert operated(None, major_surgery_planned=answer, major_surgery_ever="no") == UNDETERMINED

    @pytest.mark.parametrize("answer", ["no", "unknown", None])
    def test_recent_surgery_decides_without_it(self, answer):
        assert operated("2026-08-20", major_surgery_planned=answer) == MET


class TestEver:
    @pytest.mark.parametrize("date", ["2026-08-20", "2026-10-16", "2026-08", None])
    def test_never_needs_no_date(self, date):
        assert operated(date, major_surgery_ever="no") == NOT_MET

    def test_never_needs_no_screening_date(self):
        assert operated(None, major_surgery_ever="no", screening_date=None) == NOT_MET

    @pytest.mark.parametrize("ever", ["unknown", None])
    @pytest.mark.parametrize(
        ("date", "expected"),
        [("2026-08-19", NOT_MET), ("2026-08-20", UNDETERMINED), ("2026-10-16", UNDETERMINED), (None, UNDETERMINED)],
    )
    def test_not_answered(self, ever, date, expected):
        assert operated(date, major_surgery_ever=ever) == expected


class TestMissing:
    def test_no_date(self):
        assert operated(None) == UNDETERMINED

    @pytest.mark.parametrize("date", ["2026-08-20", "2026-08-19"])
    def test_no_screening_date(self, date):
        assert operated(date, screening_date=None) == UNDETERMINED


class TestFlags:
    @pytest.mark.parametrize(
        ("date", "raised"), [("2026-10-15", False), ("2026-10", False), ("2026-10-16", True), ("2026-11", True)]
    )
    def test_after_screening_is_a_query_although_it_excludes(self, date, raised):
        assert (("query", "E13.flag.after") in flags(major_surgery_date=date)) is raised

    @pytest.mark.parametrize(("date", "raised"), [("1976-10-15", False), ("1976-10-14", True)])
    def test_more_than_50_years_ago_is_confirmed(self, date, raised):
        assert flags(major_surgery_date=date) == [("confirm", "flag.confirm")] * raised


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {},
                (
                    "Date of the last major surgery 2026-08-20 lies within the 8 weeks (56 days) before the date of "
                    "the screening visit (from 2026-08-20 to 2026-10-15), so this exclusion applies."
                ),
            ),
            (
                {"major_surgery_date": "2026-10-15"},
                (
                    "Date of the last major surgery 2026-10-15 lies within the 8 weeks (56 days) before the date of "
                    "the screening visit (from 2026-08-20 to 2026-10-15), so this exclusion applies."
                ),
            ),
            (
                {"major_surgery_date": "2026-10-16"},
                (
                    "Date of the last major surgery 2026-10-16 is after the date of the screening visit 2026-10-15, "
                    "so this exclusion applies."
                ),
            ),
            (
                {"major_surgery_ever": "no", "major_surgery_planned": "yes"},
                "Planned major surgery: yes, so this exclusion applies.",
            ),
            (
                {"major_surgery_date": "2026-08"},
                (
                    "Cannot be decided yet: enter the date of the last major surgery more exactly: 2026-08 may lie "
                    "before or after 2026-08-20."
                ),
            ),
            (
                {"major_surgery_ever": "no", "major_surgery_planned": None},
                "Cannot be decided yet: answer “Is major surgery planned at any time during participation?”.",
            ),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert said in reasons("E13", **changes)

    def test_says_why_it_is_not_met(self):
        assert reasons("E13", major_surgery_date="2026-08-19") == (
            "Planned major surgery: no.",
            (
                "Date of the last major surgery 2026-08-19 lies before 2026-08-20, the first of the 8 weeks (56 days) "
                "before the date of the screening visit."
            ),
        )
