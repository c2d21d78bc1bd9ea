"""E9: herpes zoster and disseminated herpes simplex. Section E9 of the criteria specification.

Baseline: herpes zoster once, neither recurrent nor disseminated nor ophthalmic, no lesions now, last lesions on
2026-07-17; screening on 2026-10-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors

KINDS = ("hz_recurrent", "hz_disseminated", "hz_ophthalmic", "hz_active_now")
LONG_AGO = {"hz_last_lesion_date": "2015-03-01"}
NEVER = {"hz_ever": "no", "hz_last_lesion_date": None} | dict.fromkeys(KINDS)


def flags(**changes):
    items = vectors("E9")[0]["items"] | changes
    return [(raised.kind.value, raised.message.id) for raised in evaluate(PROTOCOL, items).flags("E9")]


class TestWindow:
    """90 days before screening, both ends inside."""

    @pytest.mark.parametrize(
        ("date", "expected"),
        [
            ("2026-07-16", NOT_MET),
            ("2026-07-17", MET),
            ("2026-07-18", MET),
            ("2026-10-14", MET),
            ("2026-10-15", MET),
            ("2026-10-16", UNDETERMINED),
        ],
    )
    def test_from_the_first_day_to_the_day_of_screening(self, date, expected):
        assert outcome("E9", hz_last_lesion_date=date) == expected

    @pytest.mark.parametrize(
        ("screening", "date", "expected"),
        [
            ("2027-03-15", "2026-12-14", NOT_MET),
            ("2027-03-15", "2026-12-15", MET),
            ("2028-03-15", "2027-12-15", NOT_MET),
            ("2028-03-15", "2027-12-16", MET),
        ],
    )
    def test_is_90_days_also_in_a_leap_year(self, screening, date, expected):
        assert outcome("E9", screening_date=screening, hz_last_lesion_date=date) == expected

    def test_is_90_days_and_not_three_months(self):
        assert outcome("E9", hz_last_lesion_date="2026-07-15") == NOT_MET

    def test_is_counted_from_screening_and_not_from_consent(self):
        assert outcome("E9", consent_date="2026-10-14", hz_last_lesion_date="2026-07-16") == NOT_MET


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("2026-06", NOT_MET),
        ("2026-07", UNDETERMINED),
        ("2026-08", MET),
        ("2026-10", MET),
        ("2026-11", UNDETERMINED),
        ("2025", NOT_MET),
        ("2026", UNDETERMINED),
        ("2027", UNDETERMINED),
    ],
)
def test_partial_date(date, expected):
    assert outcome("E9", hz_last_lesion_date=date) == expected


class TestHistories:
    """They have no time limit."""

    @pytest.mark.parametrize("kind", [*KINDS, "hsv_disseminated"])
    class TestEach:
        def test_yes_excludes(self, kind):
            assert outcome("E9", **LONG_AGO, **{kind: "yes"}) == MET

        def test_yes_excludes_without_any_date(self, kind):
            assert outcome("E9", hz_last_lesion_date=None, screening_date=None, **{kind: "yes"}) == MET

        @pytest.mark.parametrize("answer", ["unknown", None])
        def test_not_answered_is_not_no(self, kind, answer):
            assert outcome("E9", **LONG_AGO, **{kind: answer}) == UNDETERMINED

        @pytest.mark.parametrize("answer", ["unknown", None])
        def test_lesions_in_the_window_decide_without_it(self, kind, answer):
            assert outcome("E9", **{kind: answer}) == MET

    def test_all_ruled_out(self):
        assert outcome("E9", **LONG_AGO) == NOT_MET


class TestMissing:
    def test_zoster_without_a_date(self):
        assert outcome("E9", hz_last_lesion_date=None) == UNDETERMINED

    def test_no_screening_date(self):
        assert outcome("E9", screening_date=None) == UNDETERMINED

    @pytest.mark.parametrize("ever", ["unknown", None])
    def test_ever_not_answered_leaves_the_limbs_as_they_are(self, ever):
        assert outcome("E9", hz_ever=ever, hz_last_lesion_date=None) == UNDETERMINED
        assert outcome("E9", hz_ever=ever, hz_last_lesion_date="2026-07-17") == MET
        assert outcome("E9", hz_ever=ever, **LONG_AGO, hz_ophthalmic="yes") == MET
        assert outcome("E9", hz_ever=ever, **LONG_AGO, hz_ophthalmic=None) == UNDETERMINED


class TestNeverHadZoster:
    def test_switches_the_zoster_limbs_off(self):
        assert outcome("E9", **NEVER) == NOT_MET

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("answer", ["unknown", "no", None])
    def test_switches_them_off_whatever_is_not_yes(self, kind, answer):
        assert outcome("E9", **NEVER | {kind: answer}) == NOT_MET

    @pytest.mark.parametrize("kind", KINDS)
    def test_is_overruled_by_a_kind_of_zoster(self, kind):
        assert outcome("E9", **NEVER | {kind: "yes"}) == MET

    @pytest.mark.parametrize("date", ["2026-07-17", "2026-10-15", "2026-10-16", "2026-07"])
    def test_is_not_overruled_by_a_date_alone(self, date):
        assert outcome("E9", **NEVER | {"hz_last_lesion_date": date}) == NOT_MET

    @pytest.mark.parametrize(("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED)])
    def test_leaves_herpes_simplex(self, answer, expected):
        assert outcome("E9", **NEVER | {"hsv_disseminated": answer}) == expected

    def test_needs_no_screening_date(self):
        assert outcome("E9", **NEVER | {"screening_date": None}) == NOT_MET


class TestFlags:
    def test_none_without_a_contradiction(self):
        assert flags() == []
        assert flags(**NEVER) == []
        assert flags(hz_recurrent="yes") == []

    @pytest.mark.parametrize("kind", KINDS)
    def test_never_but_a_kind_of_it(self, kind):
        assert ("query", "E9.flag.ever") in flags(**NEVER | {kind: "yes"})
        assert ("query", "E9.flag.ever") not in flags(**NEVER | {kind: "unknown"})

    def test_herpes_simplex_is_no_kind_of_zoster(self):
        assert flags(**NEVER | {"hsv_disseminated": "yes"}) == []

    @pytest.mark.parametrize("date", ["2015", "2026-07-17", "2026-10", "2026-10-14", "2026-10-15", "2026-10-16"])
    def test_never_but_a_date(self, date):
        assert ("query", "E9.flag.date") in flags(**NEVER | {"hz_last_lesion_date": date})

    def test_never_but_a_date_before_the_screening_visit_is_known(self):
        assert ("query", "E9.flag.date") in flags(
            **NEVER | {"hz_last_lesion_date": "2026-07-17", "screening_date": None}
        )

    @pytest.mark.parametrize("ever", ["yes", "unknown", None])
    def test_a_date_is_no_contradiction_otherwise(self, ever):
        assert flags(hz_ever=ever) == []

    @pytest.mark.parametrize(
        ("date", "raised"), [("2026-10-15", False), ("2026-10", False), ("2026-10-16", True), ("2026-11", True)]
    )
    def test_after_screening_is_a_query(self, date, raised):
        assert (("query", "E9.flag.after") in flags(hz_last_lesion_date=date)) is raised

    def test_after_screening_is_confirmed_as_every_history_date(self):
        assert flags(hz_last_lesion_date="2026-10-16") == [("query", "E9.flag.after"), ("confirm", "flag.confirm")]

    def test_more_than_50_years_ago_is_confirmed(self):
        assert flags(hz_last_lesion_date="1976-10-15") == []
        assert flags(hz_last_lesion_date="1976-10-14") == [("confirm", "flag.confirm")]


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {},
                (
                    "Last day with herpes zoster lesions 2026-07-17 lies within the 90 days before the date of the "
                    "screening visit (from 2026-07-17 to 2026-10-15), so this exclusion applies."
                ),
            ),
            (
                {"hz_last_lesion_date": "2026-07"},
                (
                    "Cannot be decided yet: enter the last day with herpes zoster lesions more exactly: 2026-07 may "
                    "lie before or after 2026-07-17."
                ),
            ),
            (
                {"hz_last_lesion_date": "2026-10-16"},
                (
                    "Cannot be decided yet: last day with herpes zoster lesions 2026-10-16 is after the date of the "
                    "screening visit 2026-10-15: check both dates."
                ),
            ),
            (LONG_AGO | {"hz_recurrent": "yes"}, "Recurrent herpes zoster: yes, so this exclusion applies."),
            (
                {"hz_last_lesion_date": None},
                "Cannot be decided yet: enter the last day with herpes zoster lesions.",
            ),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert reasons("E9", **changes) == (said,)

    def test_says_why_it_is_not_met(self):
        assert reasons("E9", **NEVER) == (
            "No herpes zoster ever.",
            "Disseminated herpes simplex: no.",
            "Herpes zoster ever: no.",
        )
