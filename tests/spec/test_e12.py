"""E12: abuse within one year before signing consent. Section E12 of the criteria specification.

Baseline: abuse in the past, not ongoing, last on 2025-10-14; consent on 2026-10-14, screening on 2026-10-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors


def flags(**changes):
    items = vectors("E12")[0]["items"] | changes
    return [(raised.kind.value, raised.message.id) for raised in evaluate(PROTOCOL, items).flags("E12")]


class TestWindow:
    """One calendar year before consent, both ends inside."""

    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2025-10-13", NOT_MET),
            ("2025-10-14", MET),
            ("2025-10-15", MET),
            ("2026-10-13", MET),
            ("2026-10-14", MET),
            ("2026-10-15", UNDETERMINED),
        ],
    )
    def test_from_the_first_day_to_the_day_of_consent(self, date, expected):
        assert outcome("E12", abuse_last_date=date) == expected

    @pytest.mark.parametrize(
        ("consent", "date", "expected"),
        [
            ("2028-02-29", "2027-02-27", NOT_MET),
            ("2028-02-29", "2027-02-28", MET),
            ("2029-02-28", "2028-02-27", NOT_MET),
            ("2029-02-28", "2028-02-28", MET),
            ("2029-03-01", "2028-02-29", NOT_MET),
            ("2029-03-01", "2028-03-01", MET),
            ("2028-10-14", "2027-10-14", MET),
            ("2028-10-14", "2027-10-13", NOT_MET),
        ],
    )
    def test_is_a_calendar_year_also_around_a_leap_day(self, consent, date, expected):
        assert outcome("E12", consent_date=consent, screening_date="2029-12-01", abuse_last_date=date) == expected

    @pytest.mark.parametrize("screening", ["2026-10-14", "2026-12-31", "2029-01-01", None])
    def test_is_counted_from_consent_and_not_from_screening(self, screening):
        assert outcome("E12", screening_date=screening) == MET
        assert outcome("E12", screening_date=screening, abuse_last_date="2025-10-13") == NOT_MET
        assert outcome("E12", screening_date=screening, abuse_last_date="2026-10-15") == UNDETERMINED


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2025-09", NOT_MET),
        ("2025-10", UNDETERMINED),
        ("2025-11", MET),
        ("2026-10", MET),
        ("2026-11", UNDETERMINED),
        ("2024", NOT_MET),
        ("2025", UNDETERMINED),
        ("2026", MET),
        ("2027", UNDETERMINED),
    ],
)
def test_partial_date(date, expected):
    assert outcome("E12", abuse_last_date=date) == expected


class TestOngoing:
    @pytest.mark.parametrize("history", ["yes", "no", "unknown", None])
    @pytest.mark.parametrize("date", ["2015-01-01", "2026-10-15", None])
    def test_yes_excludes_whatever_else_is_said(self, history, date):
        assert outcome("E12", abuse_ongoing="yes", abuse_history=history, abuse_last_date=date) == MET

    def test_yes_needs_no_date_of_consent(self):
        assert outcome("E12", abuse_ongoing="yes", consent_date=None) == MET

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_not_answered_is_not_no(self, answer):
        assert outcome("E12", abuse_ongoing=answer, abuse_last_date="2025-10-13") == UNDETERMINED

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_abuse_in_the_window_decides_without_it(self, answer):
        assert outcome("E12", abuse_ongoing=answer) == MET


class TestHistory:
    @pytest.mark.parametrize("ongoing", ["no", "unknown", None])
    @pytest.mark.parametrize("date", ["2025-10-14", "2026-10-15", None])
    def test_no_settles_it(self, ongoing, date):
        assert outcome("E12", abuse_history="no", abuse_ongoing=ongoing, abuse_last_date=date) == NOT_MET

    def test_no_needs_no_date_of_consent(self):
        assert outcome("E12", abuse_history="no", consent_date=None) == NOT_MET

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_not_answered_is_not_no(self, answer):
        assert outcome("E12", abuse_history=answer) == UNDETERMINED
        assert outcome("E12", abuse_history=answer, abuse_ongoing=None, abuse_last_date=None) == UNDETERMINED


class TestMissing:
    def test_no_date(self):
        assert outcome("E12", abuse_last_date=None) == UNDETERMINED

    @pytest.mark.parametrize("consent", [None, "2026-10", "2026"])
    def test_no_full_date_of_consent(self, consent):
        assert outcome("E12", consent_date=consent) == UNDETERMINED

    def test_a_date_before_birth_is_refused(self):
        assert outcome("E12", birth_date="1990-05-05", abuse_last_date="1990-05-04") == UNDETERMINED
        assert outcome("E12", birth_date="1990-05-05", abuse_last_date="1990-05-05") == NOT_MET


class TestFlags:
    def test_none_without_a_contradiction(self):
        assert flags() == []
        assert flags(abuse_ongoing="yes") == []

    @pytest.mark.parametrize(
        ("date", "raised"), [("2026-10-14", False), ("2026-10", False), ("2026-10-15", True), ("2026-11", True)]
    )
    def test_after_consent_is_a_query(self, date, raised):
        assert (("query", "E12.flag.after") in flags(abuse_last_date=date)) is raised

    def test_never_but_ongoing(self):
        assert flags(abuse_history="no", abuse_ongoing="yes") == [("query", "E12.flag.ongoing")]

    @pytest.mark.parametrize(("history", "ongoing"), [("no", "no"), ("no", "unknown"), ("no", None), (None, "yes")])
    def test_no_contradiction(self, history, ongoing):
        assert flags(abuse_history=history, abuse_ongoing=ongoing) == []


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {},
                (
                    "Date of the last abuse 2025-10-14 lies within the year before the date of consent "
                    "(from 2025-10-14 to 2026-10-14), so this exclusion applies."
                ),
            ),
            ({"abuse_ongoing": "yes"}, "Ongoing abuse: yes, so this exclusion applies."),
            ({"abuse_history": "no"}, "History of abuse: no."),
            ({"abuse_last_date": None}, "Cannot be decided yet: enter the date of the last abuse."),
            ({"consent_date": None}, "Cannot be decided yet: enter the date of consent."),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert reasons("E12", **changes) == (said,)
