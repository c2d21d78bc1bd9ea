"""E15: malignant tumour within 5 years before screening, unless stable for more than 6 months. Section E15.

Baseline: one tumour of 2023-03-01, treatment completed on 2023-12-01, no evidence of disease, no relapse; screening on
2026-10-15. So the window begins on 2021-10-15, and the exception holds up to 2026-04-14.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result, vectors

RECENT = {
    "diagnosis_date": "2023-03-01",
    "treatment_status": "completed",
    "treatment_completion_date": "2023-12-01",
    "disease_status": "ned",
    "relapse": "no",
}
OLD = RECENT | {"diagnosis_date": "2010-03-01", "treatment_completion_date": "2010-12-01"}
# The diagnosis alone decides: no programme was completed, so the exception cannot hold.
NEVER_TREATED = RECENT | {"treatment_status": "not_required", "treatment_completion_date": None}
# Stable for a few months only: the exception fails, so completion and relapse decide by lying in the window or not.
LATELY_STABLE = OLD | {"disease_status": "stable", "stable_since": "2026-08-01"}
EXCLUDING = RECENT | {"treatment_completion_date": "2026-04-15"}
UNDECIDED = RECENT | {"relapse": None}


def tumour(base, *, screening_date="2026-10-15", **changes):
    return outcome("E15", tumors=[base | changes], screening_date=screening_date)


def flags(**changes):
    items = vectors("E15")[0]["items"] | changes
    return [(raised.kind.value, raised.message.id) for raised in evaluate(PROTOCOL, items).flags("E15")]


# Each day and month as the window of 5 years sees it, both ends inside.
five_years = pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2021-10-14", NOT_MET),
        ("2021-10-15", MET),
        ("2021-10-16", MET),
        ("2026-10-15", MET),
        ("2026-10-16", UNDETERMINED),
        ("2021-09", NOT_MET),
        ("2021-10", UNDETERMINED),
        ("2021-11", MET),
        ("2026-10", MET),
        ("2026-11", UNDETERMINED),
        ("2020", NOT_MET),
        ("2021", UNDETERMINED),
        ("2022", MET),
        ("2026", MET),
        (None, UNDETERMINED),
    ],
)
# Each day and month as the exception sees it: more than 6 months before screening.
six_months = pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-04-14", NOT_MET),
        ("2026-04-15", MET),
        ("2026-10-15", MET),
        ("2026-10-16", MET),
        ("2026-03", NOT_MET),
        ("2026-04", UNDETERMINED),
        ("2026-05", MET),
        ("2025", NOT_MET),
        ("2026", UNDETERMINED),
        (None, UNDETERMINED),
    ],
)


class TestWindow:
    """Diagnosis, completion of treatment and last relapse, in the 5 calendar years before screening."""

    @five_years
    def test_diagnosis(self, date, expected):
        assert tumour(NEVER_TREATED, diagnosis_date=date) == expected

    @five_years
    def test_completion_of_treatment(self, date, expected):
        assert tumour(LATELY_STABLE, treatment_completion_date=date) == expected

    @five_years
    def test_last_relapse(self, date, expected):
        assert tumour(LATELY_STABLE, relapse="yes", last_relapse_date=date) == expected

    @pytest.mark.parametrize("relapse", ["unknown", None])
    def test_relapse_not_answered(self, relapse):
        assert tumour(LATELY_STABLE, relapse=relapse) == UNDETERMINED
        assert tumour(LATELY_STABLE, relapse=relapse, last_relapse_date="2015-01-01") == UNDETERMINED

    @pytest.mark.parametrize("date", [None, "2026-08-01"])
    def test_no_relapse_has_no_date(self, date):
        assert tumour(LATELY_STABLE, relapse="no", last_relapse_date=date) == NOT_MET

    @pytest.mark.parametrize("date", [None, "2023-12-01", "2026-10-01"])
    def test_completion_does_not_matter_when_no_treatment_was_required(self, date):
        assert tumour(NEVER_TREATED, diagnosis_date="2010-03-01", treatment_completion_date=date) == NOT_MET

    @pytest.mark.parametrize("status", ["unknown", None])
    @pytest.mark.parametrize(
        ("completion", "expected"),
        [(None, UNDETERMINED), ("2021-10-14", NOT_MET), ("2021-10-15", UNDETERMINED), ("2026-04-15", MET)],
    )
    def test_completion_matters_when_the_treatment_is_not_known(self, status, completion, expected):
        assert tumour(OLD, treatment_status=status, treatment_completion_date=completion) == expected

    @pytest.mark.parametrize("since", ["2022-01-01", "2026-10-15"])
    def test_stable_since_is_no_date_of_the_window(self, since):
        assert tumour(LATELY_STABLE, stable_since=since) == NOT_MET

    def test_a_missing_date_does_not_hold_up_one_inside(self):
        assert tumour(NEVER_TREATED, relapse=None) == MET

    @pytest.mark.parametrize(
        ("screening", "date", "expected"),
        [
            ("2028-02-29", "2023-02-27", NOT_MET),
            ("2028-02-29", "2023-02-28", MET),
            ("2029-02-28", "2024-02-27", NOT_MET),
            ("2029-02-28", "2024-02-28", MET),
            ("2029-03-01", "2024-02-29", NOT_MET),
            ("2029-03-01", "2024-03-01", MET),
        ],
    )
    def test_is_five_calendar_years_also_around_a_leap_day(self, screening, date, expected):
        assert tumour(NEVER_TREATED, diagnosis_date=date, screening_date=screening) == expected


class TestException:
    """Completed, no evidence of disease or stable, and more than 6 calendar months since the latest of the dates."""

    @six_months
    def test_since_completion(self, date, expected):
        assert tumour(RECENT, treatment_completion_date=date) == expected

    @six_months
    def test_since_the_last_relapse(self, date, expected):
        assert tumour(RECENT, relapse="yes", last_relapse_date=date) == expected

    @six_months
    def test_since_it_is_stable(self, date, expected):
        assert tumour(RECENT, disease_status="stable", stable_since=date) == expected

    @pytest.mark.parametrize("since", ["2026-09-01", None])
    def test_stable_since_is_asked_only_of_a_stable_tumour(self, since):
        assert tumour(RECENT, disease_status="ned", stable_since=since) == NOT_MET

    def test_the_latest_date_counts(self):
        stable = RECENT | {"disease_status": "stable", "stable_since": "2024-01-01", "relapse": "yes"}

        assert tumour(stable, last_relapse_date="2024-06-01") == NOT_MET
        assert tumour(stable, last_relapse_date="2026-04-15") == MET
        assert tumour(stable, last_relapse_date="2024-06-01", treatment_completion_date="2026-04-15") == MET
        assert tumour(stable, last_relapse_date="2024-06-01", stable_since="2026-04-15") == MET

    @pytest.mark.parametrize(
        "missing",
        [
            {"relapse": None},
            {"relapse": "unknown"},
            {"relapse": "yes", "last_relapse_date": None},
            {"disease_status": "stable", "stable_since": None},
            {"disease_status": "unknown"},
            {"disease_status": None},
            {"treatment_status": "unknown"},
            {"treatment_status": None},
        ],
    )
    def test_what_is_missing_holds_it_up_unless_the_known_already_fails(self, missing):
        assert tumour(RECENT, **missing) == UNDETERMINED
        assert tumour(EXCLUDING, **missing) == MET

    @pytest.mark.parametrize(
        ("screening", "completion", "expected"),
        [
            ("2027-02-28", "2026-08-27", NOT_MET),
            ("2027-02-28", "2026-08-28", MET),
            ("2027-02-28", "2026-08-31", MET),
            ("2027-03-01", "2026-08-31", NOT_MET),
            ("2027-03-01", "2026-09-01", MET),
            ("2028-02-29", "2027-08-28", NOT_MET),
            ("2028-02-29", "2027-08-29", MET),
            ("2028-02-29", "2027-08-31", MET),
            ("2028-03-01", "2027-08-31", NOT_MET),
            ("2026-10-31", "2026-04-30", NOT_MET),
            ("2026-10-30", "2026-04-30", MET),
        ],
    )
    def test_six_months_are_added_to_the_start_and_end_with_the_month(self, screening, completion, expected):
        assert tumour(RECENT, treatment_completion_date=completion, screening_date=screening) == expected


class TestStatus:
    @pytest.mark.parametrize(
        ("treatment", "disease", "recent", "old"),
        [
            ("completed", "ned", NOT_MET, NOT_MET),
            ("completed", "stable", NOT_MET, NOT_MET),
            ("completed", "progressive", MET, MET),
            ("completed", "unknown", UNDETERMINED, UNDETERMINED),
            ("completed", None, UNDETERMINED, UNDETERMINED),
            ("ongoing", "ned", MET, MET),
            ("ongoing", "stable", MET, MET),
            ("ongoing", "progressive", MET, MET),
            ("ongoing", "unknown", MET, MET),
            ("ongoing", None, MET, MET),
            ("not_required", "ned", MET, NOT_MET),
            ("not_required", "stable", MET, MET),
            ("not_required", "progressive", MET, MET),
            ("not_required", "unknown", MET, UNDETERMINED),
            ("not_required", None, MET, UNDETERMINED),
            ("unknown", "ned", UNDETERMINED, NOT_MET),
            ("unknown", "stable", UNDETERMINED, UNDETERMINED),
            ("unknown", "progressive", MET, MET),
            ("unknown", "unknown", UNDETERMINED, UNDETERMINED),
            ("unknown", None, UNDETERMINED, UNDETERMINED),
            (None, "ned", UNDETERMINED, NOT_MET),
            (None, "stable", UNDETERMINED, UNDETERMINED),
            (None, "progressive", MET, MET),
            (None, "unknown", UNDETERMINED, UNDETERMINED),
            (None, None, UNDETERMINED, UNDETERMINED),
        ],
    )
    def test_of_a_tumour_inside_and_outside_the_window(self, treatment, disease, recent, old):
        status = {"treatment_status": treatment, "disease_status": disease, "stable_since": "2024-01-01"}

        assert tumour(RECENT, **status) == recent
        assert tumour(OLD, **status) == old

    @pytest.mark.parametrize("present", [{"treatment_status": "ongoing"}, {"disease_status": "progressive"}])
    def test_a_tumour_that_is_there_needs_no_dates(self, present):
        nothing = dict.fromkeys(("diagnosis_date", "treatment_completion_date", "relapse"))

        assert tumour(RECENT | nothing | present) == MET

    @pytest.mark.parametrize("site", ["carcinoma in situ of the cervix", "basal cell carcinoma of the skin"])
    def test_in_situ_and_skin_cancers_are_not_exempted(self, site):
        assert tumour(EXCLUDING, site_histology=site) == MET


class TestList:
    @pytest.mark.parametrize(
        ("tumours", "expected"),
        [
            ([RECENT, OLD], NOT_MET),
            ([RECENT, EXCLUDING], MET),
            ([EXCLUDING, RECENT], MET),
            ([RECENT, UNDECIDED], UNDETERMINED),
            ([UNDECIDED, RECENT], UNDETERMINED),
            ([UNDECIDED, EXCLUDING], MET),
            ([EXCLUDING, UNDECIDED], MET),
            ([RECENT, {}], UNDETERMINED),
            ([RECENT, "a tumour"], UNDETERMINED),
            ([RECENT | {"diagnosis_date": "2023-13-01"}], NOT_MET),
            ([OLD | {"diagnosis_date": "2010-13-01"}], NOT_MET),
            ([NEVER_TREATED | {"diagnosis_date": "2010-13-01"}], UNDETERMINED),
            ([], UNDETERMINED),
            (None, UNDETERMINED),
            ("none", UNDETERMINED),
        ],
    )
    def test_one_tumour_that_excludes_is_enough_and_each_has_to_be_settled(self, tumours, expected):
        assert outcome("E15", tumors=tumours) == expected

    @pytest.mark.parametrize("tumours", [None, [], [EXCLUDING], [UNDECIDED]])
    def test_never_settles_it(self, tumours):
        assert outcome("E15", malignancy_ever="no", tumors=tumours) == NOT_MET

    def test_never_needs_no_screening_date(self):
        assert outcome("E15", malignancy_ever="no", tumors=None, screening_date=None) == NOT_MET

    @pytest.mark.parametrize("ever", ["unknown", None])
    @pytest.mark.parametrize(
        ("tumours", "expected"),
        [(None, UNDETERMINED), ([], UNDETERMINED), ([RECENT], UNDETERMINED), ([EXCLUDING], MET)],
    )
    def test_not_answered_is_not_no(self, ever, tumours, expected):
        assert outcome("E15", malignancy_ever=ever, tumors=tumours) == expected

    def test_asks_for_the_answer_or_for_the_list(self):
        assert result("E15", malignancy_ever=None, tumors=None).needs == ("malignancy_ever",)
        assert result("E15", malignancy_ever="yes", tumors=[]).needs == ("tumors",)


class TestNoScreeningDate:
    def test_the_window_is_open(self):
        assert tumour(RECENT, screening_date=None) == UNDETERMINED

    @pytest.mark.parametrize(
        "present",
        [
            {"treatment_status": "ongoing"},
            {"disease_status": "progressive"},
            {"treatment_status": "not_required", "disease_status": "stable"},
        ],
    )
    def test_a_tumour_that_is_there_and_not_excepted_needs_none(self, present):
        assert tumour(RECENT, screening_date=None, **present) == MET


class TestFlags:
    def test_never_but_one_is_listed(self):
        assert flags(malignancy_ever="no") == [("query", "E15.flag.ever")]

    @pytest.mark.parametrize(("ever", "tumours"), [("no", []), ("no", None), ("yes", [RECENT]), (None, [RECENT])])
    def test_no_contradiction(self, ever, tumours):
        assert flags(malignancy_ever=ever, tumors=tumours) == []

    @pytest.mark.parametrize("field", ["diagnosis_date", "treatment_completion_date", "stable_since"])
    @pytest.mark.parametrize(
        ("date", "raised"),
        [("2026-10-15", False), ("2026-10-16", True), ("1976-10-15", False), ("1976-10-14", True)],
    )
    def test_a_date_after_screening_or_more_than_50_years_ago_is_confirmed(self, field, date, raised):
        assert flags(tumors=[RECENT | {field: date}]) == [("confirm", "flag.confirm")] * raised


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"malignancy_ever": "no"}, "No malignant tumour ever."),
            (
                {"tumors": [RECENT, OLD]},
                (
                    "Tumour 1 (date of diagnosis: 2023-03-01, treatment status: completed, date of treatment "
                    "completion: 2023-12-01, disease status: no evidence of disease, relapse: no): stable for more "
                    "than 6 months after completed treatment."
                ),
            ),
            (
                {"tumors": [OLD | {"disease_status": "ned", "treatment_status": "not_required"}]},
                (
                    "Tumour 1 (date of diagnosis: 2010-03-01, treatment status: not required, date of treatment "
                    "completion: 2010-12-01, disease status: no evidence of disease, relapse: no): nothing of it lies "
                    "within 5 years before screening."
                ),
            ),
            (
                {"tumors": [RECENT, EXCLUDING]},
                (
                    "Tumour 2 (date of diagnosis: 2023-03-01, treatment status: completed, date of treatment "
                    "completion: 2026-04-15, disease status: no evidence of disease, relapse: no): within 5 years "
                    "before screening, and not stable for more than 6 months after completed treatment, so this "
                    "exclusion applies."
                ),
            ),
            (
                {"tumors": [RECENT, UNDECIDED]},
                (
                    "Cannot be decided yet: tumour 2: answer “Has there been a relapse or progression after the first "
                    "diagnosis?”."
                ),
            ),
            (
                {
                    "tumors": [
                        RECENT
                        | {
                            "disease_status": "stable",
                            "stable_since": "2024-01",
                            "relapse": "yes",
                            "last_relapse_date": "2023",
                        }
                    ]
                },
                (
                    "Tumour 1 (date of diagnosis: 2023-03-01, treatment status: completed, date of treatment "
                    "completion: 2023-12-01, disease status: stable, date since when it is stable: 2024-01, relapse: "
                    "yes, date of the last relapse: 2023): stable for more than 6 months after completed treatment."
                ),
            ),
            (
                {"tumors": [RECENT | {"treatment_completion_date": "2026"}]},
                (
                    "Cannot be decided yet: tumour 1: enter the date of treatment completion more exactly: 2026 "
                    "leaves it open."
                ),
            ),
            (
                {"tumors": [RECENT | {"treatment_completion_date": None}]},
                "Cannot be decided yet: tumour 1: enter the date of treatment completion.",
            ),
            (
                {"tumors": [RECENT | {"treatment_completion_date": "2026-04"}]},
                (
                    "Cannot be decided yet: tumour 1: enter the date of treatment completion more exactly: 2026-04 "
                    "leaves it open."
                ),
            ),
            (
                {"tumors": [NEVER_TREATED | {"diagnosis_date": "2026-10-16"}]},
                (
                    "Cannot be decided yet: tumour 1: date of diagnosis 2026-10-16 is after the screening visit "
                    "2026-10-15: check both dates."
                ),
            ),
            (
                {"tumors": [RECENT | {"disease_status": "unknown"}]},
                "Cannot be decided yet: tumour 1: “disease status” is answered “unknown”: find out.",
            ),
            (
                {"tumors": [OLD | {"disease_status": "stable", "treatment_status": None}]},
                "Cannot be decided yet: tumour 1: enter the treatment status.",
            ),
            ({"tumors": []}, "Cannot be decided yet: enter each tumour."),
            ({"screening_date": None}, "Cannot be decided yet: enter the date of the screening visit."),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert reasons("E15", **changes)[0] == said

    @pytest.mark.parametrize(("tumours", "open_ones"), [([RECENT], 0), ([UNDECIDED], 1), ([RECENT, UNDECIDED], 1)])
    def test_asks_whether_there_was_any_before_what_is_open_of_those_listed(self, tumours, open_ones):
        first, *others = reasons("E15", malignancy_ever=None, tumors=tumours)

        assert first == "Cannot be decided yet: answer “Has the person ever had a malignant tumour?”."
        assert len(others) == open_ones

    @pytest.mark.parametrize(
        ("changes", "needed"), [({"screening_date": None}, "screening_date"), ({"tumors": [UNDECIDED]}, "tumors")]
    )
    def test_needs_what_it_asks_for(self, changes, needed):
        assert result("E15", **changes).needs == (needed,)

    def test_asks_for_nothing_that_could_not_change_the_outcome(self):
        """The diagnosis is in the window already, so only what the exception needs is asked for."""
        row = RECENT | {"treatment_completion_date": "2026-04", "relapse": None, "diagnosis_date": "2023-03-01"}

        assert len(reasons("E15", tumors=[row | {"disease_status": "progressive"}])) == 1
        assert len(reasons("E15", tumors=[row])) == 2
