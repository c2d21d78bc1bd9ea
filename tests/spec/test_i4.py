"""I4: CDASI of 12 or more despite more than 3 months of treatment. Sections I4 and 5.2 of the criteria specification.

Baseline: activity 12 on the day of screening, 2026-10-15; a systemic corticosteroid since 2026-01-10, ongoing.
"""

import copy

import pytest

from screening.eligibility.evaluation import evaluate
from screening.eligibility.facts import Facts
from screening.eligibility.logic import UNKNOWN
from screening.protocols.lenalidomide_dm.exposure import TreatedLongEnough
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, cases, outcome, reasons, result, vectors

CLEAR = next(case["items"] for case in cases("instruments") if case["id"] == "CDASI-01")
AREAS = list(CLEAR["areas"])
ACTIVITY_CELLS = {"ery": 3, "scale": 2, "ero": 1}
DAMAGE_CELLS = {"poik": 1, "calc": 1}
ACTIVITY_SINGLE = {"gh_ery": 3, "gh_ulcer": 1, "periungual": 2, "alopecia": 1}
QUALIFYING = ["systemic_corticosteroid", "immunosuppressant", "biologic", "jak_inhibitor"]
NOT_QUALIFYING = ["topical_corticosteroid", "antimalarial", "ivig", "other"]


def sheet(areas=None, **single):
    """A worksheet of clear skin with some cells changed; an area given as None is not examined."""
    cells = copy.deepcopy(CLEAR) | single
    for area, changes in (areas or {}).items():
        if changes is None:
            cells["areas"][area] = None
        else:
            cells["areas"][area] |= changes
    return cells


def totals(worksheet):
    found = evaluate(PROTOCOL, {"cdasi_worksheet": worksheet}).as_json()["instruments"]["cdasi"]
    return found["activity_min"], found["activity_max"], found["damage_min"], found["damage_max"]


def scored(worksheet, settings=None, /, **changes):
    return outcome("I4", settings, **{"cdasi_activity_total": None, "cdasi_worksheet": worksheet} | changes)


def course(start, stop=None, ongoing=None, cls="immunosuppressant", drug=None):
    return {"class": cls, "drug": drug, "start": start, "stop": stop, "ongoing": ongoing}


def on(start, **kind):
    return course(start, ongoing="yes", **kind)


def off(start, stop, **kind):
    return course(start, stop, "no", **kind)


def treated(*courses, settings=None, screening="2026-10-15"):
    return outcome("I4", settings, treatments=list(courses), screening_date=screening, cdasi_date=screening)


def flags(**changes):
    raised = evaluate(PROTOCOL, vectors("I4")[0]["items"] | changes).flags("I4")
    return [(flag.kind.value, flag.items) for flag in raised]


class TestActivityTotal:
    @pytest.mark.parametrize(
        ("total", "expected"),
        [(11, NOT_MET), (12, MET), (13, MET), (0, NOT_MET), (100, MET)],
    )
    def test_reaches_12(self, total, expected):
        assert outcome("I4", cdasi_activity_total=total) == expected

    @pytest.mark.parametrize("total", [101, -1, "12", 12.0, None])
    def test_missing_or_refused(self, total):
        assert outcome("I4", cdasi_activity_total=total) == UNDETERMINED

    def test_worksheet_is_preferred(self):
        assert scored(sheet(), cdasi_activity_total=12) == NOT_MET

    @pytest.mark.parametrize(("total", "raised"), [(48, False), (49, True)])
    def test_above_48_is_confirmed(self, total, raised):
        assert flags(cdasi_activity_total=total) == [("confirm", ("cdasi_activity_total",))] * raised


class TestWindow:
    @pytest.mark.parametrize(
        ("day", "usable"),
        [("2026-09-30", False), ("2026-10-01", True), ("2026-11-12", True), ("2026-11-13", False), (None, False)],
    )
    def test_14_days_before_to_28_days_after_screening(self, day, usable):
        assert outcome("I4", cdasi_date=day) == (MET if usable else UNDETERMINED)
        assert outcome("I4", cdasi_date=day, cdasi_activity_total=11) == (NOT_MET if usable else UNDETERMINED)
        assert scored(sheet(), cdasi_date=day) == (NOT_MET if usable else UNDETERMINED)

    @pytest.mark.parametrize(
        ("settings", "day", "expected"),
        [
            ({"VALID_CDASI": 7}, "2026-10-07", UNDETERMINED),
            ({"VALID_CDASI": 7}, "2026-10-08", MET),
            ({"POST": 3}, "2026-10-18", MET),
            ({"POST": 3}, "2026-10-19", UNDETERMINED),
        ],
    )
    def test_settings(self, settings, day, expected):
        assert outcome("I4", settings, cdasi_date=day) == expected

    @pytest.mark.parametrize(("today", "expected"), [("2026-10-16", MET), ("2026-10-15", UNDETERMINED)])
    def test_future_date_is_refused(self, today, expected):
        assert outcome("I4", cdasi_date="2026-10-16", evaluation_date=today) == expected


class TestWorksheetSums:
    @pytest.mark.parametrize("area", AREAS)
    @pytest.mark.parametrize(("cell", "highest"), (ACTIVITY_CELLS | DAMAGE_CELLS).items())
    def test_each_cell_of_an_area(self, area, cell, highest):
        activity, damage = (highest, 0) if cell in ACTIVITY_CELLS else (0, highest)
        found = totals(sheet({area: {cell: highest}}))
        refused = totals(sheet({area: {cell: highest + 1}}))

        assert found == (activity, activity, damage, damage)
        assert refused == (0, activity, 0, damage)

    @pytest.mark.parametrize(("cell", "highest"), ACTIVITY_SINGLE.items())
    def test_each_cell_of_the_patient(self, cell, highest):
        assert totals(sheet(**{cell: highest})) == (highest, highest, 0, 0)
        assert totals(sheet(**{cell: highest + 1})) == (0, highest, 0, 0)

    @pytest.mark.parametrize(
        ("damage", "expected"), [(0, (0, 0)), (1, (1, 1)), (2, (2, 2)), (3, (0, 2)), (None, (0, 2))]
    )
    def test_damage_of_the_hands(self, damage, expected):
        assert totals(sheet(gh_damage=damage))[2:] == expected

    @pytest.mark.parametrize(
        ("redness", "papules", "expected"),
        [
            (2, "no", (2, 2)),
            (2, "yes", (4, 4)),
            (2, None, (2, 4)),
            (3, "yes", (6, 6)),
            (None, "no", (0, 3)),
            (None, None, (0, 6)),
        ],
    )
    def test_papules_double_the_redness_of_the_hands(self, redness, papules, expected):
        assert totals(sheet(gh_ery=redness, gh_papules=papules))[:2] == expected

    def test_papules_do_not_double_the_ulceration(self):
        assert totals(sheet(gh_papules="yes", gh_ulcer=1))[:2] == (1, 1)

    @pytest.mark.parametrize("cell", [*ACTIVITY_CELLS, *DAMAGE_CELLS])
    def test_less_than_none_is_refused(self, cell):
        assert totals(sheet({"arm": {cell: -1}})) == totals(sheet({"arm": {cell: None}}))

    def test_highest_totals(self):
        full = dict.fromkeys(AREAS, ACTIVITY_CELLS | DAMAGE_CELLS)
        assert len(AREAS) == 15
        assert totals(sheet(full, gh_papules="yes", gh_damage=2, **ACTIVITY_SINGLE)) == (100, 100, 32, 32)
        assert totals({}) == (0, 100, 0, 32)

    @pytest.mark.parametrize("worksheet", ["12", 12, ["scalp"], {}])
    def test_no_worksheet_at_all(self, worksheet):
        assert scored(worksheet) == UNDETERMINED


class TestIncompleteWorksheet:
    @pytest.mark.parametrize(
        ("areas", "single", "expected"),
        [
            ({"scalp": None}, {"periungual": 2, "gh_ery": 3}, NOT_MET),
            ({"scalp": None}, {"periungual": 2, "gh_ery": 3, "alopecia": 1}, UNDETERMINED),
            ({"scalp": None, "malar": ACTIVITY_CELLS}, {"periungual": 2, "gh_ery": 3}, UNDETERMINED),
            ({"scalp": None, "malar": ACTIVITY_CELLS}, {"periungual": 2, "gh_ery": 3, "alopecia": 1}, MET),
        ],
    )
    def test_lowest_and_highest_possible_total(self, areas, single, expected):
        assert scored(sheet(areas, **single)) == expected


class TestComponent:
    @pytest.mark.parametrize(
        ("component", "activity", "damage", "expected"),
        [
            ("activity", 11, 32, NOT_MET),
            ("activity", 12, None, MET),
            ("total", 8, 3, NOT_MET),
            ("total", 8, 4, MET),
            ("total", 12, None, MET),
            ("total", 8, None, UNDETERMINED),
            ("total", 11, None, UNDETERMINED),
            ("total", None, 11, UNDETERMINED),
            ("total", None, 12, MET),
            ("activity", None, 12, UNDETERMINED),
            ("damage", 100, 11, NOT_MET),
            ("damage", 0, 12, MET),
            ("damage", 100, 32, MET),
            ("damage", 100, 33, UNDETERMINED),
            ("damage", 100, 0, NOT_MET),
            ("damage", 100, -1, UNDETERMINED),
            ("damage", None, 11, NOT_MET),
            ("damage", None, 12, MET),
            ("damage", 100, None, UNDETERMINED),
        ],
    )
    def test_totals(self, component, activity, damage, expected):
        given = {"cdasi_activity_total": activity, "cdasi_damage_total": damage}

        assert outcome("I4", {"CDASI_COMPONENT": component}, **given) == expected

    @pytest.mark.parametrize(("component", "decides"), [("activity", False), ("total", True), ("damage", True)])
    def test_damage_decides_only_where_it_counts(self, component, decides):
        given = {"cdasi_activity_total": 11, "cdasi_damage_total": 0}

        found = result("I4", {"CDASI_COMPONENT": component}, **given)

        assert found.outcome == NOT_MET
        assert ("cdasi_damage_total" in found.items) is decides

    @pytest.mark.parametrize(("component", "expected"), [("activity", NOT_MET), ("total", MET), ("damage", NOT_MET)])
    def test_worksheet(self, component, expected):
        worksheet = sheet(
            {"malar": {"ery": 3, "scale": 2, "ero": 1, "poik": 1, "calc": 1}, "arm": {"ery": 3, "calc": 1}}
        )

        assert scored(worksheet, {"CDASI_COMPONENT": component}) == expected


class TestThreeMonths:
    @pytest.mark.parametrize(("start", "expected"), [("2026-07-15", NOT_MET), ("2026-07-14", MET)])
    def test_ongoing_until_screening(self, start, expected):
        assert treated(on(start)) == expected

    @pytest.mark.parametrize(("stop", "expected"), [("2026-09-20", NOT_MET), ("2026-09-21", MET)])
    def test_until_it_was_stopped(self, stop, expected):
        assert treated(off("2026-06-20", stop)) == expected

    @pytest.mark.parametrize(
        ("start", "screening", "expected"),
        [
            ("2026-11-30", "2027-02-28", NOT_MET),
            ("2026-11-28", "2027-02-28", NOT_MET),
            ("2026-11-27", "2027-02-28", MET),
            ("2026-11-30", "2027-03-01", MET),
            ("2027-11-30", "2028-02-29", NOT_MET),
            ("2026-08-31", "2026-11-30", NOT_MET),
            ("2026-08-31", "2026-12-01", MET),
        ],
    )
    def test_month_ends(self, start, screening, expected):
        assert treated(on(start), screening=screening) == expected

    @pytest.mark.parametrize(("start", "expected"), [("2026-07-15", NOT_MET), ("2026-07-14", MET)])
    def test_what_comes_after_screening_does_not_count(self, start, expected):
        assert treated(off(start, "2026-11-30")) == expected

    def test_a_course_begun_after_screening_does_not_count(self):
        assert treated(on("2026-10-16")) == NOT_MET


class TestRecency:
    @pytest.mark.parametrize(("stop", "expected"), [("2026-09-16", NOT_MET), ("2026-09-17", MET), ("2026-10-15", MET)])
    def test_ended_at_most_28_days_before_screening(self, stop, expected):
        assert treated(off("2026-01-10", stop)) == expected

    @pytest.mark.parametrize(("stop", "expected"), [("2026-10-14", NOT_MET), ("2026-10-15", MET)])
    def test_setting(self, stop, expected):
        assert treated(off("2026-01-10", stop), settings={"TX_RECENCY_DAYS": 0}) == expected

    def test_the_long_course_itself_must_be_recent(self):
        assert treated(off("2025-01-01", "2026-08-01"), on("2026-09-01")) == NOT_MET


class TestInterruptions:
    @pytest.mark.parametrize(
        ("gap", "resumed", "expected"),
        [(14, "2026-08-15", MET), (14, "2026-08-16", NOT_MET), (0, "2026-08-01", MET), (0, "2026-08-02", NOT_MET)],
    )
    def test_up_to_the_gap_allowed_do_not_interrupt(self, gap, resumed, expected):
        courses = [on(resumed, cls="biologic"), off("2026-06-01", "2026-07-31", cls="systemic_corticosteroid")]

        settings = None if gap == 14 else {"TX_GAP_DAYS": gap}

        assert treated(*courses, settings=settings) == expected

    def test_a_course_inside_another_does_not_shorten_it(self):
        assert treated(off("2026-01-01", "2026-10-01"), off("2026-02-01", "2026-02-10")) == MET

    @pytest.mark.parametrize(("day", "expected"), [("2026-07-30", MET), ("2026-07-31", NOT_MET)])
    def test_a_single_day_bridges_too(self, day, expected):
        assert treated(off("2026-06-01", "2026-07-15"), off(day, day), on("2026-08-14")) == expected

    def test_a_course_before_a_long_interruption_adds_nothing(self):
        before = off("2025-01-01", "2025-06-01")

        assert treated(before, off("2026-06-01", "2026-07-31"), on("2026-08-10")) == MET
        assert treated(before, off("2026-08-01", "2026-08-31"), on("2026-09-05")) == NOT_MET
        assert treated(before, off("2026-06-01", "2026-09-15"), off("2026-06-10", "2026-07-01")) == NOT_MET
        assert treated(before, off("2026-06-01", "2026-09-20"), off("2026-06-10", "2026-07-01")) == MET

    def test_any_number_of_courses_may_follow_one_another(self):
        before, third = off("2025-01-01", "2025-06-01"), off("2026-08-10", "2026-08-31")

        assert treated(before, off("2026-06-01", "2026-07-31"), third, on("2026-09-10")) == MET
        assert treated(before, off("2026-06-01", "2026-07-31"), third, on("2026-09-16")) == NOT_MET

    def test_a_class_that_does_not_qualify_bridges_nothing(self):
        bridge = off("2026-07-01", "2026-09-01", cls="antimalarial")

        assert treated(off("2026-06-01", "2026-07-15"), bridge, on("2026-08-15")) == NOT_MET


class TestClasses:
    @pytest.mark.parametrize("cls", QUALIFYING)
    def test_qualifying(self, cls):
        assert treated(on("2026-01-10", cls=cls)) == MET
        assert treated(on("2026-01-10", cls=cls), settings={"TX_QUALIFYING": ["ivig"]}) == NOT_MET

    @pytest.mark.parametrize("cls", NOT_QUALIFYING)
    def test_not_qualifying_by_default(self, cls):
        assert treated(on("2026-01-10", cls=cls)) == NOT_MET
        assert treated(on("2026-01-10", cls=cls), settings={"TX_QUALIFYING": [cls]}) == MET

    @pytest.mark.parametrize("cls", NOT_QUALIFYING)
    def test_one_that_does_not_qualify_takes_nothing_from_one_that_does(self, cls):
        assert treated(on("2026-01-10"), on("2026-01-10", cls=cls)) == MET

    @pytest.mark.parametrize("cls", [None, "steroid"])
    def test_class_not_known(self, cls):
        assert treated(on("2026-01-10", cls=cls)) == UNDETERMINED
        assert treated(on("2026-07-15", cls=cls)) == NOT_MET


class TestDepot:
    def test_last_dose_counts_for_6_months(self):
        assert treated(off("2026-03-17", "2026-03-17", cls="biologic", drug="rituximab")) == MET
        assert treated(off("2026-03-16", "2026-03-16", cls="biologic", drug="rituximab")) == NOT_MET

    @pytest.mark.parametrize(("drug", "expected"), [(" Rituximab ", MET), ("RITUXIMAB", MET), ("infliximab", NOT_MET)])
    def test_name_without_case_and_blanks(self, drug, expected):
        assert treated(off("2026-05-10", "2026-05-10", cls="biologic", drug=drug)) == expected

    @pytest.mark.parametrize("drug", [None, "prednisone"])
    def test_any_other_drug_ends_with_the_last_dose(self, drug):
        assert treated(off("2026-06-20", "2026-09-20", drug=drug)) == NOT_MET
        assert treated(off("2026-06-20", "2026-09-21", drug=drug)) == MET

    def test_is_capped_at_screening(self):
        assert treated(off("2026-07-15", "2026-08-01", cls="biologic", drug="rituximab")) == NOT_MET
        assert treated(off("2026-07-14", "2026-08-01", cls="biologic", drug="rituximab")) == MET

    def test_class_must_qualify(self):
        assert treated(off("2026-05-10", "2026-05-10", cls="other", drug="rituximab")) == NOT_MET

    def test_ends_at_screening_while_ongoing(self):
        assert treated(on("2026-07-15", cls="biologic", drug="rituximab")) == NOT_MET
        assert treated(on("2026-07-14", cls="biologic", drug="rituximab")) == MET

    @pytest.mark.parametrize(
        ("months", "expected"), [({}, NOT_MET), ({"infliximab": 4}, NOT_MET), ({"infliximab": 5}, MET)]
    )
    def test_setting(self, months, expected):
        dose = off("2026-04-20", "2026-04-20", cls="biologic", drug="Infliximab")

        assert treated(dose, settings={"DEPOT_MONTHS": months}) == expected

    def test_month_end(self):
        dose = off("2026-08-31", "2026-08-31", cls="biologic", drug="rituximab")

        assert treated(dose, screening="2027-03-28") == MET
        assert treated(dose, screening="2027-03-29") == NOT_MET


class TestPartialDates:
    @pytest.mark.parametrize(
        ("start", "expected"),
        [("2026-06", MET), ("2026-07", UNDETERMINED), ("2026-08", NOT_MET), ("2025", MET), ("2026", UNDETERMINED)],
    )
    def test_start(self, start, expected):
        assert treated(on(start)) == expected

    @pytest.mark.parametrize(
        ("stop", "expected"),
        [("2026-08", NOT_MET), ("2026-09", UNDETERMINED), ("2026-10", MET), ("2026", UNDETERMINED)],
    )
    def test_stop(self, stop, expected):
        assert treated(off("2026-01-10", stop)) == expected

    def test_pessimistic_gap(self):
        assert treated(off("2026-06-01", "2026-07"), on("2026-07-16")) == MET
        assert treated(off("2026-06-01", "2026-07"), on("2026-07-17")) == UNDETERMINED


class TestMissingDates:
    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            (course(None, None, "yes"), UNDETERMINED),
            (course(None, "2026-10-01", "no"), UNDETERMINED),
            (course(None, "2026-09-16", "no"), NOT_MET),
            (course("2026-01-10", None, "no"), UNDETERMINED),
            (course("2026-01-10", None, None), UNDETERMINED),
            (course("2026-07-14", None, "no"), UNDETERMINED),
            (course("2026-07-15", None, "no"), NOT_MET),
            (course("2026-01-10", "2026-10-01", None), MET),
            ({}, UNDETERMINED),
        ],
    )
    def test_start_or_stop(self, row, expected):
        assert treated(row) == expected

    def test_a_stop_beside_ongoing_is_a_contradiction(self):
        assert treated(course("2026-01-10", "2026-10-01", "yes")) == MET
        assert treated(course("2026-01-10", "2026-08-01", "yes")) == UNDETERMINED

    @pytest.mark.parametrize(("last_dose", "expected"), [("2026-03-17", MET), ("2026-03-16", UNDETERMINED)])
    def test_a_last_dose_beside_ongoing_still_acts(self, last_dose, expected):
        assert treated(course("2026-01-10", last_dose, "yes", cls="biologic", drug="rituximab")) == expected

    def test_start_after_stop_is_refused(self):
        assert treated(off("2026-10-01", "2026-01-10")) == UNDETERMINED

    @pytest.mark.parametrize(("today", "expected"), [("2026-10-20", NOT_MET), ("2026-10-19", UNDETERMINED)])
    def test_future_start_is_refused(self, today, expected):
        assert outcome("I4", treatments=[on("2026-10-20")], evaluation_date=today) == expected

    def test_another_course_decides_though_one_is_open(self):
        assert treated(course(None, None, None), on("2026-01-10")) == MET

    @pytest.mark.parametrize(("rows", "expected"), [(None, UNDETERMINED), ([], NOT_MET), ("none", UNDETERMINED)])
    def test_treatments(self, rows, expected):
        assert outcome("I4", treatments=rows) == expected

    def test_no_screening_date(self):
        assert outcome("I4", screening_date=None) == UNDETERMINED

    def test_no_screening_date_leaves_the_treatment_open_by_itself(self):
        values, _ = PROTOCOL.reader.read({"treatments": [on("2026-01-10")]})

        assert TreatedLongEnough().evaluate(Facts(values, PROTOCOL.defaults)).truth is UNKNOWN

    def test_one_failing_limb_decides_though_the_other_is_open(self):
        assert outcome("I4", cdasi_activity_total=11, treatments=None) == NOT_MET
        assert outcome("I4", cdasi_activity_total=None, treatments=[]) == NOT_MET


class TestFlagsAndReasons:
    @pytest.mark.parametrize("start", ["2026-10-16", "1976-10-14"])
    def test_a_start_after_screening_or_50_years_before_is_confirmed(self, start):
        assert flags(treatments=[on(start)]) == [("confirm", ("treatments",))]

    @pytest.mark.parametrize("start", ["2026-10-15", "1976-10-15"])
    def test_a_start_between_is_not(self, start):
        assert flags(treatments=[on(start)]) == []

    @pytest.mark.parametrize(("total", "raised"), [(0, False), (48, False), (49, True), (100, True)])
    def test_an_activity_above_48_is_confirmed(self, total, raised):
        assert flags(cdasi_activity_total=total) == [("confirm", ("cdasi_activity_total",))] * raised

    def test_needs_only_what_would_settle_it(self):
        assert result("I4", cdasi_date=None).needs == ("cdasi_date",)
        assert result("I4", cdasi_date="2026-09-30").needs == ("cdasi_date",)
        assert result("I4", cdasi_date=None, cdasi_activity_total=None).needs == ("cdasi_date", "cdasi_worksheet")

    def test_below_12(self):
        assert reasons("I4", cdasi_activity_total=11) == (
            "CDASI activity 11 on 2026-10-15 is below 12, so this criterion is not met.",
        )

    @pytest.mark.parametrize(
        ("courses", "said"),
        [
            ([], "No treatment is on file"),
            ([on("2026-01-10", cls="ivig")], "No treatment on file is of a class that counts"),
            (
                [off("2026-01-10", "2026-09-16")],
                "for more than 3 months and until 2026-09-17 or later (screening 2026-10-15)",
            ),
        ],
    )
    def test_treatment_that_does_not_count(self, courses, said):
        [reason] = reasons("I4", treatments=courses)

        assert reason.endswith(f"{said}, so this criterion is not met.")
