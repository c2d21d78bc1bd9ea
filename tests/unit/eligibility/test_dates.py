"""Calendar arithmetic and partial dates. Sections 1.3 and 1.4 of the criteria specification."""

from datetime import date

import pytest

from screening.eligibility.dates import add_months, completed_years, lies_within, minus_days, minus_years, read_date
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN


def day(text):
    return date.fromisoformat(text)


class TestRead:
    @pytest.mark.parametrize(
        ("text", "earliest", "latest"),
        [
            ("2026-07-15", "2026-07-15", "2026-07-15"),
            ("2026-07", "2026-07-01", "2026-07-31"),
            ("2026-12", "2026-12-01", "2026-12-31"),
            ("2026-02", "2026-02-01", "2026-02-28"),
            ("2028-02", "2028-02-01", "2028-02-29"),
            ("2100-02", "2100-02-01", "2100-02-28"),
            ("2026", "2026-01-01", "2026-12-31"),
            ("1900", "1900-01-01", "1900-12-31"),
            ("2199-12-31", "2199-12-31", "2199-12-31"),
        ],
    )
    def test_every_day_it_may_be(self, text, earliest, latest):
        span = read_date(text)

        assert (span.earliest, span.latest, span.text) == (day(earliest), day(latest), text)
        assert span.is_full is (earliest == latest)

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "26", "2026-7", "2026-7-1", "2026-07-1", "2026/07/01", "20260701", "2026-07-01 ", " 2026", "2026-",
            "2026-00", "2026-13", "2026-02-29", "2026-04-31", "2026-01-00", "1899-12-31", "1899", "2200", "2200-01-01",
            "\uff12026", "2026-07-01T00:00", "-2026", "2026-07-01\n",
        ],
    )  # fmt: skip
    def test_refuses_anything_else(self, text):
        with pytest.raises(ValueError, match=r"date|year|month|day"):
            read_date(text)


class TestArithmetic:
    @pytest.mark.parametrize(
        ("start", "months", "end"),
        [
            ("2026-08-31", 6, "2027-02-28"),
            ("2027-08-31", 6, "2028-02-29"),
            ("2026-11-30", 3, "2027-02-28"),
            ("2027-11-30", 3, "2028-02-29"),
            ("2026-08-28", 6, "2027-02-28"),
            ("2026-04-30", 6, "2026-10-30"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-11-15", 1, "2026-12-15"),
            ("2026-01-15", -1, "2025-12-15"),
            ("2026-12-15", 12, "2027-12-15"),
            ("2026-03-31", -1, "2026-02-28"),
            ("2026-05-05", 0, "2026-05-05"),
        ],
    )
    def test_add_months_ends_with_the_month(self, start, months, end):
        assert add_months(day(start), months) == day(end)

    @pytest.mark.parametrize(
        ("start", "years", "end"),
        [
            ("2028-02-29", 1, "2027-02-28"),
            ("2028-02-29", 4, "2024-02-29"),
            ("2028-02-29", 5, "2023-02-28"),
            ("2029-02-28", 1, "2028-02-28"),
            ("2026-10-15", 5, "2021-10-15"),
            ("2026-12-31", 1, "2025-12-31"),
        ],
    )
    def test_minus_years(self, start, years, end):
        assert minus_years(day(start), years) == day(end)

    @pytest.mark.parametrize(
        ("start", "days", "end"),
        [("2026-10-15", 90, "2026-07-17"), ("2028-03-01", 1, "2028-02-29"), ("2026-10-15", 0, "2026-10-15")],
    )
    def test_minus_days(self, start, days, end):
        assert minus_days(day(start), days) == day(end)


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        ("2008-10-14", "2026-10-14", 18),
        ("2008-10-15", "2026-10-14", 17),
        ("2008-10-13", "2026-10-14", 18),
        ("2008-11-01", "2026-10-14", 17),
        ("2008-09-30", "2026-10-14", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-10-14", "2026-10-14", 0),
    ],
)
def test_age_in_completed_years(born, on, age):
    assert completed_years(day(born), day(on)) == age


@pytest.mark.parametrize(
    ("event", "inside"),
    [
        ("2026-07-16", FALSE),
        ("2026-07-17", TRUE),
        ("2026-10-15", TRUE),
        ("2026-10-16", UNKNOWN),
        ("2026-06", FALSE),
        ("2026-07", UNKNOWN),
        ("2026-08", TRUE),
        ("2026-10", TRUE),
        ("2026-11", UNKNOWN),
        ("2026", UNKNOWN),
        ("2025", FALSE),
    ],
)
def test_a_window_of_the_past(event, inside):
    assert lies_within(read_date(event), day("2026-07-17"), day("2026-10-15")) is inside


def test_a_year_that_reaches_beyond_the_anchor_is_clipped_to_it():
    assert lies_within(read_date("2026"), day("2026-01-01"), day("2026-01-01")) is TRUE


@pytest.mark.parametrize(("first", "inside"), [("2026-07-31", UNKNOWN), ("2026-08-01", FALSE), ("2026-07-01", TRUE)])
def test_a_month_that_ends_or_begins_on_the_first_day(first, inside):
    assert lies_within(read_date("2026-07"), day(first), day("2026-10-15")) is inside
