"""E6: allergy or contraindication to lenalidomide or thalidomide. Section E6 of the criteria specification.

Baseline: a man, never exposed, without contraindication, who agrees to contraception. ``woman`` is of childbearing
potential, has a negative test on the day of screening, and keeps the conditions of the pregnancy prevention programme.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result, vectors

WOMAN = {
    "sex_at_birth": "female",
    "contraception_agreed": None,
    "screening_date": "2026-10-15",
    "known_pregnant": "no",
    "childbearing_potential": "yes",
    "pregnancy_test_result": "negative",
    "pregnancy_test_date": "2026-10-15",
    "ppp_conditions_met": "yes",
}
HYSTERECTOMY = {"childbearing_potential": "no", "no_childbearing_reason": "hysterectomy"}
ALLERGIES = ["allergy_lenalidomide", "allergy_thalidomide"]
CONTRAINDICATIONS = ["contraindication_lenalidomide", "contraindication_thalidomide"]
YES_NO = [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]


def woman(settings=None, /, **changes):
    return outcome("E6", settings, **WOMAN | changes)


class TestAllergy:
    @pytest.mark.parametrize("drug", ALLERGIES)
    @pytest.mark.parametrize(("answer", "expected"), [*YES_NO, ("never_exposed", NOT_MET), ("none", UNDETERMINED)])
    def test_each_drug(self, drug, answer, expected):
        assert outcome("E6", **{drug: answer}) == expected
        assert woman(**{drug: answer}) == expected


class TestContraindication:
    @pytest.mark.parametrize("drug", CONTRAINDICATIONS)
    @pytest.mark.parametrize(("answer", "expected"), [*YES_NO, ("never_exposed", UNDETERMINED)])
    def test_each_drug(self, drug, answer, expected):
        assert outcome("E6", **{drug: answer}) == expected
        assert woman(**{drug: answer}) == expected


class TestMan:
    @pytest.mark.parametrize(
        ("agreed", "expected"), [("yes", NOT_MET), ("no", MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_contraception(self, agreed, expected):
        assert outcome("E6", contraception_agreed=agreed) == expected

    def test_answers_left_from_a_corrected_sex_are_not_evaluated(self):
        left = {"known_pregnant": "yes", "ppp_conditions_met": "no", "childbearing_potential": "yes"}

        assert outcome("E6", **left) == NOT_MET


class TestPreventionProgramme:
    @pytest.mark.parametrize(
        ("kept", "expected"), [("yes", NOT_MET), ("no", MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_of_childbearing_potential(self, kept, expected):
        assert woman(ppp_conditions_met=kept) == expected

    @pytest.mark.parametrize("kept", ["yes", "no", "unknown", None])
    def test_is_not_asked_without_childbearing_potential(self, kept):
        assert woman(ppp_conditions_met=kept, **HYSTERECTOMY) == NOT_MET

    @pytest.mark.parametrize(
        "given",
        [
            {"childbearing_potential": "no", "no_childbearing_reason": "other"},
            {"childbearing_potential": "no", "no_childbearing_reason": None},
            {"childbearing_potential": None, "no_childbearing_reason": "hysterectomy"},
            {"childbearing_potential": "unknown"},
        ],
    )
    def test_anything_else_counts_as_childbearing(self, given):
        assert woman(ppp_conditions_met="no", **given) == MET
        assert woman(ppp_conditions_met=None, **given) == UNDETERMINED

    @pytest.mark.parametrize(
        ("given", "decides"),
        [
            ({"childbearing_potential": "yes", "no_childbearing_reason": "hysterectomy"}, "childbearing_potential"),
            ({"childbearing_potential": "no", "no_childbearing_reason": "other"}, "no_childbearing_reason"),
        ],
    )
    def test_one_answer_settles_that_it_is_asked(self, given, decides):
        answers = {"childbearing_potential", "no_childbearing_reason"}

        assert answers & set(result("E6", **WOMAN | given).items) == {decides}

    def test_contraception_of_men_is_not_evaluated(self):
        assert woman(contraception_agreed="no") == NOT_MET

    def test_breastfeeding_is_not_evaluated(self):
        assert woman(breastfeeding="yes") == NOT_MET


class TestPregnancy:
    @pytest.mark.parametrize("pregnant", [{"known_pregnant": "yes"}, {"pregnancy_test_result": "positive"}])
    def test_excludes_whatever_else_is_answered(self, pregnant):
        assert woman(**pregnant) == MET
        assert woman(**pregnant, **HYSTERECTOMY) == MET
        assert woman(**pregnant, ppp_conditions_met=None) == MET

    @pytest.mark.parametrize("found", ["indeterminate", "not_done", None])
    def test_is_open_without_a_result(self, found):
        assert woman(pregnancy_test_result=found) == UNDETERMINED
        assert woman(pregnancy_test_result=found, ppp_conditions_met="no") == MET

    @pytest.mark.parametrize(
        ("day", "usable"),
        [("2026-10-07", False), ("2026-10-08", True), ("2026-11-12", True), ("2026-11-13", False), (None, False)],
    )
    def test_window_of_7_days_before_to_28_days_after_screening(self, day, usable):
        assert woman(pregnancy_test_date=day) == (NOT_MET if usable else UNDETERMINED)
        assert woman(pregnancy_test_date=day, pregnancy_test_result="positive") == (MET if usable else UNDETERMINED)

    def test_setting(self):
        assert woman({"VALID_PREG": 8}, pregnancy_test_date="2026-10-07") == NOT_MET

    @pytest.mark.parametrize(("known", "expected"), [("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)])
    def test_without_childbearing_potential_it_must_be_denied(self, known, expected):
        no_test = {"pregnancy_test_result": None, "pregnancy_test_date": None}

        assert woman(known_pregnant=known, **HYSTERECTOMY | no_test) == expected


class TestSexUnknown:
    @pytest.mark.parametrize("sex", ["other_unknown", None])
    def test_leaves_the_label_open(self, sex):
        assert woman(sex_at_birth=sex) == UNDETERMINED
        assert outcome("E6", sex_at_birth=sex) == UNDETERMINED
        assert woman(sex_at_birth=sex, known_pregnant="yes", contraception_agreed="no") == UNDETERMINED

    @pytest.mark.parametrize("limb", [*ALLERGIES, *CONTRAINDICATIONS])
    def test_another_limb_decides(self, limb):
        missing = dict.fromkeys([*ALLERGIES, *CONTRAINDICATIONS, "sex_at_birth", "contraception_agreed"])

        assert outcome("E6", **missing | {limb: "yes"}) == MET


class TestExaminationFlag:
    """VALID_EXAM: 28 days before screening, a flag only."""

    @pytest.mark.parametrize(("day", "raised"), [("2026-09-16", True), ("2026-09-17", False)])
    def test_outdated(self, day, raised):
        dates = {"screening_date": "2026-10-15", "clinical_examination_date": day}
        found = evaluate(PROTOCOL, vectors("E6")[0]["items"] | dates).flags("E6")

        assert [flag.kind.value for flag in found] == ["outdated"] * raised
        assert outcome("E6", **dates) == NOT_MET


class TestReasons:
    def test_allergy(self):
        assert reasons("E6", allergy_thalidomide="yes") == ("Allergy to thalidomide: yes, so this exclusion applies.",)

    def test_contraception(self):
        assert reasons("E6", contraception_agreed="no") == ("Contraception agreed: no, so this exclusion applies.",)

    def test_prevention_programme(self):
        assert reasons("E6", **WOMAN | {"ppp_conditions_met": "no"}) == (
            "Conditions of the pregnancy prevention programme: no, so this exclusion applies.",
        )
