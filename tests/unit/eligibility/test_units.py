"""Laboratory values as reported. Sections 1.5 and 5.4 of the criteria specification."""

from decimal import Decimal

import pytest

from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.units import Measured, Scale, plain, read_reported, symbol
from screening.protocols.lenalidomide_dm import PROTOCOL

HGB = Scale("g/L", {"g/L": Decimal(1), "g/dL": Decimal(10), "mmol/L": Decimal("16.114")})


class TestRead:
    @pytest.mark.parametrize(
        ("text", "comparator", "number"),
        [
            ("5", "", "5"),
            ("5.20", "", "5.20"),
            ("0", "", "0"),
            ("<0.5", "<", "0.5"),
            (">100", ">", "100"),
            ("2." + "9" * 40, "", "2." + "9" * 40),
        ],
    )
    def test_as_reported(self, text, comparator, number):
        reported = read_reported(text)

        assert (reported.comparator, str(reported.number), reported.text) == (comparator, number, text)

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "5,2", "-1", "+1", "1e3", ".5", "5.", "5 ", " 5", "≤5", "<=5", "<<5", "< 5", "5<", "NaN", "inf",
            "1" * 41, "1." + "1" * 41, "\uff15", "5\n", "1_000",
        ],
    )  # fmt: skip
    def test_refuses_anything_else(self, text):
        with pytest.raises(ValueError, match="not a decimal number"):
            read_reported(text)


class TestIntervals:
    """A value reported as "<x" or ">x" is every value on that side of x; the limit here is 85."""

    @pytest.mark.parametrize(
        ("comparator", "amount", "below", "at_most"),
        [
            ("", "84.999999999", TRUE, TRUE),
            ("", "85", FALSE, TRUE),
            ("", "85.0", FALSE, TRUE),
            ("", "85.000000001", FALSE, FALSE),
            ("<", "84", TRUE, TRUE),
            ("<", "85", TRUE, TRUE),
            ("<", "85.000000001", UNKNOWN, UNKNOWN),
            (">", "84.999999999", UNKNOWN, UNKNOWN),
            (">", "85", FALSE, FALSE),
            (">", "86", FALSE, FALSE),
        ],
    )
    def test_against_a_limit(self, comparator, amount, below, at_most):
        measured = Measured(comparator, Decimal(amount), "")

        assert measured.below(Decimal(85)) is below
        assert measured.at_most(Decimal(85)) is at_most


class TestScale:
    @pytest.mark.parametrize(
        ("reported", "unit", "amount", "shown"),
        [
            ("85", "g/L", "85", "85 g/L"),
            ("8.5", "g/dL", "85", "8.5 g/dL (= 85 g/L)"),
            ("<8.50", "g/dL", "85", "<8.50 g/dL (= <85 g/L)"),
            ("5.275", "mmol/L", "85.00135", "5.275 mmol/L (= 85.00135 g/L)"),
            ("5.274", "mmol/L", "84.985236", "5.274 mmol/L (= 84.985236 g/L)"),
            (f"8.5{'0' * 38}1", "g/dL", f"85.{'0' * 38}1", f"8.5{'0' * 38}1 g/dL (= 85.{'0' * 38}1 g/L)"),
        ],
    )
    def test_converts_exactly_and_shows_the_report(self, reported, unit, amount, shown):
        measured = HGB.measure(read_reported(reported), unit)

        assert measured.amount == Decimal(amount)
        assert measured.shown == shown

    def test_keeps_the_comparator(self):
        assert HGB.measure(read_reported(">8.5"), "g/dL").comparator == ">"

    def test_of_no_other_unit(self):
        with pytest.raises(KeyError):
            HGB.measure(read_reported("8.5"), "mg/dL")


class TestOfTheTrial:
    """10^9/L = 10^3/µL = 1000 cells/µL = 1000/mm³; HGB g/L = 10 g/dL = 16.114 mmol/L."""

    @pytest.mark.parametrize(
        ("item", "unit", "one"),
        [
            (item, unit, one)
            for item in ("wbc_value", "anc_value", "plt_value")
            for unit, one in (("10^9/L", "1"), ("10^3/uL", "1"), ("cells/uL", "0.001"), ("cells/mm3", "0.001"))
        ]
        + [("hgb_value", "g/L", "1"), ("hgb_value", "g/dL", "10"), ("hgb_value", "mmol/L", "16.114")],
    )
    def test_factor(self, item, unit, one):
        scale = PROTOCOL.by_name[item].kind.scale

        assert scale.measure(read_reported("1"), unit).amount == Decimal(one)


@pytest.mark.parametrize(
    ("number", "written"),
    [("85.00", "85"), ("100", "100"), ("0.50", "0.5"), ("1E+2", "100"), ("0", "0"), ("0.000001", "0.000001")],
)
def test_numbers_without_trailing_zeros_or_exponents(number, written):
    assert plain(Decimal(number)) == written


@pytest.mark.parametrize(
    ("code", "written"),
    [
        ("10^9/L", "×10⁹/L"),
        ("10^3/uL", "×10³/µL"),
        ("cells/uL", "cells/µL"),
        ("cells/mm3", "cells/mm³"),
        ("g/L", "g/L"),
    ],
)
def test_units_as_people_write_them(code, written):
    assert symbol(code) == written
