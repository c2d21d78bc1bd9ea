"""Items, rows, worksheets and examinations: what is read, and what is refused where. Sections 1.5 and 1.6."""

import pytest

from screening.eligibility.dates import read_date
from screening.eligibility.facts import Reader
from screening.eligibility.items import AnsweredBy, Examination, Item, Rows, Sheet, first_broken
from screening.eligibility.kinds import FULL_DATE, PARTIAL_DATE, YES_NO, Choice, Integer
from screening.eligibility.limits import NotAfter
from screening.eligibility.messages import render

VISIT = Item("visit", FULL_DATE, "date of the visit")
BEGIN = Item("begin", PARTIAL_DATE, "begin", limits=(NotAfter("visit", "visit"),))
END = Item("end", PARTIAL_DATE, "end")
SURE = Item("sure", YES_NO, "certainty")
COURSES = Rows((BEGIN, END, SURE), ordered=(("begin", "end"),))
SHEET = Sheet(
    {"arm": "arm", "leg": "leg"},
    (Item("redness", Integer(0, 3), "redness"), Item("scale", Integer(0, 2), "scale")),
    (Item("hands", Integer(0, 1), "hands"),),
)


def read(item, raw, **answers):
    """The value of an item, None when it is missing, and what was said about it."""
    values, problems = Reader((VISIT, item)).read({item.name: raw, **answers})
    return values.get(item.name), [render(problem.message) for problem in problems]


def rows(raw, **answers):
    return read(Item("courses", COURSES, "courses"), raw, **answers)


def cells(raw):
    return read(Item("sheet", SHEET, "worksheet"), raw)


class TestRows:
    def test_are_read_field_by_field(self):
        found, said = rows([{"begin": "2026-01", "sure": "yes"}, {"end": "2026"}, {}])

        assert found == ({"begin": read_date("2026-01"), "sure": "yes"}, {"end": read_date("2026")}, {})
        assert said == []

    def test_an_empty_list_is_an_answer(self):
        assert rows([]) == ((), [])

    @pytest.mark.parametrize("raw", ["", "none", {}, 3, True, ({},)])
    def test_anything_but_a_list_is_refused(self, raw):
        assert rows(raw) == (None, ["enter a list of rows; an empty list means there are none"])

    @pytest.mark.parametrize("raw", ["a row", 3, None, [], True])
    def test_a_row_that_is_no_object_stays_as_an_empty_row(self, raw):
        assert rows([{"sure": "no"}, raw]) == (({"sure": "no"}, {}), ["row 2: enter it as an object with its fields"])

    @pytest.mark.parametrize("name", ["begins", "Begin", "x" * 50])
    def test_an_unknown_field_is_reported_and_the_rest_is_taken(self, name):
        found, said = rows([{name: "2026", "sure": "no"}])

        assert found == ({"sure": "no"},)
        assert said == [f"row 1: there is no field “{name if len(name) <= 40 else name[:39] + '…'}”"]

    def test_an_unknown_field_is_reported_even_without_a_value(self):
        assert rows([{"begins": None}]) == (({},), ["row 1: there is no field “begins”"])

    def test_a_refused_field_is_missing_from_its_row(self):
        found, said = rows([{"begin": "2026", "sure": "no"}, {"begin": "2026-13", "sure": "maybe", "end": "2026"}])

        assert found == ({"begin": read_date("2026"), "sure": "no"}, {"end": read_date("2026")})
        assert said == [
            "row 2, begin: “2026-13” is not a date: write it as YYYY, YYYY-MM or YYYY-MM-DD",
            "row 2, certainty: “maybe” is not one of: yes, no, unknown",
        ]

    def test_a_field_that_is_null_is_missing(self):
        assert rows([{"begin": None}]) == (({},), [])

    @pytest.mark.parametrize(("begin", "taken"), [("2026-10-15", True), ("2026-10-16", False)])
    def test_a_field_outside_its_limits_is_missing(self, begin, taken):
        found, said = rows([{"begin": begin, "sure": "no"}], visit="2026-10-15")

        assert ("begin" in found[0]) is taken
        assert found[0]["sure"] == "no"
        assert said == [] if taken else ["row 1, begin: 2026-10-16 is after the visit (2026-10-15): check both"]

    @pytest.mark.parametrize(
        ("begin", "end", "taken"),
        [
            ("2026-02-01", "2026-02-01", True),
            ("2026-02-02", "2026-02-01", False),
            ("2026-02", "2026-02-01", True),
            ("2026-02-28", "2026-02", True),
            ("2026-03", "2026-02", False),
            ("2026", "2026-01", True),
        ],
    )
    def test_dates_that_are_certainly_reversed_are_both_missing(self, begin, end, taken):
        found, said = rows([{"begin": begin, "end": end, "sure": "yes"}])

        assert set(found[0]) == ({"begin", "end", "sure"} if taken else {"sure"})
        assert said == ([] if taken else [f"row 1: begin {begin} is after end {end}: check both"])

    @pytest.mark.parametrize("row", [{"begin": "2026"}, {"end": "2026"}])
    def test_one_date_alone_is_not_reversed(self, row):
        assert rows([row])[1] == []

    def test_in_words(self):
        assert COURSES.words().startswith("rows of: begin (a date, of which the day or the month may be unknown")
        assert COURSES.words().endswith("; certainty (yes, no, unknown)")


class TestSheet:
    def test_is_read_cell_by_cell(self):
        found, said = cells({"areas": {"arm": {"redness": 3, "scale": 0}, "leg": {}}, "hands": 1})

        assert found == {"arm.redness": 3, "arm.scale": 0, "hands": 1}
        assert said == []

    @pytest.mark.parametrize("raw", [{}, {"areas": None}, {"areas": {}}, {"areas": {"arm": None}}, {"hands": None}])
    def test_what_is_not_there_has_not_been_examined(self, raw):
        assert cells(raw) == ({}, [])

    @pytest.mark.parametrize("raw", [[], "none", 3])
    def test_anything_but_an_object_is_refused(self, raw):
        assert cells(raw) == (None, ["enter the worksheet as an object with its areas and its other cells"])

    @pytest.mark.parametrize(
        ("areas", "said"),
        [
            ({"nose": {"redness": 1}}, "areas: there is no field “nose”"),
            ({"arm": 3}, "arm: enter it as an object with its fields"),
            ({"arm": {"red": 3}}, "arm: there is no field “red”"),
            ({"arm": {3: 3}}, "arm: there is no field “3”"),
            ({"arm": {"redness": 4}}, "arm.redness: 4 is outside 0 to 3"),
            ({"arm": {"redness": "3"}}, "arm.redness: enter a whole number, without quotes"),
        ],
    )
    def test_what_is_wrong_in_an_area_is_reported_and_the_rest_is_taken(self, areas, said):
        assert cells({"areas": areas | {"leg": {"scale": 2}}, "hands": 0}) == ({"leg.scale": 2, "hands": 0}, [said])

    @pytest.mark.parametrize(
        ("single", "said"),
        [
            ({"feet": 1, "hands": 1}, ["worksheet: there is no field “feet”"]),
            ({"hands": 1, "areas": 3}, ["areas: enter it as an object with its fields"]),
            ({"hands": 1, "areas": []}, ["areas: enter it as an object with its fields"]),
        ],
    )
    def test_what_is_wrong_beside_the_areas_is_reported_and_the_rest_is_taken(self, single, said):
        assert cells(single) == ({"hands": 1}, said)

    def test_a_refused_single_cell_is_missing(self):
        assert cells({"areas": {"leg": {"scale": 2}}, "hands": 2}) == (
            {"leg.scale": 2},
            ["hands: 2 is outside 0 to 1"],
        )

    def test_in_words(self):
        assert SHEET.words() == (
            "a worksheet of 2 areas (arm; leg), each with redness (a whole number, 0 to 3), scale (a whole number, "
            "0 to 2); and hands (a whole number, 0 to 1)"
        )


class TestItem:
    def test_is_asked_by_its_question_or_else_by_its_label(self):
        assert render(Item("a", YES_NO, "cough", "Is there a cough?").asked) == "Is there a cough?"
        assert render(Item("a", YES_NO, "cough").asked) == "cough"
        assert render(Item("a", YES_NO, "cough", "Is there a cough?").term) == "cough"

    def test_shows_the_label_of_a_code(self):
        stage = Item("stage", Choice({"1": "early", "2": "late"}), "stage")

        assert render(stage.shown("2")) == "late"
        assert list(stage.codes) == ["1", "2"]

    def test_has_no_vocabulary_unless_it_is_a_choice(self):
        with pytest.raises(TypeError, match="visit has no vocabulary: it is a full date"):
            _ = VISIT.codes

    def test_depends_on_the_items_of_its_limits_and_rows(self):
        assert list(BEGIN.reads) == ["visit"]
        assert list(Item("courses", COURSES, "courses").reads) == ["visit"]
        assert list(VISIT.reads) == []

    def test_the_first_broken_limit_speaks(self):
        limits = (NotAfter("none", "none"), NotAfter("visit", "visit"), NotAfter("visit", "other visit"))

        said = first_broken(limits, read_date("2027"), {"visit": read_date("2026")})

        assert render(said) == "2027 is after the visit (2026): check both"
        assert first_broken(limits, read_date("2026"), {"visit": read_date("2026")}) is None
        assert first_broken((), read_date("2026"), {}) is None


class TestExamination:
    DONE = Item("done", FULL_DATE, "date of the test")
    RESULT = Item("result", YES_NO, "result")
    ROUTINE = Item("routine", YES_NO, "routine care", answered_by=AnsweredBy.CLINICIAN)

    def test_is_its_date_its_values_and_whether_it_was_routine_care(self):
        test = Examination("test", "test", self.DONE, (self.RESULT,), VISIT, "VALID", "POST", self.ROUTINE)

        assert test.items == (self.DONE, self.RESULT, self.ROUTINE)
        assert render(test.term) == "test"

    @pytest.mark.parametrize(("done", "anchor"), [(END, VISIT), (DONE, END)])
    def test_needs_full_dates(self, done, anchor):
        with pytest.raises(ValueError, match="the date of an examination and its anchor are full dates"):
            Examination("test", "test", done, (self.RESULT,), anchor, "VALID", "POST", self.ROUTINE)
