"""I2: age 18 to 75 at consent, in completed years. Section I2 of the criteria specification.

Baseline: consent on 2026-10-14; the birth date is set in each test.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors


def born(birth_date, **changes):
    return outcome("I2", birth_date=birth_date, **changes)


def flags(birth_date, **changes):
    items = vectors("I2")[0]["items"] | {"birth_date": birth_date} | changes
    return [(raised.kind.value, raised.items) for raised in evaluate(PROTOCOL, items).flags("I2")]


class TestBounds:
    """Both included; up to the day before the 76th birthday."""

    @pytest.mark.parametrize(
        ("birth_date", "expected"),
        [
            ("2008-10-15", NOT_MET),
            ("2008-10-14", MET),
            ("2008-10-13", MET),
            ("1951-10-14", MET),
            ("1951-10-13", MET),
            ("1950-10-15", MET),
            ("1950-10-14", NOT_MET),
            ("1950-10-13", NOT_MET),
            ("2026-10-14", NOT_MET),
        ],
    )
    def test_age(self, birth_date, expected):
        assert born(birth_date) == expected

    def test_is_counted_on_the_day_of_consent_not_of_screening(self):
        assert born("2008-10-15", screening_date="2026-10-15") == NOT_MET
        assert born("1950-10-15", screening_date="2026-10-15") == MET


class TestLeapDay:
    @pytest.mark.parametrize(
        ("birth_date", "consent", "expected"),
        [
            ("2004-02-29", "2022-02-28", NOT_MET),
            ("2004-02-29", "2022-03-01", MET),
            ("1952-02-29", "2028-02-28", MET),
            ("1952-02-29", "2028-02-29", NOT_MET),
        ],
    )
    def test_ages_on_1_march_in_years_without_29_february(self, birth_date, consent, expected):
        assert born(birth_date, consent_date=consent) == expected


class TestPartialBirthDate:
    @pytest.mark.parametrize(
        ("birth_date", "expected"),
        [
            ("2009", NOT_MET),
            ("2008", UNDETERMINED),
            ("2007", MET),
            ("1951", MET),
            ("1950", UNDETERMINED),
            ("1949", NOT_MET),
            ("2026", NOT_MET),
        ],
    )
    def test_year(self, birth_date, expected):
        assert born(birth_date) == expected

    @pytest.mark.parametrize(
        ("birth_date", "expected"),
        [
            ("2008-11", NOT_MET),
            ("2008-10", UNDETERMINED),
            ("2008-09", MET),
            ("1950-11", MET),
            ("1950-10", UNDETERMINED),
            ("1950-09", NOT_MET),
        ],
    )
    def test_month(self, birth_date, expected):
        assert born(birth_date) == expected

    @pytest.mark.parametrize(
        ("consent", "birth_date", "expected"),
        [
            ("2026-12-31", "2008", MET),
            ("2026-12-30", "2008", UNDETERMINED),
            ("2027-01-01", "1951", UNDETERMINED),
            ("2026-12-31", "1951", MET),
            ("2026-12-31", "1950", NOT_MET),
            ("2026-12-30", "1950", UNDETERMINED),
            ("2026-01-01", "2008", UNDETERMINED),
            ("2025-12-31", "2008", NOT_MET),
        ],
    )
    def test_first_and_last_possible_day(self, consent, birth_date, expected):
        assert born(birth_date, consent_date=consent) == expected


class TestMissing:
    @pytest.mark.parametrize("consent", [None, "2026-10", "2026", "14.10.2026"])
    def test_no_full_consent_date(self, consent):
        assert born("1980-01-01", consent_date=consent) == UNDETERMINED

    @pytest.mark.parametrize("birth_date", [None, "", "1980-13", "1980-02-30", "80", 1980])
    def test_no_readable_birth_date(self, birth_date):
        assert born(birth_date) == UNDETERMINED

    def test_screening_date_does_not_replace_the_consent_date(self):
        assert born("1980-01-01", consent_date=None, screening_date="2026-10-15") == UNDETERMINED


class TestRefused:
    @pytest.mark.parametrize(("birth_date", "expected"), [("1900-01-01", NOT_MET), ("1899-12-31", UNDETERMINED)])
    def test_birth_before_1900(self, birth_date, expected):
        assert born(birth_date) == expected

    @pytest.mark.parametrize("birth_date", ["2026-10-15", "2026-11", "2027"])
    def test_birth_after_consent(self, birth_date):
        assert born(birth_date) == UNDETERMINED

    @pytest.mark.parametrize(("today", "expected"), [("2026-10-14", MET), ("2026-10-13", UNDETERMINED)])
    def test_consent_in_the_future(self, today, expected):
        assert born("1980-01-01", evaluation_date=today) == expected


class TestFlags:
    @pytest.mark.parametrize(
        ("birth_date", "raised"),
        [
            ("2008-10-15", True),
            ("2008-10-14", False),
            ("1950-10-15", False),
            ("1950-10-14", True),
            ("2008", False),
        ],
    )
    def test_age_outside_the_bounds_is_confirmed(self, birth_date, raised):
        assert flags(birth_date) == [("confirm", ("birth_date", "consent_date"))] * raised

    @pytest.mark.parametrize(("screening", "raised"), [("2026-10-13", True), ("2026-10-14", False)])
    def test_screening_before_consent_is_refused_by_the_form(self, screening, raised):
        found = flags("1980-01-01", screening_date=screening)

        assert found == [("form", ("screening_date", "consent_date"))] * raised


class TestReasons:
    def test_too_young(self):
        assert reasons("I2", birth_date="2008-10-15") == ("Age at consent is 17, so this criterion is not met.",)

    def test_old_enough(self):
        assert reasons("I2", birth_date="2008-10-14") == ("Age at consent is 18.",)

    def test_year_on_both_sides(self):
        assert reasons("I2", birth_date="2008") == (
            "Cannot be decided yet: enter the birth date more exactly: the age at consent is 17 or 18.",
        )

    def test_both_ages_of_a_year_inside(self):
        assert reasons("I2", birth_date="1980") == ("Age at consent is 45 to 46, depending on the exact birth date.",)
