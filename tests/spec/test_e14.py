"""E14: a live or attenuated vaccine within 4 weeks before screening. Section E14 of the criteria specification.

Baseline: a live vaccine was received; its date is set in each test.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors


def vaccinated(date, **changes):
    return outcome("E14", **{"live_vaccine_received": "yes", "live_vaccine_date": date} | changes)


def flags(**changes):
    items = vectors("E14")[0]["items"] | {"live_vaccine_received": "yes"} | changes
    return [(raised.kind.value, raised.message.id) for raised in evaluate(PROTOCOL, items).flags("E14")]


class TestWindow:
    """28 days, both ends inside; screening on 2026-10-15."""

    def test_one_day_too_old(self):
        assert vaccinated("2026-09-16") == NOT_MET

    def test_first_day(self):
        assert vaccinated("2026-09-17") == MET

    def test_second_day(self):
        assert vaccinated("2026-09-18") == MET

    def test_day_of_screening(self):
        assert vaccinated("2026-10-15") == MET

    def test_after_screening_is_a_query(self):
        assert vaccinated("2026-10-16") == UNDETERMINED

    def test_is_28_days_and_not_a_month(self):
        assert vaccinated("2026-09-15") == NOT_MET

    @pytest.mark.parametrize(
        ("screening", "date", "expected"),
        [
            ("2027-03-15", "2027-02-14", NOT_MET),
            ("2027-03-15", "2027-02-15", MET),
            ("2028-03-15", "2028-02-15", NOT_MET),
            ("2028-03-15", "2028-02-16", MET),
            ("2028-02-29", "2028-02-01", MET),
            ("2028-02-29", "2028-01-31", NOT_MET),
        ],
    )
    def test_is_28_days_also_in_a_leap_year(self, screening, date, expected):
        assert vaccinated(date, screening_date=screening) == expected

    def test_is_counted_from_screening_and_not_from_consent(self):
        assert vaccinated("2026-09-16", consent_date="2026-10-14") == NOT_MET
        assert vaccinated("2026-10-15", consent_date="2026-10-14") == MET


class TestPartialDate:
    def test_month_on_both_sides_of_the_first_day(self):
        assert vaccinated("2026-09") == UNDETERMINED

    def test_month_of_screening_is_clipped(self):
        assert vaccinated("2026-10") == MET

    def test_month_before(self):
        assert vaccinated("2026-08") == NOT_MET

    def test_month_after(self):
        assert vaccinated("2026-11") == UNDETERMINED

    @pytest.mark.parametrize(("year", "expected"), [("2025", NOT_MET), ("2026", UNDETERMINED), ("2027", UNDETERMINED)])
    def test_year(self, year, expected):
        assert vaccinated(year) == expected


class TestMissing:
    def test_no_date(self):
        assert vaccinated(None) == UNDETERMINED

    def test_no_screening_date(self):
        assert vaccinated("2026-10-01", screening_date=None) == UNDETERMINED

    @pytest.mark.parametrize("answer", ["unknown", None])
    @pytest.mark.parametrize(
        ("date", "expected"),
        [("2026-10-01", UNDETERMINED), ("2026-10-16", UNDETERMINED), (None, UNDETERMINED), ("2026-09-16", NOT_MET)],
    )
    def test_not_answered(self, answer, date, expected):
        assert vaccinated(date, live_vaccine_received=answer) == expected

    @pytest.mark.parametrize("date", [None, "2026-10-01", "2026-10-16", "2026-09"])
    def test_never_vaccinated_needs_no_date(self, date):
        assert vaccinated(date, live_vaccine_received="no") == NOT_MET

    def test_never_vaccinated_needs_no_screening_date(self):
        assert vaccinated(None, live_vaccine_received="no", screening_date=None) == NOT_MET

    def test_a_date_before_birth_is_refused(self):
        assert vaccinated("1990-05-04", birth_date="1990-05-05") == UNDETERMINED
        assert vaccinated("1990-05-05", birth_date="1990-05-05") == NOT_MET

    def test_a_date_in_the_future_is_refused(self):
        assert vaccinated("2026-10-15", evaluation_date="2026-10-15") == MET
        assert vaccinated("2026-10-16", evaluation_date="2026-10-15") == UNDETERMINED


class TestFlags:
    @pytest.mark.parametrize(
        ("date", "raised"), [("2026-10-15", False), ("2026-10", False), ("2026-10-16", True), ("2026-11", True)]
    )
    def test_after_screening_is_a_query(self, date, raised):
        assert (("query", "E14.flag.after") in flags(live_vaccine_date=date)) is raised

    @pytest.mark.parametrize(("date", "raised"), [("1976-10-15", False), ("1976-10-14", True)])
    def test_more_than_50_years_ago_is_confirmed(self, date, raised):
        assert flags(live_vaccine_date=date) == [("confirm", "flag.confirm")] * raised


class TestReasons:
    def test_says_what_to_enter(self):
        said = reasons("E14", live_vaccine_received="yes", live_vaccine_date=None)

        assert said == ("Cannot be decided yet: enter the date of the last live vaccine.",)

    def test_says_what_to_find_out(self):
        said = reasons("E14", live_vaccine_received="unknown", live_vaccine_date="2026-10-01")

        assert said == (
            (
                "Cannot be decided yet: “Has the person ever received a live or attenuated vaccine?” is answered "
                "“unknown”: find out."
            ),
        )

    def test_says_the_window(self):
        said = reasons("E14", live_vaccine_received="yes", live_vaccine_date="2026-09-17")

        assert (
            "Date of the last live vaccine 2026-09-17 lies within the 4 weeks (28 days) before the date of the "
            "screening visit (from 2026-09-17 to 2026-10-15), so this exclusion applies." in said
        )

    def test_says_that_the_date_is_after_screening(self):
        said = reasons("E14", live_vaccine_received="yes", live_vaccine_date="2026-10-16")

        assert said == (
            (
                "Cannot be decided yet: date of the last live vaccine 2026-10-16 is after the date of the screening "
                "visit 2026-10-15: check both dates."
            ),
        )
