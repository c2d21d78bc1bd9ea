"""E1: pregnancy, breastfeeding, fertility plans. Section E1 of the criteria specification; pregnancy is that of I1.

Baseline: a woman of childbearing potential with a negative test on the day of screening, to whom none applies.
"""

import pytest

from tests.spec.chapter import MET, NOT_MET, UNDETERMINED, outcome, reasons

NO_TEST = {"pregnancy_test_result": None, "pregnancy_test_date": None}
HYSTERECTOMY = {"childbearing_potential": "no", "no_childbearing_reason": "hysterectomy"}
OPEN = ["unknown", None]


def woman(settings=None, /, **changes):
    return outcome("E1", settings, **changes)


def man(**changes):
    return outcome("E1", sex_at_birth="male", **changes)


class TestWoman:
    def test_none_applies(self):
        assert woman() == NOT_MET

    @pytest.mark.parametrize(
        "limb",
        [
            {"known_pregnant": "yes"},
            {"pregnancy_test_result": "positive"},
            {"breastfeeding": "yes"},
            {"fertility_plan": "yes"},
        ],
    )
    def test_one_limb_decides_whatever_is_missing(self, limb):
        missing = {"breastfeeding": None, "fertility_plan": None}

        assert woman(**limb) == MET
        assert woman(**missing | limb) == MET

    @pytest.mark.parametrize("limb", ["breastfeeding", "fertility_plan"])
    def test_one_limb_decides_though_pregnancy_is_open(self, limb):
        assert woman(**NO_TEST | {limb: "yes"}) == MET

    @pytest.mark.parametrize("answer", OPEN)
    @pytest.mark.parametrize("limb", ["breastfeeding", "fertility_plan"])
    def test_one_open_limb_leaves_it_open(self, limb, answer):
        assert woman(**{limb: answer}) == UNDETERMINED


class TestPregnancy:
    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            ("negative", NOT_MET),
            ("positive", MET),
            ("indeterminate", UNDETERMINED),
            ("not_done", UNDETERMINED),
            (None, UNDETERMINED),
        ],
    )
    def test_result(self, found, expected):
        assert woman(pregnancy_test_result=found) == expected

    @pytest.mark.parametrize(
        ("day", "usable"),
        [
            ("2026-10-07", False),
            ("2026-10-08", True),
            ("2026-11-12", True),
            ("2026-11-13", False),
            ("2026-10", False),
            (None, False),
        ],
    )
    def test_window_of_7_days_before_to_28_days_after_screening(self, day, usable):
        assert woman(pregnancy_test_date=day) == (NOT_MET if usable else UNDETERMINED)
        assert woman(pregnancy_test_date=day, pregnancy_test_result="positive") == (MET if usable else UNDETERMINED)

    @pytest.mark.parametrize(("day", "expected"), [("2026-10-12", NOT_MET), ("2026-10-11", UNDETERMINED)])
    def test_setting(self, day, expected):
        assert woman({"VALID_PREG": 3}, pregnancy_test_date=day) == expected

    def test_no_test_is_needed_without_childbearing_potential(self):
        assert woman(**NO_TEST | HYSTERECTOMY) == NOT_MET

    @pytest.mark.parametrize("known", OPEN)
    def test_known_pregnancy_must_then_be_denied(self, known):
        assert woman(known_pregnant=known, **NO_TEST | HYSTERECTOMY) == UNDETERMINED

    @pytest.mark.parametrize("reason", ["other", None])
    def test_another_reason_counts_as_childbearing(self, reason):
        given = {"childbearing_potential": "no", "no_childbearing_reason": reason}

        assert woman(**NO_TEST | given) == UNDETERMINED

    @pytest.mark.parametrize("found", ["positive", "indeterminate"])
    def test_stale_positive_or_indeterminate_is_not_forgotten(self, found):
        assert woman(pregnancy_test_result=found, pregnancy_test_date="2026-10-07", **HYSTERECTOMY) == UNDETERMINED


class TestMan:
    @pytest.mark.parametrize(
        ("plan", "expected"), [("no", NOT_MET), ("yes", MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_only_the_plan_counts(self, plan, expected):
        nothing = dict.fromkeys(("known_pregnant", "childbearing_potential", "breastfeeding"))

        assert man(fertility_plan=plan, **nothing | NO_TEST) == expected

    def test_answers_left_from_a_corrected_sex_are_not_evaluated(self):
        assert man(known_pregnant="yes", breastfeeding="yes", pregnancy_test_result="positive") == NOT_MET


class TestSexUnknown:
    @pytest.mark.parametrize("sex", ["other_unknown", None])
    @pytest.mark.parametrize(
        ("plan", "expected"), [("yes", MET), ("no", UNDETERMINED), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_only_a_plan_decides(self, sex, plan, expected):
        assert woman(sex_at_birth=sex, fertility_plan=plan) == expected

    def test_pregnancy_does_not_decide(self):
        assert woman(sex_at_birth=None, known_pregnant="yes", breastfeeding="yes") == UNDETERMINED


class TestReasons:
    def test_plan(self):
        assert reasons("E1", fertility_plan="yes") == ("Fertility plan: yes, so this exclusion applies.",)

    def test_each_limb_that_applies_is_named(self):
        assert reasons("E1", fertility_plan="yes", breastfeeding="yes") == (
            "Breastfeeding: yes, so this exclusion applies.",
            "Fertility plan: yes, so this exclusion applies.",
        )
