"""E10: primary or secondary immunodeficiency. Section E10 of the criteria specification.

Baseline: neither; HIV test negative on 2026-10-05; screening on 2026-10-15.
"""

import pytest

from tests.spec.chapter import MET, NOT_MET, UNDETERMINED, outcome, reasons

STATES = ("primary_immunodeficiency", "secondary_immunodeficiency")
NOTHING_ELSE = dict.fromkeys((*STATES, "hiv_ever_positive", "hiv_test", "hiv_test_date", "screening_date"))


def test_neither_and_a_usable_negative_hiv_test():
    assert outcome("E10") == NOT_MET


@pytest.mark.parametrize("state", STATES)
class TestStates:
    def test_yes_excludes(self, state):
        assert outcome("E10", **{state: "yes"}) == MET

    def test_yes_excludes_whatever_is_missing(self, state):
        assert outcome("E10", **NOTHING_ELSE | {state: "yes"}) == MET

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_not_answered_is_not_no(self, state, answer):
        assert outcome("E10", **{state: answer}) == UNDETERMINED

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_hiv_decides_without_it(self, state, answer):
        assert outcome("E10", **{state: answer, "hiv_ever_positive": "yes"}) == MET


class TestHiv:
    @pytest.mark.parametrize(
        ("ever", "test", "expected"),
        [
            ("no", "negative", NOT_MET),
            ("no", "positive", MET),
            ("no", "indeterminate", UNDETERMINED),
            ("no", "not_done", UNDETERMINED),
            ("no", None, UNDETERMINED),
            ("yes", "negative", MET),
            ("yes", None, MET),
            ("unknown", "negative", UNDETERMINED),
            ("unknown", "positive", MET),
            (None, "negative", UNDETERMINED),
            (None, "positive", MET),
        ],
    )
    def test_status(self, ever, test, expected):
        assert outcome("E10", hiv_ever_positive=ever, hiv_test=test) == expected

    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2026-07-16", UNDETERMINED),
            ("2026-07-17", NOT_MET),
            ("2026-11-12", NOT_MET),
            ("2026-11-13", UNDETERMINED),
            ("2026-10", UNDETERMINED),
            (None, UNDETERMINED),
        ],
    )
    def test_a_negative_test_counts_from_90_days_before_to_28_days_after_screening(self, date, expected):
        assert outcome("E10", hiv_test_date=date) == expected

    @pytest.mark.parametrize(
        ("settings", "date", "expected"),
        [
            ({"VALID_HIV": 10}, "2026-10-05", NOT_MET),
            ({"VALID_HIV": 10}, "2026-10-04", UNDETERMINED),
            ({"POST": 1}, "2026-10-16", NOT_MET),
            ({"POST": 1}, "2026-10-17", UNDETERMINED),
        ],
    )
    def test_the_study_may_choose_the_days(self, settings, date, expected):
        assert outcome("E10", settings, hiv_test_date=date) == expected

    @pytest.mark.parametrize("date", ["2000-01-01", "2026-11-13", None])
    def test_a_positive_test_counts_for_ever(self, date):
        assert outcome("E10", hiv_test="positive", hiv_test_date=date) == MET

    def test_a_negative_test_needs_the_screening_date(self):
        assert outcome("E10", screening_date=None) == UNDETERMINED


class TestBackgroundTreatment:
    """The effect of treatment that I4 requires does not count by itself (the contradiction with I4)."""

    def test_immunosuppressants_alone_do_not_exclude(self):
        treatments = [{"class": "immunosuppressant", "drug": "azathioprine", "start": "2025-01-01", "ongoing": "yes"}]

        assert outcome("E10", treatments=treatments) == NOT_MET

    def test_what_is_offered_as_evidence_changes_nothing(self):
        assert outcome("E10", igg_g_l="2", rituximab_last_date="2026-09") == NOT_MET


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {"primary_immunodeficiency": "yes"},
                "Primary immunodeficiency: yes, so this exclusion applies.",
            ),
            ({"hiv_test": "positive"}, "HIV test: positive, so this exclusion applies."),
            (
                {"secondary_immunodeficiency": None},
                "Cannot be decided yet: answer “Has the person a secondary immunodeficiency?”.",
            ),
            ({"hiv_test": None}, "Cannot be decided yet: enter the HIV test."),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert reasons("E10", **changes) == (said,)
