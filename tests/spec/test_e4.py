"""E4: severe infection, hepatitis B or C, tuberculosis, HIV. Sections E4 and 5.5 of the criteria specification.

Baseline: nothing found; every test of 2026-10-05, screening on 2026-10-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors

DATES = {"hbv": "hbv_date", "hcv": "hcv_date", "tb": "tb_date"}
OUTSIDE = ["2026-07-16", "2026-11-13", "2026-10", None]
INSIDE = ["2026-07-17", "2026-11-12"]


def infected(settings=None, /, **changes):
    return outcome("E4", settings, **{"hbsag": "negative"} | changes)


def flags(**changes):
    items = vectors("E4")[0]["items"] | {"hbsag": "negative", "hcv_rna": "not_detected"} | changes
    return [(raised.kind.value, raised.items) for raised in evaluate(PROTOCOL, items).flags("E4")]


class TestAcuteInfection:
    @pytest.mark.parametrize(
        ("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_answer(self, answer, expected):
        assert infected(acute_severe_infection=answer) == expected


class TestHepatitisB:
    @pytest.mark.parametrize("antibody", ["negative", "positive", None])
    @pytest.mark.parametrize("dna", ["detected", "not_detected", "not_done", None])
    def test_surface_antigen_is_active_whatever_the_rest(self, antibody, dna):
        assert infected(hbsag="positive", anti_hbc_total=antibody, hbv_dna=dna) == MET

    @pytest.mark.parametrize("antigen", ["negative", "indeterminate", "not_done", None])
    def test_dna_is_active_whatever_the_antigen(self, antigen):
        assert infected(hbsag=antigen, hbv_dna="detected") == MET

    @pytest.mark.parametrize(
        ("antibody", "dna", "expected"),
        [
            ("negative", "not_done", NOT_MET),
            ("negative", None, NOT_MET),
            ("negative", "not_detected", NOT_MET),
            ("positive", "not_detected", NOT_MET),
            ("indeterminate", "not_detected", NOT_MET),
            ("not_done", "not_detected", NOT_MET),
            (None, "not_detected", NOT_MET),
            ("positive", "not_done", UNDETERMINED),
            ("positive", None, UNDETERMINED),
            ("indeterminate", "not_done", UNDETERMINED),
            ("not_done", "not_done", UNDETERMINED),
            (None, None, UNDETERMINED),
        ],
    )
    def test_negative_antigen_needs_a_second_negative_result(self, antibody, dna, expected):
        assert infected(anti_hbc_total=antibody, hbv_dna=dna) == expected

    @pytest.mark.parametrize("antigen", ["indeterminate", "not_done", None, "pos"])
    def test_without_a_negative_antigen_it_stays_open(self, antigen):
        assert infected(hbsag=antigen, anti_hbc_total="negative", hbv_dna="not_detected") == UNDETERMINED


class TestHepatitisC:
    @pytest.mark.parametrize("antibody", ["negative", "positive", "indeterminate", "not_done", None])
    def test_rna_decides(self, antibody):
        assert infected(anti_hcv=antibody, hcv_rna="detected") == MET
        assert infected(anti_hcv=antibody, hcv_rna="not_detected") == NOT_MET

    @pytest.mark.parametrize("rna", ["not_done", None])
    @pytest.mark.parametrize(
        ("antibody", "expected"),
        [
            ("negative", NOT_MET),
            ("positive", UNDETERMINED),
            ("indeterminate", UNDETERMINED),
            ("not_done", UNDETERMINED),
            (None, UNDETERMINED),
        ],
    )
    def test_antibody_without_rna(self, antibody, rna, expected):
        assert infected(anti_hcv=antibody, hcv_rna=rna) == expected


class TestTuberculosis:
    @pytest.mark.parametrize("imaging", ["no_active_tb", "suggestive", "not_done", None])
    def test_clinical_signs_decide(self, imaging):
        assert infected(tb_active_clinical="yes", tb_imaging=imaging) == MET
        assert infected(tb_active_clinical="yes", tb_imaging=imaging, tb_date=None) == MET

    @pytest.mark.parametrize(
        ("imaging", "expected"),
        [
            ("no_active_tb", NOT_MET),
            ("suggestive", UNDETERMINED),
            ("not_done", UNDETERMINED),
            (None, UNDETERMINED),
        ],
    )
    def test_is_ruled_out_by_imaging_only(self, imaging, expected):
        assert infected(tb_imaging=imaging, igra="negative") == expected

    @pytest.mark.parametrize("clinical", ["unknown", None])
    def test_imaging_alone_is_not_enough(self, clinical):
        assert infected(tb_active_clinical=clinical) == UNDETERMINED

    @pytest.mark.parametrize("igra", ["negative", "positive", "indeterminate", "not_done", None])
    def test_igra_decides_nothing(self, igra):
        assert infected(igra=igra) == NOT_MET
        assert infected(igra=igra, tb_imaging="suggestive") == UNDETERMINED


class TestHiv:
    @pytest.mark.parametrize("limb", ["hiv_ever_positive", "hiv_clinical_suspicion"])
    @pytest.mark.parametrize(
        ("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_history_and_suspicion(self, limb, answer, expected):
        assert infected(**{limb: answer}) == expected

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            ("negative", NOT_MET),
            ("not_done", NOT_MET),
            ("positive", MET),
            ("indeterminate", UNDETERMINED),
            (None, UNDETERMINED),
            ("reactive", UNDETERMINED),
        ],
    )
    @pytest.mark.parametrize("day", ["2026-10-05", "2026-07-16", "2016-01-01", None])
    def test_result_of_any_age(self, found, expected, day):
        assert infected(hiv_test=found, hiv_test_date=day) == expected

    def test_history_beats_a_negative_test(self):
        assert infected(hiv_ever_positive="yes", hiv_test="negative") == MET

    def test_needs_no_screening_date_to_be_positive(self):
        assert infected(hiv_test="positive", screening_date=None) == MET


class TestWindow:
    """90 days before to 28 days after screening, both ends usable."""

    @pytest.mark.parametrize("date", DATES.values())
    def test_favourable_results(self, date):
        assert {infected(**{date: day}) for day in INSIDE} == {NOT_MET}
        assert {infected(**{date: day}) for day in OUTSIDE} == {UNDETERMINED}

    @pytest.mark.parametrize(
        ("date", "found"),
        [
            ("hbv_date", {"hbsag": "positive"}),
            ("hbv_date", {"hbv_dna": "detected"}),
            ("hcv_date", {"hcv_rna": "detected"}),
        ],
    )
    def test_unfavourable_results_are_never_forgotten(self, date, found):
        assert {infected(**found, **{date: day}) for day in INSIDE} == {MET}
        assert {infected(**found, **{date: day}) for day in OUTSIDE} == {UNDETERMINED}

    @pytest.mark.parametrize("name", DATES)
    def test_each_has_a_setting_of_its_own(self, name):
        settings = {f"VALID_{name.upper()}": 30}

        assert infected(settings, **{DATES[name]: "2026-09-15"}) == NOT_MET
        assert infected(settings, **{DATES[name]: "2026-09-14"}) == UNDETERMINED
        for other in DATES.keys() - {name}:
            assert infected(settings, **{DATES[other]: "2026-07-17"}) == NOT_MET

    @pytest.mark.parametrize("date", DATES.values())
    def test_screening_period_after_screening(self, date):
        assert infected({"POST": 3}, **{date: "2026-10-18"}) == NOT_MET
        assert infected({"POST": 3}, **{date: "2026-10-19"}) == UNDETERMINED

    def test_hiv_validity_does_not_matter_here(self):
        assert infected({"VALID_HIV": 0}) == NOT_MET

    @pytest.mark.parametrize("date", DATES.values())
    @pytest.mark.parametrize(("today", "expected"), [("2026-10-16", NOT_MET), ("2026-10-15", UNDETERMINED)])
    def test_future_date_is_refused(self, date, today, expected):
        assert infected(evaluation_date=today, **{date: "2026-10-16"}) == expected

    def test_no_screening_date(self):
        assert infected(screening_date=None) == UNDETERMINED
        assert infected(screening_date=None, hbsag="positive") == UNDETERMINED


class TestOneLimbDecides:
    @pytest.mark.parametrize(
        "limb",
        [
            {"acute_severe_infection": "yes"},
            {"hbsag": "positive", "hbv_date": "2026-10-05"},
            {"hbv_dna": "detected", "hbv_date": "2026-10-05"},
            {"hcv_rna": "detected", "hcv_date": "2026-10-05"},
            {"tb_active_clinical": "yes"},
            {"hiv_ever_positive": "yes"},
            {"hiv_clinical_suspicion": "yes"},
            {"hiv_test": "positive"},
        ],
    )
    def test_though_everything_else_is_missing(self, limb):
        nothing = dict.fromkeys(vectors("E4")[0]["items"]) | {"screening_date": "2026-10-15"}

        assert outcome("E4", **nothing | limb) == MET


class TestFlags:
    def test_none(self):
        assert flags() == []

    @pytest.mark.parametrize(
        ("antibody", "rna", "raised"),
        [
            ("negative", "not_done", True),
            ("negative", "not_detected", False),
            ("negative", "detected", False),
            ("positive", "not_done", False),
        ],
    )
    def test_rna_is_advised_beside_a_negative_antibody(self, antibody, rna, raised):
        assert flags(anti_hcv=antibody, hcv_rna=rna) == [("warning", ("anti_hcv", "hcv_rna"))] * raised

    @pytest.mark.parametrize("antigen", ["positive", "negative", "indeterminate", "not_done", None])
    def test_vaccination_is_asked_beside_a_positive_antigen(self, antigen):
        assert flags(hbsag=antigen) == [("warning", ("hbsag",))] * (antigen == "positive")

    @pytest.mark.parametrize(
        ("found", "ever", "raised"),
        [
            ("positive", "no", True),
            ("positive", "yes", False),
            ("positive", "unknown", False),
            ("positive", None, False),
            ("negative", "no", False),
            ("indeterminate", "no", False),
        ],
    )
    def test_a_positive_test_beside_never_positive_is_queried(self, found, ever, raised):
        expected = [("query", ("hiv_test", "hiv_ever_positive"))] * raised

        assert flags(hiv_test=found, hiv_ever_positive=ever) == expected


class TestReasons:
    def test_antigen(self):
        assert reasons("E4") == ("HBsAg: positive, so this exclusion applies.",)

    def test_stale_positive_is_repeated(self):
        [said] = reasons("E4", hbv_date="2026-07-16")

        assert said.startswith("Cannot be decided yet: repeat the hepatitis B tests")

    def test_stale_negative_is_repeated(self):
        [said] = reasons("E4", hbsag="negative", hcv_date="2026-07-16")

        assert said == (
            "Cannot be decided yet: repeat the hepatitis C tests: 2026-07-16 is before 2026-07-17, the first day "
            "accepted."
        )
