"""Conditions that compare, on a tiny made-up trial; each criterion's windows and limits are in tests/spec.

Sections 1.3 to 1.5 of the criteria specification.
"""

from datetime import date
from decimal import Decimal

import pytest

from screening.eligibility.comparisons import (
    AgeBetween,
    Before,
    Below,
    OlderThan,
    OnExamination,
    Usable,
    Within,
    accepted_days,
)
from screening.eligibility.conditions import Entered, Not
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from tests.unit.eligibility.tiny import (
    BORN,
    CELLS,
    COUGH,
    CRP,
    DRUGS,
    FELL_ILL,
    TEST,
    VISIT,
    find,
    flat,
    truth_of,
)


@pytest.mark.parametrize(("rows", "truth"), [([{}], TRUE), ([], FALSE), (None, FALSE)])
def test_rows_are_entered_when_there_is_one(rows, truth):
    assert find(Entered(DRUGS), drugs=rows) == (truth, (), ("drugs",), ())


@pytest.mark.parametrize(("days", "years"), [(0, 0), (5, 1)])
def test_a_window_is_in_days_or_in_years(days, years):
    with pytest.raises(ValueError, match="in days or in years, one of them"):
        Within(FELL_ILL, VISIT, days=days, years=years)


@pytest.mark.parametrize(
    ("window", "period"),
    [
        (Within(FELL_ILL, VISIT, days=10), "10 days"),
        (Within(FELL_ILL, VISIT, days=14), "2 weeks (14 days)"),
        (Within(FELL_ILL, VISIT, years=1), "year"),
        (Within(FELL_ILL, VISIT, years=5), "5 years"),
    ],
)
def test_a_window_in_words(window, period):
    assert window.period == period
    assert (
        flat(window) == f"first day ill within the {period} before the visit, both ends included; later: undetermined"
    )


def test_a_window_asks_for_all_that_is_missing():
    window = Within(FELL_ILL, VISIT, days=10)

    assert find(window)[1:] == (("enter the first day ill", "enter the visit"),) + (("fell_ill", "visit"),) * 2
    assert find(window, fell_ill="2026")[1:] == (("enter the visit",), ("fell_ill", "visit"), ("visit",))


@pytest.mark.parametrize(
    ("after", "day", "truth", "said"),
    [
        (UNKNOWN, "2026", UNKNOWN, "enter the first day ill more exactly: 2026 may lie before or after 2026-10-05"),
        (UNKNOWN, "2026-11", UNKNOWN, "first day ill 2026-11 is after the visit 2026-10-15: check both dates"),
        (TRUE, "2026", UNKNOWN, "enter the first day ill more exactly: 2026 may lie before or after 2026-10-05"),
        (TRUE, "2026-11", TRUE, "first day ill 2026-11 is after the visit 2026-10-15"),
        (
            TRUE,
            "2026-09",
            FALSE,
            "first day ill 2026-09 lies before 2026-10-05, the first of the 10 days before the visit",
        ),
    ],
)
def test_a_partial_date_and_a_window(after, day, truth, said):
    window = Within(FELL_ILL, VISIT, days=10, after=after)

    assert find(window, fell_ill=day, visit="2026-10-15")[:2] == (truth, (said,))


def test_a_month_that_begins_in_the_window_lies_within_it_where_what_comes_after_counts_too():
    window = Within(FELL_ILL, VISIT, days=15, after=TRUE)

    [said] = find(window, fell_ill="2026-10", visit="2026-10-15")[1]

    assert said.startswith("first day ill 2026-10 lies within the 15 days before the visit")


@pytest.mark.parametrize(
    ("first", "truth"),
    [
        ("2026-10-14", TRUE),
        ("2026-10-15", FALSE),
        ("2026-10-16", FALSE),
        ("2026-09", TRUE),
        ("2026-10", UNKNOWN),
        ("2026-11", FALSE),
        (None, UNKNOWN),
    ],
)
def test_one_date_before_another(first, truth):
    assert truth_of(Before(FELL_ILL, VISIT), fell_ill=first, visit="2026-10-15") is truth


@pytest.mark.parametrize(
    ("second", "truth"),
    [("2026-10-16", TRUE), ("2026-10-15", FALSE), ("2026-11", TRUE), ("2026-10", UNKNOWN), ("2026-09", FALSE)],
)
def test_one_date_before_another_that_is_partial(second, truth):
    assert truth_of(Before(VISIT, FELL_ILL), fell_ill=second, visit="2026-10-15") is truth


@pytest.mark.parametrize(("second", "truth"), [("2026-11", TRUE), ("2026-10", UNKNOWN), ("2026-09", FALSE)])
def test_one_partial_date_before_another(second, truth):
    assert truth_of(Before(BORN, FELL_ILL), born="2026-10", fell_ill=second) is truth


@pytest.mark.parametrize(
    ("day", "truth"), [("2026-10-04", TRUE), ("2026-10-05", FALSE), ("2026-10", FALSE), ("2026-09", TRUE)]
)
def test_older_than_a_setting_allows(day, truth):
    assert truth_of(OlderThan(FELL_ILL, VISIT, "VALID"), fell_ill=day, visit="2026-10-15") is truth
    assert truth_of(OlderThan(FELL_ILL, VISIT, "VALID"), fell_ill=day) is UNKNOWN
    assert truth_of(OlderThan(FELL_ILL, VISIT, "VALID"), visit="2026-10-15") is UNKNOWN


@pytest.mark.parametrize(
    ("day", "truth"),
    [("2026-10-04", FALSE), ("2026-10-05", TRUE), ("2026-10-20", TRUE), ("2026-10-21", FALSE), (None, UNKNOWN)],
)
def test_an_examination_is_usable_from_first_to_last_day(day, truth):
    assert truth_of(Usable(TEST), test_date=day, visit="2026-10-15") is truth
    assert truth_of(Usable(TEST), test_date=day) is UNKNOWN


def test_values_of_an_examination_are_open_until_it_is_usable():
    high = OnExamination(TEST, Not(Below(CRP, Decimal(5), TEST)))
    given = {"crp": "8", "crp_unit": "mg/L", "visit": "2026-10-15"}

    assert find(high, **given, test_date="2026-10-05")[0] is TRUE
    assert find(high, **given, test_date="2026-10-04")[0] is UNKNOWN
    assert find(high, visit="2026-10-15")[3] == ("test_date", "crp")
    assert find(high, visit="2026-10-15", crp="8")[3] == ("test_date", "crp_unit")


def test_an_examination_that_is_not_usable_does_not_need_values_that_nothing_waits_for():
    high = OnExamination(TEST, Not(Below(CRP, Decimal(5), TEST)))
    given = {"crp": "8", "crp_unit": "mg/L"}

    assert find(high, **given, visit="2026-10-15")[3] == ("test_date",)
    assert find(high, **given, visit="2026-10-15", test_date="2026-10-04")[3] == ("test_date",)
    assert find(high, **given, test_date="2026-10-05")[3] == ("visit",)


@pytest.mark.parametrize(
    ("value", "below", "at_most"),
    [
        ("4.9", ("CRP 4.9 mg/L is below 5 mg/L", TRUE), ("CRP 4.9 mg/L is at or below 5 mg/L", TRUE)),
        ("5.0", ("CRP 5.0 mg/L is not below 5 mg/L", FALSE), ("CRP 5.0 mg/L is at or below 5 mg/L", TRUE)),
        ("5.1", ("CRP 5.1 mg/L is not below 5 mg/L", FALSE), ("CRP 5.1 mg/L is above 5 mg/L", FALSE)),
    ],
)
def test_a_value_against_a_limit(value, below, at_most):
    for or_equal, expected in ((False, below), (True, at_most)):
        found = find(Below(CRP, Decimal(5), TEST, or_equal), crp=value, crp_unit="mg/L")
        assert (found[1][0], found[0]) == expected


def test_a_value_in_another_unit_of_several_things_on_a_day():
    assert find(Below(CRP, Decimal(5), TEST), crp="0.4", crp_unit="mg/dL", test_date="2026-10-05")[1] == (
        "CRP 0.4 mg/dL (= 4 mg/L) on 2026-10-05 is below 5 mg/L",
    )
    assert find(Below(CELLS, Decimal(5), TEST), cells="4")[1] == ("cells 4 g/L are below 5 g/L",)
    assert find(Below(CELLS, Decimal(5), TEST), cells="5")[1] == ("cells 5 g/L are not below 5 g/L",)


@pytest.mark.parametrize(
    ("answers", "said", "needs"),
    [
        ({}, "enter the CRP", ("crp",)),
        ({"crp": "4"}, "enter the unit of CRP", ("crp_unit",)),
        (
            {"crp": "<6", "crp_unit": "mg/L"},
            "CRP “<6 mg/L” cannot be compared with 5 mg/L: a measured value is needed",
            ("crp",),
        ),
    ],
)
def test_a_value_that_cannot_be_compared(answers, said, needs):
    found = find(Below(CRP, Decimal(5), TEST), **answers)

    assert (found[0], found[1], found[3]) == (UNKNOWN, (said,), needs)


def test_only_quantities_have_limits():
    with pytest.raises(TypeError, match="cough is not a quantity"):
        Below(COUGH, Decimal(5), TEST)


@pytest.mark.parametrize(
    ("born", "truth", "said"),
    [
        ("2008-10-15", TRUE, "age at consent is 18"),
        ("2008-10-16", FALSE, "age at consent is 17"),
        ("1980", TRUE, "age at consent is 45 to 46, depending on the exact birth date"),
        ("2008", UNKNOWN, "enter the birth date more exactly: the age at consent is 17 or 18"),
        (None, UNKNOWN, "enter the birth date"),
    ],
)
def test_age(born, truth, said):
    assert find(AgeBetween(BORN, VISIT, 18, 75), born=born, visit="2026-10-15")[:2] == (truth, (said,))


@pytest.mark.parametrize("born", ["2026", "2026-10", "2026-10-15"])
def test_nobody_is_born_after_the_day_on_which_the_age_counts(born):
    assert find(AgeBetween(BORN, VISIT, 0, 49), born=born, visit="2026-10-15")[:2] == (TRUE, ("age at consent is 0",))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Entered(DRUGS), "drugs entered"),
        (Before(FELL_ILL, VISIT), "first day ill before the visit"),
        (OlderThan(FELL_ILL, VISIT, "VALID"), "first day ill more than 10 days before the visit"),
        (AgeBetween(BORN, VISIT, 18, 75), "age in completed years on the visit is 18 to 75, both included"),
        (Below(CRP, Decimal(5), TEST), "CRP below 5 mg/L"),
        (Below(CRP, Decimal(5), TEST, or_equal=True), "CRP at or below 5 mg/L"),
        (
            Usable(TEST),
            "test dated from 10 days before to 5 days after the visit [D: VALID, POST]",
        ),
    ],
)
def test_in_words(condition, words):
    assert flat(condition) == words


def test_days_accepted_are_whole_numbers():
    with pytest.raises(TypeError, match="VALID and POST are whole numbers of days"):
        accepted_days(TEST, date(2026, 10, 15), {"VALID": "10", "POST": 5})
