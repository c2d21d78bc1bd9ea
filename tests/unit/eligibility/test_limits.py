"""Limits between items, each at its boundary. Section 1.5 of the criteria specification."""

import pytest

from screening.eligibility.dates import read_date
from screening.eligibility.limits import (
    Limit,
    NotAboveAge,
    NotAfter,
    NotBefore,
    NotEarlierThan,
    NotLongAgo,
    Usual,
)
from screening.eligibility.messages import render

VISIT = {"visit": read_date("2026-10-15")}
MONTH = {"visit": read_date("2026-10")}
AFTER = NotAfter("visit", "visit")
BEFORE = NotBefore("visit", "visit")
EARLIER = NotEarlierThan("visit", "visit", 30)
LONG_AGO = NotLongAgo("visit", "visit")
AGE = NotAboveAge("birth", "consent")
BORN = {"birth": read_date("1980-10-14"), "consent": read_date("2026-10-14")}


def said(limit, value, values):
    message = limit.broken(value, values)
    return None if message is None else render(message)


class TestDates:
    @pytest.mark.parametrize(
        ("limit", "value", "values", "broken"),
        [
            (AFTER, "2026-10-15", VISIT, False),
            (AFTER, "2026-10-16", VISIT, True),
            (AFTER, "2026-10", VISIT, False),
            (AFTER, "2026-11", VISIT, True),
            (AFTER, "2026", VISIT, False),
            (AFTER, "2026-10-31", MONTH, False),
            (AFTER, "2026-11-01", MONTH, True),
            (BEFORE, "2026-10-15", VISIT, False),
            (BEFORE, "2026-10-14", VISIT, True),
            (BEFORE, "2026-10", VISIT, False),
            (BEFORE, "2026-09", VISIT, True),
            (BEFORE, "2026-10-31", MONTH, False),
            (BEFORE, "2026-10-30", MONTH, True),
            (EARLIER, "2026-09-15", VISIT, False),
            (EARLIER, "2026-09-14", VISIT, True),
            (EARLIER, "2026-09", VISIT, False),
            (EARLIER, "2026-08", VISIT, True),
            (EARLIER, "2026-09-01", MONTH, False),
            (EARLIER, "2026-08-31", MONTH, True),
            (LONG_AGO, "1976-10-15", VISIT, False),
            (LONG_AGO, "1976-10-14", VISIT, True),
            (LONG_AGO, "1976-10", VISIT, False),
            (LONG_AGO, "1976-09", VISIT, True),
            (LONG_AGO, "1976", VISIT, False),
            (LONG_AGO, "1975", VISIT, True),
            (LONG_AGO, "1976-10-01", MONTH, False),
            (LONG_AGO, "1976-09-30", MONTH, True),
            (NotLongAgo("visit", "visit", 1), "2025-10-15", VISIT, False),
            (NotLongAgo("visit", "visit", 1), "2025-10-14", VISIT, True),
        ],
    )
    def test_broken_only_when_every_possible_day_breaks_it(self, limit, value, values, broken):
        assert (limit.broken(read_date(value), values) is not None) is broken

    @pytest.mark.parametrize("limit", [AFTER, BEFORE, EARLIER, LONG_AGO])
    def test_holds_while_the_other_date_is_missing(self, limit):
        assert limit.broken(read_date("1900-01-01"), {}) is None
        assert limit.broken(read_date("2199-12-31"), {}) is None

    @pytest.mark.parametrize("limit", [AFTER, BEFORE, EARLIER, LONG_AGO])
    def test_holds_for_what_is_no_date(self, limit):
        assert limit.broken("some text", VISIT) is None

    @pytest.mark.parametrize("limit", [AFTER, BEFORE, EARLIER, LONG_AGO])
    def test_looks_at_the_other_item(self, limit):
        assert limit.reads == ("visit",)

    @pytest.mark.parametrize(
        ("limit", "value", "message"),
        [
            (AFTER, "2026-11", "2026-11 is after the visit (2026-10-15): check both"),
            (BEFORE, "2026-09", "2026-09 is before the visit (2026-10-15): check both"),
            (
                EARLIER,
                "2026-09-14",
                "2026-09-14 is more than 30 days before the visit (2026-10-15): enter a later one",
            ),
            (LONG_AGO, "1926-10-14", "1926-10-14 is more than 50 years before the visit: confirm it"),
        ],
    )
    def test_says_what_to_do(self, limit, value, message):
        assert said(limit, read_date(value), VISIT) == message


class TestAge:
    @pytest.mark.parametrize(("years", "broken"), [(0, False), (46, False), (47, True)])
    def test_not_above_the_age(self, years, broken):
        assert (AGE.broken(years, BORN) is not None) is broken

    @pytest.mark.parametrize(("years", "broken"), [(46, False), (47, True)])
    def test_the_highest_possible_age_counts(self, years, broken):
        assert (AGE.broken(years, BORN | {"birth": read_date("1980")}) is not None) is broken
        assert (AGE.broken(years, BORN | {"consent": read_date("2026-10")}) is not None) is broken

    @pytest.mark.parametrize("missing", ["birth", "consent"])
    def test_holds_while_a_date_is_missing(self, missing):
        assert AGE.broken(200, {name: day for name, day in BORN.items() if name != missing}) is None

    def test_holds_for_what_is_no_number(self):
        assert AGE.broken("200", BORN) is None

    def test_says_what_to_do(self):
        assert said(AGE, 47, BORN) == "47 years is more than the age at consent (46): check both"
        assert AGE.reads == ("birth", "consent")


class TestUsual:
    @pytest.mark.parametrize(("value", "broken"), [(9, True), (10, False), (55, False), (56, True)])
    def test_from_low_to_high(self, value, broken):
        assert (Usual(10, 55).broken(value, {}) is not None) is broken

    def test_says_what_to_do_and_looks_at_nothing_else(self):
        assert said(Usual(10, 55), 9, {}) == "9 is unusual (expected 10 to 55): confirm it"
        assert Usual(10, 55).broken("9", {}) is None
        assert Usual(10, 55).reads == ()


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        (AFTER, "not after the visit"),
        (BEFORE, "not before the visit"),
        (EARLIER, "not more than 30 days before the visit"),
        (LONG_AGO, "usually not more than 50 years before the visit"),
        (NotAboveAge("birth", "consent"), "not more than the age at consent"),
        (Usual(10, 55), "usually 10 to 55"),
    ],
)
def test_in_words(limit, words):
    assert limit.words() == words


def test_a_new_limit_has_to_say_both():
    with pytest.raises(NotImplementedError):
        Limit().broken(1, {})
    with pytest.raises(NotImplementedError):
        Limit().words()
    assert Limit().reads == ()
