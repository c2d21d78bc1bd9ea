"""Kinds of items: what is accepted, what is refused, and what is said then. Sections 1.1, 1.4 and 1.5."""

from datetime import date, time
from decimal import Decimal

import pytest

from screening.eligibility.kinds import (
    DECISION,
    FULL_DATE,
    PARTIAL_DATE,
    TEXT,
    YES_NO,
    Integer,
    Kind,
    Quantity,
    Refused,
    Time,
    Words,
    shown,
)
from screening.eligibility.messages import render
from screening.eligibility.units import Scale

PERCENT = Integer(0, 100, "%")
HGB = Quantity(
    Scale("g/L", {"g/L": Decimal(1), "g/dL": Decimal(10)}),
    Decimal(30),
    Decimal(250),
    Decimal(70),
    Decimal(200),
    unit_item="hgb_unit",
)


def refusal(kind, raw):
    with pytest.raises(Refused) as refused:
        kind.read(raw)
    assert str(refused.value) == render(refused.value.message)
    return str(refused.value)


class TestChoice:
    @pytest.mark.parametrize("code", ["yes", "no", "unknown"])
    def test_takes_its_codes(self, code):
        assert YES_NO.read(code) == code

    @pytest.mark.parametrize("raw", ["Yes", "y", "", " yes", "true"])
    def test_refuses_other_words(self, raw):
        assert refusal(YES_NO, raw) == f"“{raw}” is not one of: yes, no, unknown"

    @pytest.mark.parametrize("raw", [True, 1, ["yes"], {"yes": 1}, 0.5])
    def test_refuses_other_types(self, raw):
        assert refusal(YES_NO, raw) == f"“{raw!r}” is not one of: yes, no, unknown"

    def test_a_decision_knows_no_unknown(self):
        assert DECISION.read("no") == "no"
        assert refusal(DECISION, "unknown") == "“unknown” is not one of: yes, no"


class TestDate:
    def test_takes_a_day(self):
        assert FULL_DATE.read("2026-10-15").earliest == date(2026, 10, 15)
        assert PARTIAL_DATE.read("2026-10-15").is_full

    @pytest.mark.parametrize(("raw", "last"), [("2026-02", date(2026, 2, 28)), ("2026", date(2026, 12, 31))])
    def test_takes_a_month_or_a_year_only_where_partial_dates_are_allowed(self, raw, last):
        assert PARTIAL_DATE.read(raw).latest == last
        assert refusal(FULL_DATE, raw) == f"“{raw}” has no day: a full date is needed here, as YYYY-MM-DD"

    @pytest.mark.parametrize("raw", ["2026-02-30", "15.10.2026", "", 2026, None, date(2026, 10, 15)])
    def test_refuses_what_is_no_date(self, raw):
        assert refusal(FULL_DATE, raw) == f"“{shown(raw)}” is not a date: write it as YYYY-MM-DD"
        assert refusal(PARTIAL_DATE, raw).endswith("write it as YYYY, YYYY-MM or YYYY-MM-DD")


class TestTime:
    @pytest.mark.parametrize(("raw", "read"), [("00:00", time(0)), ("09:30", time(9, 30)), ("23:59", time(23, 59))])
    def test_takes_a_time_of_day(self, raw, read):
        assert Time().read(raw) == read

    @pytest.mark.parametrize(
        "raw", ["24:00", "9:30", "09:60", "09:30:00", "0930", "09:30\n", "\uff109:30", "", 930, None]
    )
    def test_refuses_anything_else(self, raw):
        assert refusal(Time(), raw) == f"“{shown(raw)}” is not a time: write it as HH:MM, from 00:00 to 23:59"


class TestInteger:
    @pytest.mark.parametrize("raw", [0, 1, 99, 100])
    def test_takes_both_ends(self, raw):
        assert PERCENT.read(raw) == raw

    @pytest.mark.parametrize("raw", [-1, 101, 10**50])
    def test_refuses_what_is_outside(self, raw):
        assert refusal(PERCENT, raw) == f"{shown(raw)} is outside 0 to 100"

    @pytest.mark.parametrize("raw", ["12", 12.0, True, False, None, [12]])
    def test_refuses_what_is_no_whole_number(self, raw):
        assert refusal(PERCENT, raw) == "enter a whole number, without quotes"


class TestQuantity:
    def test_takes_a_number_as_reported(self):
        assert HGB.read("<8.5").number == Decimal("8.5")

    @pytest.mark.parametrize("raw", [8.5, 85, "8,5", "", "high", None, True])
    def test_refuses_anything_else(self, raw):
        said = refusal(HGB, raw)

        assert said.startswith(f"“{shown(raw)}” is not a number as reported")
        assert said.endswith("write decimal digits as text, such as “5.2” or “<0.5”")

    @pytest.mark.parametrize(
        ("raw", "unit", "amount"), [("30", "g/L", 30), ("250", "g/L", 250), ("3", "g/dL", 30), ("25.0", "g/dL", 250)]
    )
    def test_takes_both_hard_limits(self, raw, unit, amount):
        assert HGB.measure(HGB.read(raw), unit).amount == amount

    @pytest.mark.parametrize(
        ("raw", "unit", "value"),
        [
            ("29.9", "g/L", "29.9 g/L"),
            ("250.1", "g/L", "250.1 g/L"),
            ("2.99", "g/dL", "2.99 g/dL (= 29.9 g/L)"),
            ("25.01", "g/dL", "25.01 g/dL (= 250.1 g/L)"),
        ],
    )
    def test_refuses_what_is_outside_the_hard_limits(self, raw, unit, value):
        with pytest.raises(Refused) as refused:
            HGB.measure(HGB.read(raw), unit)

        assert str(refused.value) == f"{value} is outside 30 to 250 g/L: check the value and its unit"

    def test_another_quantity_with_other_limits_remembers_its_own(self):
        wider = Quantity(HGB.scale, Decimal(0), Decimal(1000))
        with pytest.raises(Refused):
            HGB.measure(HGB.read("260"), "g/L")

        assert wider.measure(HGB.read("260"), "g/L").amount == 260


class TestWords:
    @pytest.mark.parametrize("raw", ["a", " a ", "a" * 2000])
    def test_takes_text_as_it_is(self, raw):
        assert TEXT.read(raw) == raw

    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (3, "enter it as text"),
            (None, "enter it as text"),
            ("", "enter some text, or leave the answer out"),
            (" \n", "enter some text, or leave the answer out"),
            ("a" * 2001, "shorten the text to 2000 characters"),
        ],
    )
    def test_refuses_anything_else(self, raw, said):
        assert refusal(TEXT, raw) == said

    def test_of_another_length(self):
        assert Words(3).read("abc") == "abc"
        assert refusal(Words(3), "abcd") == "shorten the text to 3 characters"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (YES_NO, "yes, no, unknown"),
        (FULL_DATE, "a full date (1900–2199)"),
        (PARTIAL_DATE, "a date, of which the day or the month may be unknown (1900–2199)"),
        (Time(), "a time (HH:MM)"),
        (PERCENT, "a whole number, 0 to 100 %"),
        (Integer(1, 3), "a whole number, 1 to 3"),
        (HGB, "a number as reported, in g/L, g/dL; 30 to 250 g/L"),
        (TEXT, "free text"),
    ],
)
def test_says_what_may_be_entered(kind, words):
    assert kind.words() == words


def test_a_new_kind_has_to_say_both():
    with pytest.raises(NotImplementedError):
        Kind().read("a")
    with pytest.raises(NotImplementedError):
        Kind().words()


@pytest.mark.parametrize(
    ("raw", "text"),
    [("a" * 40, "a" * 40), ("a" * 41, "a" * 39 + "…"), (3, "3"), (None, "None"), ([1], "[1]"), ("", "")],
)
def test_a_refused_value_is_shortened_in_the_message(raw, text):
    assert shown(raw) == text


def test_a_refused_value_that_cannot_be_written_is_named_by_its_type():
    nested = []
    for _ in range(100_000):
        nested = [nested]

    assert shown(10**5000) == "(int)"
    assert shown(nested) == "(list)"
