"""I3: dermatomyositis by the 2017 EULAR/ACR criteria. Sections I3 and 5.1 of the criteria specification.

Baseline: onset at 45, heliotrope rash and Gottron's papules, no muscle biopsy: 2.1 + 3.1 + 2.1 = 7.3, probable.
``classified`` and ``report`` begin from no feature at all. Scores are written without "iim_".
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result

WEIGHTS = {
    "weak_prox_upper": ("0.7", "0.7"),
    "weak_prox_lower": ("0.8", "0.5"),
    "neck_flexors_weaker": ("1.9", "1.6"),
    "leg_prox_weaker": ("0.9", "1.2"),
    "heliotrope": ("3.1", "3.2"),
    "gottron_papules": ("2.1", "2.7"),
    "gottron_sign": ("3.3", "3.7"),
    "dysphagia": ("0.7", "0.6"),
    "anti_jo1": ("3.9", "3.8"),
    "enzymes_elevated": ("1.3", "1.4"),
}
BIOPSY_WEIGHTS = {
    "bx_endomysial": "1.7",
    "bx_perimysial": "1.2",
    "bx_perifascicular_atrophy": "1.9",
    "bx_rimmed_vacuoles": "3.1",
}
WEAKNESS = ["weak_prox_upper", "weak_prox_lower", "neck_flexors_weaker", "leg_prox_weaker"]
SKIN = ["heliotrope", "gottron_papules", "gottron_sign"]
each_feature = pytest.mark.parametrize("feature", WEIGHTS)


def items(age, features="", **changes):
    """Every feature answered no but those named; without biopsy unless it is changed."""
    answers = dict.fromkeys([*WEIGHTS, *BIOPSY_WEIGHTS, "finger_flexor_weak", "treatment_response_not_improved"], "no")
    answers |= {"biopsy_done": "no", "no_better_explanation": "yes", "age_at_onset": age}
    answers |= dict.fromkeys(features.split(), "yes") | changes
    return {f"iim_{name}": answer for name, answer in answers.items()}


def classified(age, features="", settings=None, /, **changes):
    return outcome("I3", settings, **items(age, features, **changes))


def report(age, features="", settings=None, /, **changes):
    entered = items(age, features, **changes)
    return evaluate(PROTOCOL, entered, PROTOCOL.configure(settings)).as_json()["instruments"]["iim"]


class TestWeights:
    """Onset at 10 weighs nothing, so each score is the weight of one feature."""

    def test_none(self):
        assert report(10)["score"] == "0.0"
        assert report(10, biopsy_done="yes")["score"] == "0.0"

    @each_feature
    def test_without_biopsy(self, feature):
        assert report(10, feature)["score"] == WEIGHTS[feature][0]

    @each_feature
    def test_with_biopsy(self, feature):
        assert report(10, feature, biopsy_done="yes")["score"] == WEIGHTS[feature][1]

    @pytest.mark.parametrize("feature", BIOPSY_WEIGHTS)
    def test_of_the_biopsy(self, feature):
        assert report(10, feature, biopsy_done="yes")["score"] == BIOPSY_WEIGHTS[feature]
        assert report(10, feature)["score"] == "0.0"

    @pytest.mark.parametrize("item", ["finger_flexor_weak", "treatment_response_not_improved"])
    def test_items_of_the_tree_have_none(self, item):
        assert report(10, item)["score"] == "0.0"

    @pytest.mark.parametrize(
        ("age", "without", "with_biopsy"),
        [
            (0, "0.0", "0.0"),
            (17, "0.0", "0.0"),
            (18, "1.3", "1.5"),
            (39, "1.3", "1.5"),
            (40, "2.1", "2.2"),
            (110, "2.1", "2.2"),
        ],
    )
    def test_of_the_age_at_onset(self, age, without, with_biopsy):
        assert report(age)["score"] == without
        assert report(age, biopsy_done="yes")["score"] == with_biopsy

    def test_highest_score(self):
        everything = " ".join([*WEIGHTS, *BIOPSY_WEIGHTS])

        assert report(40, everything)["score"] == "20.8"
        assert report(40, everything, biopsy_done="yes")["score"] == "29.5"


class TestCategories:
    @pytest.mark.parametrize(
        ("age", "features", "score", "category", "probability"),
        [
            (40, "heliotrope", "5.2", "not IIM", 0.468),
            (18, "weak_prox_upper gottron_sign", "5.3", "possible", 0.493),
            (40, "gottron_sign", "5.4", "possible", 0.517),
            (40, "gottron_papules enzymes_elevated", "5.5", "probable", 0.542),
            (18, "leg_prox_weaker heliotrope gottron_papules", "7.4", "probable", 0.888),
            (40, "gottron_papules gottron_sign", "7.5", "definite", 0.898),
            (40, "weak_prox_upper neck_flexors_weaker gottron_papules dysphagia", "7.5", "definite", 0.898),
        ],
    )
    def test_without_biopsy(self, age, features, score, category, probability):
        found = report(age, features)

        assert (found["column"], found["score"], found["category"]) == ("no_biopsy", score, category)
        assert found["probability"] == probability

    @pytest.mark.parametrize(
        ("age", "features", "score", "category", "probability"),
        [
            (18, "heliotrope bx_endomysial", "6.4", "not IIM", 0.478),
            (40, "gottron_sign dysphagia", "6.5", "possible", 0.502),
            (40, "heliotrope bx_perimysial", "6.6", "possible", 0.527),
            (18, "heliotrope dysphagia enzymes_elevated", "6.7", "probable", 0.552),
            (40, "gottron_papules gottron_sign", "8.6", "probable", 0.892),
            (40, "neck_flexors_weaker gottron_sign bx_perimysial", "8.7", "definite", 0.901),
        ],
    )
    def test_with_biopsy(self, age, features, score, category, probability):
        found = report(age, features, biopsy_done="yes")

        assert (found["column"], found["score"], found["category"]) == ("biopsy", score, category)
        assert found["probability"] == probability


class TestThreshold:
    @pytest.mark.parametrize(
        ("age", "features", "biopsy", "probable", "definite"),
        [
            (40, "gottron_sign", "no", NOT_MET, NOT_MET),
            (40, "gottron_papules enzymes_elevated", "no", MET, NOT_MET),
            (18, "leg_prox_weaker heliotrope gottron_papules", "no", MET, NOT_MET),
            (40, "weak_prox_upper neck_flexors_weaker gottron_papules dysphagia", "no", MET, MET),
            (40, "heliotrope bx_perimysial", "yes", NOT_MET, NOT_MET),
            (18, "heliotrope dysphagia enzymes_elevated", "yes", MET, NOT_MET),
            (40, "gottron_papules gottron_sign", "yes", MET, NOT_MET),
            (40, "neck_flexors_weaker gottron_sign bx_perimysial", "yes", MET, MET),
        ],
    )
    def test_lowest_category_that_counts(self, age, features, biopsy, probable, definite):
        assert classified(age, features, biopsy_done=biopsy) == probable
        assert classified(age, features, {"IIM_MIN_CATEGORY": "definite"}, biopsy_done=biopsy) == definite


class TestUnknownFeatures:
    @each_feature
    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_one_that_would_reach_the_threshold_leaves_it_open(self, feature, answer):
        entered = items(40, "gottron_sign") | {f"iim_{feature}": answer}
        expected = NOT_MET if feature == "gottron_sign" else UNDETERMINED

        assert outcome("I3", **entered) == expected

    @each_feature
    def test_one_does_not_matter_above_the_threshold(self, feature):
        assert outcome("I3", **items(40, " ".join(SKIN)) | {f"iim_{feature}": None}) == MET

    def test_highest_score_exactly_at_the_threshold_is_open(self):
        assert classified(40, "gottron_papules", enzymes_elevated=None) == UNDETERMINED

    def test_highest_score_one_tenth_below_fails(self):
        assert classified(18, "weak_prox_lower", gottron_sign=None) == NOT_MET

    def test_lowest_score_exactly_at_the_threshold_passes(self):
        assert classified(40, "gottron_papules enzymes_elevated", dysphagia=None) == MET

    def test_report_is_open(self):
        found = report(40, "gottron_sign", enzymes_elevated=None)

        assert (found["score"], found["probability"], found["category"]) == (None, None, None)

    def test_report_names_a_category_that_is_sure(self):
        assert report(40, "gottron_sign gottron_papules", enzymes_elevated=None)["category"] == "definite"


class TestAdultOnset:
    @pytest.mark.parametrize(("age", "expected"), [(17, NOT_MET), (18, MET), (0, NOT_MET)])
    def test_juvenile_onset_with_rash_does_not_count(self, age, expected):
        assert classified(age, " ".join(SKIN)) == expected

    @pytest.mark.parametrize("age", [0, 17, 18])
    def test_it_counts_where_the_study_accepts_it(self, age):
        assert classified(age, " ".join(SKIN), {"ACCEPT_JDM_ADULT": True}) == MET

    def test_the_score_and_the_rash_are_still_needed(self):
        assert classified(17, "heliotrope gottron_papules", {"ACCEPT_JDM_ADULT": True}) == NOT_MET
        assert classified(17, "anti_jo1 neck_flexors_weaker", {"ACCEPT_JDM_ADULT": True}) == NOT_MET


class TestAgeMissing:
    @pytest.mark.parametrize("age", [None, 111, -1, "45", 45.0, True])
    def test_missing_or_refused(self, age):
        assert classified(age, " ".join(SKIN)) == UNDETERMINED

    @pytest.mark.parametrize(("age", "expected"), [(0, NOT_MET), (110, MET)])
    def test_first_and_last_accepted(self, age, expected):
        assert classified(age, " ".join(SKIN)) == expected

    @pytest.mark.parametrize(
        ("features", "expected"),
        [
            ("gottron_sign", NOT_MET),
            ("gottron_papules enzymes_elevated", UNDETERMINED),
            ("anti_jo1 enzymes_elevated", NOT_MET),
        ],
    )
    def test_counts_as_the_highest_band_for_the_highest_score(self, features, expected):
        assert classified(None, features) == expected

    @pytest.mark.parametrize(
        ("features", "expected"), [("gottron_papules gottron_sign", UNDETERMINED), ("gottron_sign heliotrope", MET)]
    )
    def test_counts_nothing_for_the_lowest_score(self, features, expected):
        settings = {"ACCEPT_JDM_ADULT": True}

        assert classified(None, features, settings, enzymes_elevated="no") == expected

    @pytest.mark.parametrize(
        ("birth_date", "expected"),
        [("1981-10-14", MET), ("1981-10-15", UNDETERMINED), ("1981", MET), ("1982", UNDETERMINED), (None, MET)],
    )
    def test_not_more_than_the_age_at_consent(self, birth_date, expected):
        assert outcome("I3", birth_date=birth_date, consent_date="2026-10-14") == expected


class TestSkin:
    @pytest.mark.parametrize("sign", SKIN)
    def test_one_sign_is_enough(self, sign):
        assert classified(40, f"{sign} anti_jo1") == MET

    def test_no_sign_is_not_dermatomyositis(self):
        assert classified(40, "anti_jo1 neck_flexors_weaker") == NOT_MET

    @pytest.mark.parametrize("sign", SKIN)
    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_an_open_sign(self, sign, answer):
        assert classified(40, "anti_jo1 neck_flexors_weaker", **{sign: answer}) == UNDETERMINED


class TestBetterExplanation:
    @pytest.mark.parametrize(
        ("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_answer(self, answer, expected):
        assert outcome("I3", iim_no_better_explanation=answer) == expected

    def test_one_failing_limb_decides_though_another_is_open(self):
        assert classified(40, "anti_jo1 neck_flexors_weaker", no_better_explanation=None) == NOT_MET
        assert classified(17, " ".join(SKIN), no_better_explanation=None) == NOT_MET
        assert classified(40, "gottron_sign", no_better_explanation=None) == NOT_MET
        assert classified(None, "gottron_sign", no_better_explanation="no") == NOT_MET


class TestBiopsyColumn:
    def test_done_counts_even_when_nothing_was_found(self):
        features = "weak_prox_upper weak_prox_lower heliotrope"

        assert classified(48, features) == MET
        assert classified(48, features, biopsy_done="yes") == NOT_MET

    @pytest.mark.parametrize("done", ["unknown", None])
    @pytest.mark.parametrize(
        ("features", "expected"),
        [
            ("weak_prox_upper weak_prox_lower heliotrope", UNDETERMINED),
            ("weak_prox_upper gottron_papules gottron_sign", MET),
            ("gottron_sign", NOT_MET),
            ("gottron_sign bx_rimmed_vacuoles", UNDETERMINED),
        ],
    )
    def test_both_must_agree_while_it_is_open(self, done, features, expected):
        assert classified(48, features, biopsy_done=done) == expected

    @pytest.mark.parametrize("feature", BIOPSY_WEIGHTS)
    def test_its_features_are_in_the_explanation(self, feature):
        assert f"iim_{feature}" in result("I3", **items(48, "gottron_sign", biopsy_done="yes")).items

    def test_open_biopsy_features_count_in_the_highest_score(self):
        open_features = dict.fromkeys(BIOPSY_WEIGHTS)

        assert classified(48, "gottron_sign", biopsy_done="yes", **open_features) == UNDETERMINED
        assert classified(48, "gottron_sign", biopsy_done=None, **open_features) == UNDETERMINED
        assert classified(48, "gottron_sign", biopsy_done="no", **open_features) == NOT_MET

    def test_features_left_from_a_biopsy_not_done_do_not_count(self):
        assert classified(48, "gottron_sign bx_rimmed_vacuoles", biopsy_done="no") == NOT_MET

    @pytest.mark.parametrize(("settings", "expected"), [(None, NOT_MET), ({"IIM_BIOPSY_COLUMN": "unless_rash"}, MET)])
    def test_setting(self, settings, expected):
        features = "weak_prox_upper weak_prox_lower heliotrope"

        assert classified(48, features, settings, biopsy_done="yes") == expected

    @pytest.mark.parametrize(
        ("features", "done", "heliotrope", "column"),
        [
            ("anti_jo1", "yes", "no", "biopsy"),
            ("anti_jo1", "yes", "yes", "no_biopsy"),
            ("gottron_sign", "yes", None, "no_biopsy"),
            ("gottron_papules", None, "no", "no_biopsy"),
            ("anti_jo1", "yes", None, None),
            ("anti_jo1", None, "no", None),
            ("anti_jo1", "no", None, "no_biopsy"),
        ],
    )
    def test_unless_rash(self, features, done, heliotrope, column):
        settings = {"IIM_BIOPSY_COLUMN": "unless_rash"}

        assert report(48, features, settings, biopsy_done=done, heliotrope=heliotrope)["column"] == column


class TestSubgroup:
    @pytest.mark.parametrize("weakness", WEAKNESS)
    def test_any_weakness_is_dm(self, weakness):
        assert report(40, f"heliotrope gottron_sign {weakness}")["subgroup"] == "DM"

    def test_no_weakness_is_adm(self):
        assert report(40, "heliotrope gottron_sign enzymes_elevated dysphagia anti_jo1")["subgroup"] == "ADM"

    @pytest.mark.parametrize("weakness", WEAKNESS)
    def test_open_weakness_leaves_the_label_open_but_not_the_criterion(self, weakness):
        assert report(40, "heliotrope gottron_sign", **{weakness: None})["subgroup"] is None
        assert classified(40, "heliotrope gottron_sign", **{weakness: None}) == MET

    @pytest.mark.parametrize(
        ("age", "features", "subgroup"),
        [
            (17, "heliotrope gottron_sign", "JDM"),
            (18, "heliotrope gottron_sign", "ADM"),
            (17, "anti_jo1 neck_flexors_weaker", "other juvenile myositis"),
            (18, "anti_jo1 neck_flexors_weaker", "PM"),
            (18, "anti_jo1 neck_flexors_weaker finger_flexor_weak", "PM"),
            (18, "anti_jo1 neck_flexors_weaker treatment_response_not_improved", "PM"),
            (18, "anti_jo1 neck_flexors_weaker finger_flexor_weak treatment_response_not_improved", "IBM"),
        ],
    )
    def test_leaf(self, age, features, subgroup):
        assert report(age, features)["subgroup"] == subgroup

    def test_rimmed_vacuoles_are_ibm_only_without_a_rash(self):
        vacuoles = "anti_jo1 neck_flexors_weaker bx_rimmed_vacuoles"

        assert report(40, vacuoles, biopsy_done="yes")["subgroup"] == "IBM"
        assert report(40, f"{vacuoles} gottron_sign", biopsy_done="yes")["subgroup"] == "DM"
        assert report(40, vacuoles, biopsy_done="no")["subgroup"] == "PM"

    def test_rimmed_vacuoles_leave_the_label_open_while_the_biopsy_is(self):
        vacuoles = "anti_jo1 neck_flexors_weaker weak_prox_upper bx_rimmed_vacuoles"

        assert report(40, vacuoles, biopsy_done=None)["subgroup"] is None
        assert report(40, vacuoles, biopsy_done=None, bx_rimmed_vacuoles="no")["subgroup"] == "PM"

    @pytest.mark.parametrize(
        ("age", "features", "subgroup"),
        [(40, "gottron_sign", None), (40, "gottron_papules enzymes_elevated", "ADM")],
    )
    def test_only_from_probable(self, age, features, subgroup):
        assert report(age, features)["subgroup"] == subgroup

    def test_only_from_probable_in_every_column_that_may_apply(self):
        features = "weak_prox_upper weak_prox_lower heliotrope"

        assert report(48, features, biopsy_done="no")["subgroup"] == "DM"
        assert report(48, features, biopsy_done=None)["subgroup"] is None

    @pytest.mark.parametrize("item", ["finger_flexor_weak", "treatment_response_not_improved"])
    @pytest.mark.parametrize("answer", ["yes", "no", "unknown", None])
    def test_items_of_the_tree_do_not_change_the_criterion(self, item, answer):
        assert outcome("I3", **{f"iim_{item}": answer}) == MET


class TestReasons:
    def test_below_the_threshold(self):
        assert reasons("I3", **items(40, "gottron_sign")) == (
            "The EULAR/ACR score 5.4 (without biopsy) is below 5.5, so this criterion is not met.",
        )

    def test_juvenile_onset(self):
        assert reasons("I3", **items(17, " ".join(SKIN))) == (
            "Age at onset 17 is below 18, so this criterion is not met.",
        )

    @pytest.mark.parametrize(("age", "said"), [(18, "Age at onset 18 is 18 or more."), (17, None)])
    def test_adult_onset(self, age, said):
        assert (said in reasons("I3", **items(age, " ".join(SKIN)))) is (said is not None)

    @pytest.mark.parametrize(("done", "asked"), [("no", ()), ("yes", ("iim_bx_endomysial",))])
    def test_open_score_needs_the_biopsy_only_where_it_counts(self, done, asked):
        entered = items(40, "gottron_sign", biopsy_done=done, bx_endomysial=None, enzymes_elevated="unknown")

        assert result("I3", **entered).needs == ("iim_enzymes_elevated", *asked)

    def test_open_score_needs_everything_that_is_open(self):
        nothing = dict.fromkeys(items(40))

        assert result("I3", **nothing).needs == (
            "iim_age_at_onset",
            *(f"iim_{name}" for name in (*WEIGHTS, "biopsy_done", *BIOPSY_WEIGHTS, "no_better_explanation")),
        )

    def test_open_score(self):
        [said] = reasons("I3", **items(40, "gottron_sign", enzymes_elevated=None))

        assert said.endswith("the score is 5.4 to 6.7 (without biopsy) and 5.5 is needed.")
