"""E3: severe concomitant disease. Sections E3, 5.3 and 5.4 of the criteria specification.

Baseline: counts of 2026-10-12 in which nothing excludes, white cells at exactly 3.0; screening on 2026-10-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, vectors

PER_LITRE, PER_MICROLITRE = ["10^9/L", "10^3/uL"], ["cells/uL", "cells/mm3"]
CLINICAL = ["respiratory_failure", "peripheral_neuropathy", "other_severe_concomitant_disease"]
FROM_PERCENT = {"wbc_value": "5.0", "anc_value": None, "anc_unit": None}
OWN_UNIT = {"wbc": "10^9/L", "anc": "10^9/L", "plt": "10^9/L", "hgb": "g/L"}


def counted(name, value, unit=None, **changes):
    return outcome("E3", **{f"{name}_value": value, f"{name}_unit": unit or OWN_UNIT[name]} | changes)


def flags(settings=None, /, **changes):
    items = vectors("E3")[0]["items"] | {"anc_value": "2.0"} | changes
    return [raised.kind.value for raised in evaluate(PROTOCOL, items, PROTOCOL.configure(settings)).flags("E3")]


class TestCells:
    """White cells below 3.0, neutrophils below 1.5, platelets below 100 ×10⁹/L: equality does not exclude."""

    @pytest.mark.parametrize("unit", PER_LITRE)
    @pytest.mark.parametrize(
        ("name", "below", "at", "above"),
        [("wbc", "2.999", "3.0", "3.001"), ("anc", "1.499", "1.5", "1.501"), ("plt", "99.999", "100", "100.001")],
    )
    def test_per_litre(self, name, below, at, above, unit):
        assert counted(name, below, unit) == MET
        assert counted(name, at, unit) == NOT_MET
        assert counted(name, above, unit) == NOT_MET

    @pytest.mark.parametrize("unit", PER_MICROLITRE)
    @pytest.mark.parametrize(
        ("name", "below", "at"), [("wbc", "2999", "3000"), ("anc", "1499", "1500"), ("plt", "99999", "100000")]
    )
    def test_per_microlitre(self, name, below, at, unit):
        assert counted(name, below, unit) == MET
        assert counted(name, at, unit) == NOT_MET


class TestHaemoglobin:
    """At or below 85 g/L: equality excludes."""

    @pytest.mark.parametrize(
        ("value", "unit", "expected"),
        [
            ("84.999", "g/L", MET),
            ("85", "g/L", MET),
            ("85.0", "g/L", MET),
            ("85.001", "g/L", NOT_MET),
            ("8.5", "g/dL", MET),
            ("8.501", "g/dL", NOT_MET),
            ("5.274", "mmol/L", MET),
            ("5.2749", "mmol/L", MET),
            ("5.275", "mmol/L", NOT_MET),
        ],
    )
    def test_value(self, value, unit, expected):
        assert counted("hgb", value, unit) == expected


class TestNeutrophilPercentage:
    @pytest.mark.parametrize(
        ("percent", "expected"),
        [("29.9", MET), ("30", NOT_MET), ("30.1", NOT_MET), ("0", MET), ("100", NOT_MET)]
        + [(refused, UNDETERMINED) for refused in ("100.1", "-1", None, 30)],
    )
    def test_of_the_white_cells(self, percent, expected):
        assert outcome("E3", **FROM_PERCENT, neut_percent=percent) == expected

    @pytest.mark.parametrize(("white", "expected"), [("4999", MET), ("5000", NOT_MET)])
    def test_is_taken_in_the_unit_of_the_white_cells(self, white, expected):
        given = FROM_PERCENT | {"wbc_value": white, "wbc_unit": "cells/uL"}

        assert outcome("E3", **given, neut_percent="30") == expected

    def test_is_not_used_beside_an_absolute_count(self):
        assert outcome("E3", neut_percent="1") == NOT_MET
        assert outcome("E3", anc_value="1.4", neut_percent="99") == MET

    def test_is_not_used_beside_an_absolute_count_without_unit(self):
        assert outcome("E3", anc_unit=None, neut_percent="99") == UNDETERMINED

    def test_is_used_when_the_absolute_count_is_refused(self):
        assert outcome("E3", anc_value="401", wbc_value="5.0", neut_percent="30") == NOT_MET

    @pytest.mark.parametrize("missing", ["wbc_value", "wbc_unit"])
    def test_needs_the_white_cells(self, missing):
        assert outcome("E3", **FROM_PERCENT | {missing: None}, neut_percent="30") == UNDETERMINED

    @pytest.mark.parametrize(
        ("white", "percent", "expected"),
        [
            ("<5.0", "30", MET),
            (">5.0", "30", NOT_MET),
            ("<5.1", "30", UNDETERMINED),
            ("5.0", "<30", MET),
            ("5.0", ">30", NOT_MET),
            ("5.0", ">29.9", UNDETERMINED),
            ("<5.0", "<30", MET),
            (">5.0", ">30", NOT_MET),
            ("<5.0", ">30", UNDETERMINED),
            (">5.0", "<30", UNDETERMINED),
        ],
    )
    def test_interval(self, white, percent, expected):
        given = FROM_PERCENT | {"wbc_value": white}

        assert outcome("E3", **given, neut_percent=percent) == expected


class TestHardLimits:
    @pytest.mark.parametrize(
        ("name", "unit", "value", "expected"),
        [
            ("wbc", "10^9/L", "0", MET),
            ("wbc", "10^9/L", "500", NOT_MET),
            ("wbc", "10^9/L", "500.1", UNDETERMINED),
            ("wbc", "cells/uL", "500000", NOT_MET),
            ("wbc", "cells/uL", "500001", UNDETERMINED),
            ("anc", "10^9/L", "0", MET),
            ("anc", "10^9/L", "400", NOT_MET),
            ("anc", "10^9/L", "400.1", UNDETERMINED),
            ("plt", "10^9/L", "0", MET),
            ("plt", "10^9/L", "3000", NOT_MET),
            ("plt", "10^9/L", "3000.1", UNDETERMINED),
            ("hgb", "g/L", "9.9", UNDETERMINED),
            ("hgb", "g/L", "8.5", UNDETERMINED),
            ("hgb", "g/L", "10", MET),
            ("hgb", "g/L", "260", NOT_MET),
            ("hgb", "g/L", "260.1", UNDETERMINED),
            ("hgb", "g/dL", "0.99", UNDETERMINED),
            ("hgb", "g/dL", "1", MET),
            ("hgb", "g/dL", "26", NOT_MET),
            ("hgb", "g/dL", "26.1", UNDETERMINED),
            ("hgb", "g/dL", "85", UNDETERMINED),
            ("hgb", "mmol/L", "0.62", UNDETERMINED),
            ("hgb", "mmol/L", "0.63", MET),
            ("hgb", "mmol/L", "16.13", NOT_MET),
            ("hgb", "mmol/L", "16.14", UNDETERMINED),
        ],
    )
    def test_a_value_outside_counts_as_missing(self, name, unit, value, expected):
        assert counted(name, value, unit) == expected


class TestReportedAs:
    @pytest.mark.parametrize(
        ("name", "value", "expected"),
        [
            ("wbc", "<3.0", MET),
            ("wbc", "<3.1", UNDETERMINED),
            ("wbc", ">3.0", NOT_MET),
            ("wbc", ">2.9", UNDETERMINED),
            ("plt", "<100", MET),
            ("plt", "<101", UNDETERMINED),
            ("plt", ">100", NOT_MET),
            ("plt", ">99", UNDETERMINED),
            ("hgb", "<85", MET),
            ("hgb", "<85.1", UNDETERMINED),
            ("hgb", ">85", NOT_MET),
            ("hgb", ">84.9", UNDETERMINED),
        ],
    )
    def test_interval(self, name, value, expected):
        assert counted(name, value) == expected

    @pytest.mark.parametrize(
        ("name", "value", "unit", "expected"),
        [
            ("wbc", "2.9999999999999999999999999999999999", "10^9/L", MET),
            ("wbc", "2999.9999999999999999999999999999999", "cells/uL", MET),
            ("hgb", "85.000000000000000000000000000000001", "g/L", NOT_MET),
            ("hgb", "8.5000000000000000000000000000000001", "g/dL", NOT_MET),
        ],
    )
    def test_is_never_rounded(self, name, value, unit, expected):
        assert counted(name, value, unit) == expected

    def test_neutrophils_from_a_percentage_are_never_rounded(self):
        given = FROM_PERCENT | {"wbc_value": "4.9999999999999999999"}

        assert outcome("E3", **given, neut_percent="30.000000000000") == MET

    @pytest.mark.parametrize("value", ["2,0", "-2.0", "2e0", "two", "", " 2.0", 2.0, 2, "NaN"])
    def test_anything_but_decimal_text_is_refused(self, value):
        assert counted("wbc", value) == UNDETERMINED


class TestUnits:
    @pytest.mark.parametrize("name", OWN_UNIT)
    @pytest.mark.parametrize("unit", [None, "%", "mg/dL", "10^12/L"])
    def test_missing_or_unknown(self, name, unit):
        assert outcome("E3", **{f"{name}_unit": unit}) == UNDETERMINED

    def test_setting_of_the_form_does_not_bind_the_engine(self):
        given = {"hgb_value": "8.5", "hgb_unit": "g/dL"}

        assert outcome("E3", {"LAB_UNITS": ["10^9/L", "g/L"]}, **given) == MET


class TestWindow:
    """VALID_CBC 14 days before to POST 28 days after screening, both ends usable."""

    @pytest.mark.parametrize(
        ("day", "usable"),
        [
            ("2026-09-30", False),
            ("2026-10-01", True),
            ("2026-11-12", True),
            ("2026-11-13", False),
            ("2026-10", False),
            (None, False),
        ],
    )
    def test_default(self, day, usable):
        assert outcome("E3", cbc_date=day) == (NOT_MET if usable else UNDETERMINED)
        assert outcome("E3", cbc_date=day, plt_value="20") == (MET if usable else UNDETERMINED)

    @pytest.mark.parametrize(
        ("settings", "day", "expected"),
        [
            ({"VALID_CBC": 7}, "2026-10-07", UNDETERMINED),
            ({"VALID_CBC": 7}, "2026-10-08", NOT_MET),
            ({"POST": 3}, "2026-10-18", NOT_MET),
            ({"POST": 3}, "2026-10-19", UNDETERMINED),
            ({"ENROLL_VALID_CBC": 0}, "2026-10-01", NOT_MET),
        ],
    )
    def test_settings(self, settings, day, expected):
        assert outcome("E3", settings, cbc_date=day) == expected

    @pytest.mark.parametrize(("today", "expected"), [("2026-10-16", NOT_MET), ("2026-10-15", UNDETERMINED)])
    def test_future_date_is_refused(self, today, expected):
        assert outcome("E3", cbc_date="2026-10-16", evaluation_date=today) == expected

    def test_no_screening_date(self):
        assert outcome("E3", screening_date=None) == UNDETERMINED


class TestMissing:
    @pytest.mark.parametrize("name", OWN_UNIT)
    def test_one_count(self, name):
        assert counted(name, None) == UNDETERMINED

    @pytest.mark.parametrize(("name", "low"), [("wbc", "2"), ("anc", "1"), ("hgb", "80"), ("plt", "90")])
    def test_one_count_decides_though_everything_else_is_missing(self, name, low):
        missing = dict.fromkeys([*(f"{other}_value" for other in OWN_UNIT), *CLINICAL, "heart_failure"])

        assert outcome("E3", **missing | {f"{name}_value": low}) == MET


class TestHeartFailure:
    @pytest.mark.parametrize(
        ("failure", "classes", "expected"),
        [
            ("yes", ("I", "II"), NOT_MET),
            ("yes", ("III", "IV"), MET),
            ("yes", (None, "3"), UNDETERMINED),
            ("no", ("I", "II", None), NOT_MET),
            ("no", ("III", "IV"), MET),
            ("unknown", ("I", "II", None), UNDETERMINED),
            ("unknown", ("III", "IV"), MET),
            (None, ("I", "II", None), UNDETERMINED),
            (None, ("III", "IV"), MET),
        ],
    )
    def test_nyha_class(self, failure, classes, expected):
        assert {outcome("E3", heart_failure=failure, nyha_class=nyha) for nyha in classes} == {expected}


class TestClinical:
    @pytest.mark.parametrize("limb", CLINICAL)
    @pytest.mark.parametrize(
        ("answer", "expected"), [("yes", MET), ("no", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_each_limb(self, limb, answer, expected):
        assert outcome("E3", **{limb: answer}) == expected

    @pytest.mark.parametrize("limb", CLINICAL)
    def test_one_decides_though_the_blood_count_is_stale(self, limb):
        assert outcome("E3", cbc_date="2026-09-01", heart_failure=None, **{limb: "yes"}) == MET


class TestFlags:
    def test_none(self):
        assert flags() == []

    @pytest.mark.parametrize("failure", ["no", "yes", "unknown", None])
    @pytest.mark.parametrize("nyha", ["I", "II", "III", "IV", None])
    def test_class_without_heart_failure_is_queried(self, failure, nyha):
        assert flags(heart_failure=failure, nyha_class=nyha) == ["query"] * (failure == "no" and nyha is not None)

    @pytest.mark.parametrize(
        ("value", "unit", "raised"),
        [("3.0", "10^9/L", False), ("3.1", "10^9/L", True), ("3000", "cells/uL", False), ("3001", "cells/uL", True)],
    )
    def test_more_neutrophils_than_white_cells_are_refused_by_the_form(self, value, unit, raised):
        assert flags(anc_value=value, anc_unit=unit) == ["form"] * raised

    @pytest.mark.parametrize(
        "given",
        [
            {"anc_value": None},
            {"anc_value": "3.1", "anc_unit": None},
            {"anc_value": "3.1", "wbc_value": None},
            {"anc_value": "3.1", "wbc_unit": None},
            {"anc_value": "<3.1"},
            {"anc_value": ">3.1"},
            {"anc_value": "3.1", "wbc_value": "<3.0"},
            {"anc_value": "3.1", "wbc_value": ">3.0"},
        ],
    )
    def test_neutrophils_and_white_cells_that_cannot_be_compared_are_not_refused(self, given):
        assert "form" not in flags(**given)

    @pytest.mark.parametrize(("answer", "raised"), [("yes", True), ("no", False), ("unknown", False), (None, False)])
    def test_transfusion_or_gcsf(self, answer, raised):
        assert flags(transfusion_or_gcsf_14d=answer) == ["warning"] * raised

    @pytest.mark.parametrize(
        ("evidence", "setting", "first", "day_before"),
        [
            ("clinical_examination_date", "VALID_EXAM", "2026-09-17", "2026-09-16"),
            ("echocardiography_date", "VALID_IMAGING_PFT", "2026-07-17", "2026-07-16"),
        ],
    )
    def test_outdated_evidence(self, evidence, setting, first, day_before):
        assert flags(**{evidence: first}) == []
        assert flags(**{evidence: day_before}) == ["outdated"]
        assert flags({setting: 91}, **{evidence: day_before}) == []
        assert outcome("E3", **{evidence: day_before}) == NOT_MET

    @pytest.mark.parametrize(
        ("name", "low", "too_low", "high", "too_high"),
        [
            ("wbc", "0.5", "0.4", "50", "50.1"),
            ("anc", "0.1", "0.09", "40", "40.1"),
            ("hgb", "40", "39.9", "200", "200.1"),
            ("plt", "5", "4.9", "1000", "1000.1"),
        ],
    )
    def test_soft_limits(self, name, low, too_low, high, too_high):
        def confirmed(value):
            others = {} if name == "wbc" else {"wbc_value": "50"}
            return "confirm" in flags(**others | {f"{name}_value": value})

        assert [confirmed(value) for value in (too_low, low, high, too_high)] == [True, False, False, True]


class TestReasons:
    def test_platelets(self):
        assert reasons("E3", plt_value="96") == (
            "Platelets 96 ×10⁹/L on 2026-10-12 are below 100 ×10⁹/L, so this exclusion applies.",
        )

    def test_haemoglobin_in_another_unit(self):
        assert reasons("E3", hgb_value="8.5", hgb_unit="g/dL") == (
            "Haemoglobin 8.5 g/dL (= 85 g/L) on 2026-10-12 is at or below 85 g/L, so this exclusion applies.",
        )

    def test_missing_count(self):
        assert reasons("E3", plt_value=None) == ("Cannot be decided yet: enter the platelets.",)

    @pytest.mark.parametrize(
        ("missing", "said"),
        [
            ("wbc_unit", "enter the unit of the white blood cells"),
            ("wbc_value", "enter the white blood cells"),
            ("neut_percent", "enter the neutrophils"),
        ],
    )
    def test_neutrophils_that_cannot_be_computed(self, missing, said):
        given = FROM_PERCENT | {"neut_percent": "30", missing: None}

        assert reasons("E3", **given) == (f"Cannot be decided yet: {said}.",)
