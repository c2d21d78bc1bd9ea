"""E7: uncontrolled myositis or interstitial lung disease. Section E7 of the criteria specification.

Baseline: both courses "none", and no judgement of the investigator.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result, vectors

COURSES = ["myositis_course", "ild_course"]
QUIET, WORSE = ["none", "controlled_or_stable"], ["uncontrolled", "rapidly_progressive"]
each_course = pytest.mark.parametrize("course", COURSES)


def flags(settings=None, /, **changes):
    items = vectors("E7")[0]["items"] | {"screening_date": "2026-10-15"} | changes
    raised = evaluate(PROTOCOL, items, PROTOCOL.configure(settings)).flags("E7")
    return [(flag.kind.value, flag.items) for flag in raised]


def kinds(settings=None, /, **changes):
    return [kind for kind, _ in flags(settings, **changes)]


class TestWithoutTheInvestigator:
    @each_course
    @pytest.mark.parametrize("answer", [*QUIET, *WORSE, "unknown", None])
    @pytest.mark.parametrize("judgement", [None, "unknown"])
    def test_the_courses_never_decide(self, course, answer, judgement):
        assert outcome("E7", e7_investigator=judgement, **{course: answer}) == UNDETERMINED

    def test_the_judgement_is_needed(self):
        assert result("E7").needs == ("e7_investigator",)


class TestYes:
    @each_course
    @pytest.mark.parametrize("answer", [*QUIET, *WORSE, "unknown", None])
    def test_excludes_whatever_the_courses(self, course, answer):
        assert outcome("E7", e7_investigator="yes", **{course: answer}) == MET

    def test_excludes_with_no_course_answered(self):
        assert outcome("E7", e7_investigator="yes", **dict.fromkeys(COURSES)) == MET


class TestNo:
    @each_course
    @pytest.mark.parametrize("answer", [*QUIET, *WORSE])
    def test_counts_when_both_courses_are_answered(self, course, answer):
        assert outcome("E7", e7_investigator="no", **{course: answer}) == NOT_MET

    @each_course
    @pytest.mark.parametrize("answer", ["unknown", None, "stable"])
    def test_does_not_count_while_a_course_is_open(self, course, answer):
        assert outcome("E7", e7_investigator="no", **{course: answer}) == UNDETERMINED


class TestConsistencyFlag:
    @pytest.mark.parametrize("myositis", QUIET)
    @pytest.mark.parametrize("ild", QUIET)
    def test_yes_while_both_are_none_or_controlled(self, myositis, ild):
        found = flags(myositis_course=myositis, ild_course=ild, e7_investigator="yes")

        assert found == [("consistency", ("e7_investigator", "myositis_course", "ild_course"))]

    @each_course
    @pytest.mark.parametrize("answer", [*WORSE, "unknown", None])
    def test_not_raised(self, course, answer):
        assert kinds(e7_investigator="yes", **{course: answer}) == []


class TestRationaleFlag:
    @each_course
    @pytest.mark.parametrize("answer", WORSE)
    def test_no_while_one_is_uncontrolled_or_progressive(self, course, answer):
        assert kinds(e7_investigator="no", **{course: answer}) == ["rationale"]

    @pytest.mark.parametrize("answer", WORSE)
    def test_no_while_the_other_course_is_open(self, answer):
        assert kinds(e7_investigator="no", myositis_course=answer, ild_course=None) == ["rationale"]

    @each_course
    @pytest.mark.parametrize("answer", [*QUIET, "unknown", None])
    def test_not_raised(self, course, answer):
        assert kinds(e7_investigator="no", **{course: answer}) == []

    @pytest.mark.parametrize("answer", WORSE)
    def test_not_raised_before_the_judgement(self, answer):
        assert kinds(myositis_course=answer) == []


class TestOutdatedFlags:
    """VALID_IMAGING_PFT 90 days and VALID_EXAM 28 days before screening: flags only."""

    @pytest.mark.parametrize(
        ("evidence", "setting", "first", "day_before"),
        [
            ("hrct_date", "VALID_IMAGING_PFT", "2026-07-17", "2026-07-16"),
            ("pft_date", "VALID_IMAGING_PFT", "2026-07-17", "2026-07-16"),
            ("clinical_examination_date", "VALID_EXAM", "2026-09-17", "2026-09-16"),
        ],
    )
    def test_older_than_the_study_wants_it(self, evidence, setting, first, day_before):
        assert kinds(**{evidence: first}) == []
        assert kinds(**{evidence: day_before}) == ["outdated"]
        assert kinds({setting: 91}, **{evidence: day_before}) == []
        assert outcome("E7", e7_investigator="no", **{evidence: day_before}) == NOT_MET


class TestReasons:
    def test_before_the_judgement(self):
        [said] = reasons("E7")

        assert said.startswith("Cannot be decided yet: the investigator answers “Is there uncontrolled or rapidly ")

    def test_an_open_course(self):
        [said] = reasons("E7", e7_investigator="no", myositis_course=None)

        assert said == "Cannot be decided yet: enter the course of myositis."
