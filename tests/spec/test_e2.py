"""E2: other causes of the skin lesions, which have to be excluded. Section E2 of the criteria specification.

Baseline: all eight differential diagnoses are excluded.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result, vectors

DISEASES = [
    "ddx_erythema_multiforme",
    "ddx_syphilis",
    "ddx_sweet",
    "ddx_sjs",
    "ddx_acne_vulgaris",
    "ddx_herpes_simplex",
    "ddx_periodic_granulocytopenia",
    "ddx_acquired_immunodeficiency",
]
each = pytest.mark.parametrize("disease", DISEASES)


def flags(settings=None, /, **changes):
    items = vectors("E2")[0]["items"] | changes
    return [raised.kind.value for raised in evaluate(PROTOCOL, items, PROTOCOL.configure(settings)).flags("E2")]


class TestEachDisease:
    def test_all_excluded(self):
        assert outcome("E2") == NOT_MET

    @each
    def test_present(self, disease):
        assert outcome("E2", **{disease: "present"}) == MET

    @each
    @pytest.mark.parametrize("answer", ["suspected", None, "unknown", "no"])
    def test_suspected_or_not_assessed(self, disease, answer):
        assert outcome("E2", **{disease: answer}) == UNDETERMINED

    @each
    def test_present_decides_though_all_others_are_open(self, disease):
        assert outcome("E2", **dict.fromkeys(DISEASES, "suspected") | {disease: "present"}) == MET
        assert outcome("E2", **dict.fromkeys(DISEASES) | {disease: "present"}) == MET

    @each
    def test_excluded_alone_does_not_decide(self, disease):
        assert outcome("E2", **dict.fromkeys(DISEASES) | {disease: "excluded"}) == UNDETERMINED

    @each
    def test_is_needed(self, disease):
        assert result("E2", **{disease: None}).needs == (disease,)


class TestNeverDecides:
    """Supporting tests and the basis of an answer never decide."""

    @pytest.mark.parametrize(
        "support",
        [
            {"syphilis_treponemal": "positive", "syphilis_non_treponemal": "positive"},
            {"hiv_ever_positive": "yes", "hiv_test": "positive", "hiv_test_date": "2026-10-05"},
            {"ddx_syphilis_basis": "serology"},
            {"ddx_sjs_basis": None},
        ],
    )
    def test_supporting_answers(self, support):
        assert outcome("E2", **support) == NOT_MET
        assert outcome("E2", ddx_sweet=None, **support) == UNDETERMINED


class TestHivFlag:
    @pytest.mark.parametrize("positive", [{"hiv_ever_positive": "yes"}, {"hiv_test": "positive"}])
    def test_excluded_while_hiv_positive(self, positive):
        assert flags(**positive) == ["consistency"]

    @pytest.mark.parametrize(
        "answers",
        [
            {"hiv_ever_positive": "no", "hiv_test": "negative"},
            {"hiv_ever_positive": "unknown", "hiv_test": "indeterminate"},
            {"hiv_ever_positive": "yes", "hiv_test": "positive", "ddx_acquired_immunodeficiency": "present"},
            {"hiv_ever_positive": "yes", "ddx_acquired_immunodeficiency": "suspected"},
            {"hiv_ever_positive": "yes", "ddx_acquired_immunodeficiency": None},
        ],
    )
    def test_not_raised(self, answers):
        assert flags(**answers) == []

    def test_names_its_items(self):
        items = vectors("E2")[0]["items"] | {"hiv_ever_positive": "yes"}
        [raised] = evaluate(PROTOCOL, items).flags("E2")

        assert set(raised.items) >= {"ddx_acquired_immunodeficiency", "hiv_ever_positive"}


class TestSyphilisFlag:
    @pytest.mark.parametrize("test", ["syphilis_treponemal", "syphilis_non_treponemal"])
    @pytest.mark.parametrize(
        ("found", "answer", "raised"),
        [
            ("positive", "excluded", True),
            ("negative", "excluded", False),
            ("indeterminate", "excluded", False),
            ("positive", "present", False),
            ("positive", "suspected", False),
            ("positive", None, False),
        ],
    )
    def test_excluded_while_a_test_is_positive(self, test, found, answer, raised):
        assert flags(**{test: found, "ddx_syphilis": answer}) == ["consistency"] * raised


class TestExaminationFlag:
    """VALID_EXAM: 28 days before screening, a flag only."""

    @pytest.mark.parametrize(("day", "raised"), [("2026-09-16", True), ("2026-09-17", False), ("2026-10-15", False)])
    def test_outdated(self, day, raised):
        given = {"screening_date": "2026-10-15", "clinical_examination_date": day}

        assert flags(**given) == ["outdated"] * raised
        assert outcome("E2", **given) == NOT_MET

    def test_setting(self):
        given = {"screening_date": "2026-10-15", "clinical_examination_date": "2026-09-16"}

        assert flags({"VALID_EXAM": 29}, **given) == []


class TestReasons:
    def test_present(self):
        assert reasons("E2", ddx_syphilis="present") == ("Syphilis: present, so this exclusion applies.",)
