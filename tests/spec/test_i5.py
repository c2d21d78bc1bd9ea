"""I5: written informed consent before taking part. Section I5 of the criteria specification.

Baseline: signed on 2026-10-14, the day before screening and the first study procedure; evaluated on 2026-11-23.
"""

import pytest

from tests.spec.chapter import MET, NOT_MET, UNDETERMINED, outcome, reasons, result

RESULTS = [
    ("cbc_date", "cbc_routine_care"),
    ("cdasi_date", "cdasi_routine_care"),
    ("hbv_date", "hbv_routine_care"),
    ("hcv_date", "hcv_routine_care"),
    ("tb_date", "tb_routine_care"),
    ("hiv_test_date", "hiv_test_routine_care"),
    ("pregnancy_test_date", "pregnancy_test_routine_care"),
]
each_result = pytest.mark.parametrize(("date", "routine"), RESULTS)


def same_day(consent_time, procedure_time):
    return outcome(
        "I5",
        consent_date="2026-10-15",
        consent_time=consent_time,
        first_study_procedure_time=procedure_time,
    )


class TestSigned:
    @pytest.mark.parametrize(
        ("signed", "expected"), [("yes", MET), ("no", NOT_MET), (None, UNDETERMINED), ("unknown", UNDETERMINED)]
    )
    def test_answer(self, signed, expected):
        assert outcome("I5", consent_signed=signed) == expected

    def test_refused_consent_decides_though_the_rest_is_missing(self):
        missing = dict.fromkeys(("consent_date", "icf_version_valid", "first_study_procedure_date"))

        assert outcome("I5", consent_signed="no", **missing) == NOT_MET

    @pytest.mark.parametrize("by", ["patient", "legally_authorised_representative", None])
    def test_who_signed_and_which_version_are_informational(self, by):
        assert outcome("I5", consent_signed_by=by, icf_version="2.1") == MET


class TestVersion:
    @pytest.mark.parametrize(
        ("valid", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_approved_and_in_force(self, valid, expected):
        assert outcome("I5", icf_version_valid=valid) == expected

    def test_wrong_version_decides_though_the_rest_is_missing(self):
        missing = dict.fromkeys(("consent_signed", "consent_date", "first_study_procedure_date"))

        assert outcome("I5", icf_version_valid="no", **missing) == NOT_MET


class TestOrderOfDays:
    @pytest.mark.parametrize(
        ("procedure", "expected"), [("2026-10-13", NOT_MET), ("2026-10-14", UNDETERMINED), ("2026-10-15", MET)]
    )
    def test_first_study_procedure(self, procedure, expected):
        assert outcome("I5", first_study_procedure_date=procedure) == expected

    def test_times_do_not_matter_on_different_days(self):
        times = {"consent_time": "17:00", "first_study_procedure_time": "08:00"}

        assert outcome("I5", **times) == MET
        assert outcome("I5", first_study_procedure_date="2026-10-13", **times) == NOT_MET

    @pytest.mark.parametrize("day", [None, "2026-10", "2026", "15.10.2026"])
    def test_no_full_date(self, day):
        assert outcome("I5", first_study_procedure_date=day) == UNDETERMINED
        assert outcome("I5", consent_date=day) == UNDETERMINED

    def test_late_consent_decides_though_the_rest_is_missing(self):
        late = {"first_study_procedure_date": "2026-10-13", "consent_signed": None, "icf_version_valid": None}

        assert outcome("I5", **late) == NOT_MET

    def test_screening_visit_is_not_the_procedure(self):
        assert outcome("I5", screening_date="2026-10-13") == MET
        assert outcome("I5", screening_date=None) == MET


class TestSameDay:
    @pytest.mark.parametrize(
        ("consent", "procedure", "expected"),
        [
            ("09:29", "09:30", MET),
            ("09:30", "09:30", UNDETERMINED),
            ("09:31", "09:30", NOT_MET),
            ("00:00", "23:59", MET),
            ("09:30", "10:00", MET),
        ],
    )
    def test_consent_must_be_strictly_earlier(self, consent, procedure, expected):
        assert same_day(consent, procedure) == expected

    @pytest.mark.parametrize("time", [None, "9:00", "24:00", "09:60", "09:00:00", "noon"])
    def test_a_missing_or_unreadable_time(self, time):
        assert same_day(time, "09:30") == UNDETERMINED
        assert same_day("08:00", time) == UNDETERMINED


class TestFuture:
    @pytest.mark.parametrize(("today", "expected"), [("2026-10-15", MET), ("2026-10-14", UNDETERMINED)])
    def test_procedure(self, today, expected):
        assert outcome("I5", evaluation_date=today) == expected

    @pytest.mark.parametrize(("today", "expected"), [("2026-10-16", NOT_MET), ("2026-10-15", UNDETERMINED)])
    def test_consent(self, today, expected):
        assert outcome("I5", evaluation_date=today, consent_date="2026-10-16") == expected


class TestRoutineCare:
    @each_result
    @pytest.mark.parametrize(
        ("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_of_a_result_before_consent(self, date, routine, answer, expected):
        assert outcome("I5", **{date: "2026-10-13", routine: answer}) == expected

    @each_result
    @pytest.mark.parametrize("day", ["2026-10-14", "2026-10-15", "2026-10", None])
    @pytest.mark.parametrize("answer", ["no", None])
    def test_is_not_asked_from_the_day_of_consent_on_or_without_a_full_date(self, date, routine, day, answer):
        assert outcome("I5", **{date: day, routine: answer}) == MET

    @each_result
    def test_one_result_taken_for_the_study_before_consent_decides(self, date, routine):
        others = {name: "2026-10-01" for name, _ in RESULTS} | {routine: "no"}

        assert outcome("I5", consent_signed=None, **others) == NOT_MET

    def test_all_results_from_routine_care(self):
        dates = {date: "2026-10-01" for date, _ in RESULTS}

        assert outcome("I5", **dates | {routine: "yes" for _, routine in RESULTS}) == MET

    @pytest.mark.parametrize(("sex", "expected"), [("male", MET), ("female", NOT_MET), ("other_unknown", NOT_MET)])
    def test_a_pregnancy_test_left_from_a_corrected_sex_is_not_evaluated(self, sex, expected):
        left = {"pregnancy_test_date": "2026-10-13", "pregnancy_test_routine_care": "no"}

        assert outcome("I5", sex_at_birth=sex, **left) == expected

    def test_no_consent_date(self):
        assert outcome("I5", consent_date=None, cbc_date="2026-10-13", cbc_routine_care="no") == UNDETERMINED


class TestReasons:
    def test_late_consent(self):
        [said] = reasons("I5", consent_date="2026-10-16")

        assert said.startswith("Consent of 2026-10-16 was not signed before the first study procedure, 2026-10-15, so ")

    @pytest.mark.parametrize("missing", ["consent_date", "first_study_procedure_date"])
    def test_a_missing_date_is_needed_and_no_other(self, missing):
        open_one = result("I5", **{missing: None})

        assert open_one.outcome == UNDETERMINED
        assert open_one.needs == (missing,)

    @pytest.mark.parametrize("missing", ["consent_time", "first_study_procedure_time"])
    def test_a_missing_time_is_needed_and_no_other(self, missing):
        times = {"consent_time": "09:00", "first_study_procedure_time": "09:30"}

        assert result("I5", consent_date="2026-10-15", **times | {missing: None}).needs == (missing,)

    @pytest.mark.parametrize(("consent", "said"), [("09:00", "was signed before"), ("10:00", "was not signed before")])
    def test_same_day(self, consent, said):
        times = {"consent_time": consent, "first_study_procedure_time": "09:30"}

        found = reasons("I5", consent_date="2026-10-15", **times)

        full = f"Consent of 2026-10-15 {consent} {said} the first study procedure, 2026-10-15 09:30"
        assert any(sentence.startswith(full) for sentence in found)

    def test_early_consent(self):
        said = "Consent of 2026-10-14 was signed before the first study procedure, 2026-10-15."

        assert said in reasons("I5")

    def test_same_day_without_times(self):
        [said] = reasons("I5", consent_date="2026-10-15")

        assert said.endswith("are on the same day, 2026-10-15: enter both times.")

    def test_same_day_and_time(self):
        times = {"consent_time": "09:30", "first_study_procedure_time": "09:30"}

        [said] = reasons("I5", consent_date="2026-10-15", **times)

        assert said.endswith("the first study procedure are both on 2026-10-15 at 09:30: check the two times.")
