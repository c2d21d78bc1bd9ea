"""E8: recurrent or chronic infections including HIV. Sections E8, 1.5 and 5.5 of the criteria specification.

Baseline: no infection; HIV test negative on 2026-10-05; HBsAg and IGRA negative; screening on 2026-10-15.
"""

import pytest

from tests.spec.chapter import MET, NOT_MET, UNDETERMINED, outcome, reasons

INFECTIONS = (
    "recurrent_infection",
    "chronic_bacterial",
    "chronic_viral",
    "chronic_fungal",
    "chronic_mycobacterial",
    "chronic_other",
)
NOTHING_ELSE = dict.fromkeys(
    (*INFECTIONS, "hiv_ever_positive", "hiv_test", "hiv_test_date", "hbsag", "hbv_date", "hcv_rna", "hcv_date", "igra")
)
# Each viral result that is a chronic infection, with the date of its examination and its setting.
VIRAL = [
    ("hbsag", "positive", "hbv_date", "VALID_HBV"),
    ("hbv_dna", "detected", "hbv_date", "VALID_HBV"),
    ("hcv_rna", "detected", "hcv_date", "VALID_HCV"),
]
viral = pytest.mark.parametrize(("test", "found", "date", "setting"), VIRAL, ids=[case[0] for case in VIRAL])


def test_nobody_with_everything_ruled_out_is_excluded():
    assert outcome("E8") == NOT_MET


@pytest.mark.parametrize("infection", INFECTIONS)
class TestAsked:
    def test_one_yes_excludes(self, infection):
        assert outcome("E8", **{infection: "yes"}) == MET

    def test_one_yes_excludes_whatever_is_missing(self, infection):
        assert outcome("E8", **NOTHING_ELSE | {infection: "yes"}) == MET

    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_not_answered_is_not_no(self, infection, answer):
        assert outcome("E8", **{infection: answer}) == UNDETERMINED


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
            ("yes", "positive", MET),
            ("yes", "indeterminate", MET),
            ("yes", "not_done", MET),
            ("yes", None, MET),
            ("unknown", "negative", UNDETERMINED),
            ("unknown", "positive", MET),
            ("unknown", "not_done", UNDETERMINED),
            (None, "negative", UNDETERMINED),
            (None, "positive", MET),
            (None, None, UNDETERMINED),
        ],
    )
    def test_status(self, ever, test, expected):
        assert outcome("E8", hiv_ever_positive=ever, hiv_test=test) == expected

    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2026-07-16", UNDETERMINED),
            ("2026-07-17", NOT_MET),
            ("2026-10-15", NOT_MET),
            ("2026-11-12", NOT_MET),
            ("2026-11-13", UNDETERMINED),
            ("2026-10", UNDETERMINED),
            (None, UNDETERMINED),
        ],
    )
    def test_a_negative_test_counts_from_90_days_before_to_28_days_after_screening(self, date, expected):
        assert outcome("E8", hiv_test_date=date) == expected

    @pytest.mark.parametrize(
        ("settings", "date", "expected"),
        [
            ({"VALID_HIV": 30}, "2026-09-14", UNDETERMINED),
            ({"VALID_HIV": 30}, "2026-09-15", NOT_MET),
            ({"VALID_HIV": 91}, "2026-07-16", NOT_MET),
            ({"VALID_HIV": 91}, "2026-07-15", UNDETERMINED),
            ({"POST": 0}, "2026-10-15", NOT_MET),
            ({"POST": 0}, "2026-10-16", UNDETERMINED),
            ({"POST": 29}, "2026-11-13", NOT_MET),
            ({"POST": 29}, "2026-11-14", UNDETERMINED),
            ({"VALID_HBV": 5, "VALID_HCV": 5, "VALID_TB": 5}, "2026-07-17", NOT_MET),
        ],
    )
    def test_the_study_may_choose_the_days(self, settings, date, expected):
        assert outcome("E8", settings, hiv_test_date=date) == expected

    @pytest.mark.parametrize("date", ["2000-01-01", "2026-07-16", "2026-11-13", "2026-10", None])
    def test_a_positive_test_counts_for_ever(self, date):
        assert outcome("E8", hiv_test="positive", hiv_test_date=date) == MET

    @pytest.mark.parametrize(("date", "expected"), [("2026-10-20", NOT_MET), ("2026-10-21", UNDETERMINED)])
    def test_a_date_in_the_future_is_refused(self, date, expected):
        assert outcome("E8", evaluation_date="2026-10-20", hiv_test_date=date) == expected

    def test_a_negative_test_needs_the_screening_date(self):
        assert outcome("E8", screening_date=None) == UNDETERMINED

    def test_ever_positive_needs_no_screening_date(self):
        assert outcome("E8", screening_date=None, hiv_ever_positive="yes") == MET

    def test_suspicion_is_asked_by_e4_only(self):
        assert outcome("E8", hiv_clinical_suspicion="yes") == NOT_MET


class TestHepatitis:
    @viral
    def test_found_is_a_chronic_viral_infection(self, test, found, date, setting):
        assert outcome("E8", **{test: found}) == MET

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2026-07-16", UNDETERMINED),
            ("2026-07-17", MET),
            ("2026-10-15", MET),
            ("2026-11-12", MET),
            ("2026-11-13", UNDETERMINED),
            ("2026-10", UNDETERMINED),
            (None, UNDETERMINED),
        ],
    )
    @viral
    def test_found_but_stale_is_never_forgotten(self, test, found, date, setting, day, expected):
        assert outcome("E8", **{test: found, date: day}) == expected

    @pytest.mark.parametrize(("day", "expected"), [("2026-09-14", UNDETERMINED), ("2026-09-15", MET)])
    @viral
    def test_the_study_may_choose_the_days_before(self, test, found, date, setting, day, expected):
        assert outcome("E8", {setting: 30}, **{test: found, date: day}) == expected

    @pytest.mark.parametrize(("day", "expected"), [("2026-10-18", MET), ("2026-10-19", UNDETERMINED)])
    @viral
    def test_the_study_may_choose_the_days_after(self, test, found, date, setting, day, expected):
        assert outcome("E8", {"POST": 3}, **{test: found, date: day}) == expected

    @viral
    def test_found_needs_the_screening_date(self, test, found, date, setting):
        assert outcome("E8", **{test: found, "screening_date": None}) == UNDETERMINED

    @viral
    def test_a_stale_finding_does_not_hold_up_another_infection(self, test, found, date, setting):
        assert outcome("E8", **{test: found, date: "2020-01-01", "chronic_fungal": "yes"}) == MET

    @pytest.mark.parametrize(
        ("hbsag", "hbv_dna", "expected"),
        [
            ("positive", "not_detected", MET),
            ("positive", "detected", MET),
            ("negative", "detected", MET),
            ("indeterminate", "detected", MET),
            (None, "detected", MET),
            ("negative", "not_detected", NOT_MET),
            ("indeterminate", "not_done", NOT_MET),
            ("not_done", None, NOT_MET),
            (None, None, NOT_MET),
        ],
    )
    def test_hepatitis_b_by_hbsag_or_dna(self, hbsag, hbv_dna, expected):
        assert outcome("E8", hbsag=hbsag, hbv_dna=hbv_dna) == expected

    @pytest.mark.parametrize("rna", ["not_detected", "not_done", None])
    def test_no_hepatitis_c_virus_found(self, rna):
        assert outcome("E8", hcv_rna=rna) == NOT_MET

    @pytest.mark.parametrize("antibody", ["anti_hbc_total", "anti_hcv"])
    @pytest.mark.parametrize("answer", ["positive", "indeterminate", "negative", "not_done", None])
    def test_antibodies_are_left_to_e4(self, antibody, answer):
        assert outcome("E8", **{antibody: answer}) == NOT_MET

    @pytest.mark.parametrize("day", ["2020-01-01", None])
    def test_missing_or_stale_results_without_a_finding_do_not_hold_it_up(self, day):
        assert outcome("E8", hbv_date=day, hcv_date=day) == NOT_MET


class TestLatentTuberculosis:
    @pytest.mark.parametrize("igra", ["positive", "indeterminate"])
    @pytest.mark.parametrize(("judgement", "expected"), [("yes", MET), ("no", NOT_MET), (None, UNDETERMINED)])
    def test_the_investigator_decides(self, igra, judgement, expected):
        assert outcome("E8", igra=igra, ltbi_investigator_excludes=judgement) == expected

    @pytest.mark.parametrize("igra", ["negative", "not_done"])
    @pytest.mark.parametrize("judgement", ["yes", "no", None])
    def test_without_a_positive_test_there_is_nothing_to_judge(self, igra, judgement):
        assert outcome("E8", igra=igra, ltbi_investigator_excludes=judgement) == NOT_MET

    @pytest.mark.parametrize("judgement", ["yes", "no", None])
    def test_igra_has_to_be_answered(self, judgement):
        assert outcome("E8", igra=None, ltbi_investigator_excludes=judgement) == UNDETERMINED

    def test_the_judgement_is_yes_or_no(self):
        assert outcome("E8", igra="positive", ltbi_investigator_excludes="unknown") == UNDETERMINED

    @pytest.mark.parametrize("date", ["2020-01-01", None])
    def test_igra_does_not_grow_old(self, date):
        assert outcome("E8", igra="positive", tb_date=date, ltbi_investigator_excludes="yes") == MET
        assert outcome("E8", igra="negative", tb_date=date) == NOT_MET


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"chronic_fungal": "yes"}, "Chronic fungal infection: yes, so this exclusion applies."),
            ({"hbsag": "positive"}, "HBsAg: positive, so this exclusion applies."),
            (
                {"hiv_test_date": "2026-07-16"},
                "Cannot be decided yet: repeat the HIV test: 2026-07-16 is before 2026-07-17, the first day accepted.",
            ),
            (
                {"hiv_test_date": "2026-11-13"},
                (
                    "Cannot be decided yet: HIV test 2026-11-13 is after 2026-11-12, the last day accepted: "
                    "check the date."
                ),
            ),
            ({"hiv_test_date": None}, "Cannot be decided yet: enter the date of the HIV test."),
            (
                {"hbsag": "positive", "hbv_date": "2026-07-16"},
                (
                    "Cannot be decided yet: repeat the hepatitis B tests: an earlier unfavourable result is not within "
                    "the days accepted."
                ),
            ),
            (
                {"hbsag": "positive", "hbv_date": None},
                "Cannot be decided yet: enter the date of the hepatitis B tests.",
            ),
            (
                {"hbsag": "positive", "screening_date": None},
                "Cannot be decided yet: enter the date of the screening visit.",
            ),
            (
                {"igra": "positive"},
                "Cannot be decided yet: the investigator answers “Does latent tuberculosis exclude this person?”.",
            ),
            (
                {"recurrent_infection": "unknown"},
                "Cannot be decided yet: “Has the person recurrent infections?” is answered “unknown”: find out.",
            ),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert reasons("E8", **changes) == (said,)
