"""E5: thrombosis, hypercoagulability, risk of myocardial infarction. Section E5 of the criteria specification.

Baseline: no thrombosis, none of the six risk factors, and no judgement of the investigator.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors

HISTORY = ["arterial_thrombosis_history", "mi_or_cad_history", "hypercoagulability", "vte_history"]
FACTORS = [
    "rf_hypertension",
    "rf_diabetes",
    "rf_dyslipidaemia",
    "rf_current_smoker",
    "rf_obesity",
    "rf_family_history_cad",
]
STRICT, INVESTIGATOR = {"MI_RF_MODE": "strict"}, {"MI_RF_MODE": "investigator"}
each_factor = pytest.mark.parametrize("factor", FACTORS)
both_modes = pytest.mark.parametrize("settings", [None, STRICT, INVESTIGATOR])


def judged(settings, judgement, **changes):
    return outcome("E5", settings, mi_risk_investigator_excludes=judgement, **changes)


class TestHistory:
    @both_modes
    @pytest.mark.parametrize("limb", HISTORY)
    @pytest.mark.parametrize(
        ("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_each_limb(self, settings, limb, answer, expected):
        assert outcome("E5", settings, **{limb: answer}) == expected

    @pytest.mark.parametrize("limb", HISTORY)
    def test_one_decides_though_everything_else_is_open(self, limb):
        everything = dict.fromkeys([*HISTORY, *FACTORS]) | {limb: "yes"}

        assert outcome("E5", **everything) == MET
        assert judged(INVESTIGATOR, "no", **everything) == MET


class TestStrict:
    @each_factor
    @pytest.mark.parametrize("judgement", ["no", None])
    def test_any_factor_excludes_and_cannot_be_waived(self, factor, judgement):
        assert judged(None, judgement, **{factor: "yes"}) == MET
        assert judged(STRICT, judgement, **{factor: "yes"}) == MET

    @each_factor
    @pytest.mark.parametrize("answer", ["unknown", None])
    @pytest.mark.parametrize("judgement", ["no", None])
    def test_an_open_factor_leaves_it_open(self, factor, answer, judgement):
        assert judged(None, judgement, **{factor: answer}) == UNDETERMINED

    @each_factor
    def test_one_factor_decides_though_the_others_are_open(self, factor):
        assert outcome("E5", **dict.fromkeys(FACTORS) | {factor: "yes"}) == MET


class TestInvestigator:
    @each_factor
    @pytest.mark.parametrize(
        ("judgement", "expected"), [("yes", MET), ("no", NOT_MET), (None, UNDETERMINED), ("unknown", UNDETERMINED)]
    )
    def test_judges_a_factor(self, factor, judgement, expected):
        assert judged(INVESTIGATOR, judgement, **{factor: "yes"}) == expected

    @each_factor
    @pytest.mark.parametrize("answer", ["unknown", None])
    @pytest.mark.parametrize("others", ["yes", "no"])
    def test_no_counts_only_when_all_six_are_answered(self, factor, answer, others):
        answers = dict.fromkeys(FACTORS, others) | {factor: answer}

        assert judged(INVESTIGATOR, "no", **answers) == UNDETERMINED
        assert judged(INVESTIGATOR, None, **answers) == UNDETERMINED
        assert judged(INVESTIGATOR, "yes", **answers) == MET

    def test_all_six_present_are_waived(self):
        assert judged(INVESTIGATOR, "no", **dict.fromkeys(FACTORS, "yes")) == NOT_MET

    def test_no_judgement_is_needed_without_a_factor(self):
        assert outcome("E5", INVESTIGATOR) == NOT_MET


class TestAnotherFactor:
    @both_modes
    @pytest.mark.parametrize(("judgement", "expected"), [("yes", MET), ("no", NOT_MET), (None, NOT_MET)])
    def test_the_investigator_may_exclude_for_a_factor_outside_the_six(self, settings, judgement, expected):
        assert judged(settings, judgement) == expected

    @both_modes
    def test_excludes_though_the_six_are_open(self, settings):
        assert judged(settings, "yes", **dict.fromkeys(FACTORS)) == MET


class TestNotCounted:
    @pytest.mark.parametrize(
        "answers",
        [
            {"birth_date": "1951-10-14", "consent_date": "2026-10-14", "sex_at_birth": "male"},
            {"antiphospholipid_panel": "positive", "systolic_mmhg": 190, "bmi": "34", "oestrogen_use": "yes"},
        ],
    )
    def test_age_male_sex_and_proof_items(self, answers):
        assert outcome("E5", **answers) == NOT_MET


class TestExaminationFlag:
    """VALID_EXAM: 28 days before screening, a flag only."""

    @pytest.mark.parametrize(("day", "raised"), [("2026-09-16", True), ("2026-09-17", False)])
    def test_outdated(self, day, raised):
        dates = {"screening_date": "2026-10-15", "clinical_examination_date": day}
        found = evaluate(PROTOCOL, vectors("E5")[0]["items"] | dates).flags("E5")

        assert [flag.kind.value for flag in found] == ["outdated"] * raised
        assert outcome("E5", **dates) == NOT_MET


class TestReasons:
    def test_thrombosis(self):
        assert reasons("E5", vte_history="yes") == (
            "History of venous thromboembolism: yes, so this exclusion applies.",
        )

    def test_open_factor(self):
        assert reasons("E5", rf_obesity=None) == ("Cannot be decided yet: answer “Is the person obese?”.",)
