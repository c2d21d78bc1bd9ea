"""One person against a tiny made-up trial: outcomes, problems, flags. Sections 1.1 and 1.5; design's engine."""

from decimal import Decimal

import pytest

from screening.eligibility import evaluation as engine
from screening.eligibility.comparisons import Below, OnExamination
from screening.eligibility.conditions import AnyOf, Entered, Stated
from screening.eligibility.evaluation import Subject, evaluate
from screening.eligibility.facts import Reader
from screening.eligibility.items import Item
from screening.eligibility.kinds import FULL_DATE, YES_NO, Quantity
from screening.eligibility.limits import NotAfter, NotBefore
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import sentence
from screening.eligibility.protocol import Criterion, Protocol
from screening.eligibility.units import Scale
from tests.unit.eligibility.tiny import COUGH, CRP, DRUGS, FEVER, ITEMS, SETTINGS, TEST, VISIT

KIND = Item("kind_of_cough", YES_NO, "kind of cough", applies=Stated(COUGH))
WEIGHT = Item(
    "weight",
    Quantity(Scale("kg", {"kg": Decimal(1)}), Decimal(1), Decimal(500), Decimal(40), Decimal(150)),
    "weight",
)
SEEN = Item("seen", FULL_DATE, "day seen", limits=(NotAfter("visit", "visit"),))
LOW_CRP = OnExamination(TEST, Below(CRP, Decimal(5), TEST))


def criterion(id, condition, *asks):
    return Criterion(
        id=id, exclusion=id[0] == "E", text=id, title=id, asks=asks, condition=condition, sources=("Note",)
    )


TINY = Protocol(
    label="tiny/1",
    facts={},
    items=(*ITEMS, KIND, WEIGHT, SEEN),
    criteria=(
        criterion("I1", Stated(FEVER), FEVER, WEIGHT),
        criterion("E1", AnyOf(Stated(COUGH), LOW_CRP), COUGH, *TEST.items, VISIT),
        criterion("E2", Entered(DRUGS), DRUGS),
    ),
    settings=tuple(SETTINGS.values()),
    examinations=(TEST,),
)  # fmt: skip
WELL = {
    "fever": "yes",
    "cough": "no",
    "crp": "5",
    "crp_unit": "mg/L",
    "test_date": "2026-10-10",
    "visit": "2026-10-15",
    "drugs": [],
}


def problems(**items):
    return [(problem.item, sentence(problem.message)) for problem in evaluate(TINY, items).problems]


class TestSubject:
    @pytest.mark.parametrize(
        ("changes", "subject"),
        [
            ({}, Subject.ELIGIBLE),
            ({"fever": "no"}, Subject.INELIGIBLE),
            ({"cough": "yes"}, Subject.INELIGIBLE),
            ({"fever": None}, Subject.PENDING),
            ({"cough": "unknown"}, Subject.PENDING),
            ({"fever": None, "cough": "yes"}, Subject.INELIGIBLE),
        ],
    )
    def test_follows_from_every_criterion(self, changes, subject):
        assert evaluate(TINY, WELL | changes).subject is subject

    def test_of_no_criteria_is_pending(self):
        empty = TINY.amend("tiny/0", remove=["I1", "E1", "E2"])

        assert evaluate(empty, WELL).subject is Subject.PENDING


class TestResult:
    @pytest.mark.parametrize(
        ("id", "changes", "said"),
        [
            ("I1", {}, ("Fever: yes.",)),
            ("I1", {"fever": "no"}, ("Fever: no, so this criterion is not met.",)),
            ("I1", {"fever": None}, ("Cannot be decided yet: enter the fever.",)),
            ("E1", {}, ("Cough: no.", "CRP 5 mg/L on 2026-10-10 is not below 5 mg/L.")),
            ("E1", {"cough": "yes"}, ("Cough: yes, so this exclusion applies.",)),
        ],
    )
    def test_is_worded_by_polarity(self, id, changes, said):
        assert evaluate(TINY, WELL | changes).result(id).sentences == said

    def test_names_what_decided_and_what_is_needed(self):
        decided, open_one = (evaluate(TINY, WELL | change).result("E1") for change in ({}, {"crp": None}))

        assert decided.items == ("cough", "test_date", "visit", "crp", "crp_unit")
        assert decided.needs == ()
        assert open_one.needs == ("crp",)
        assert (decided.permits, decided.forbids) == (True, False)
        assert (open_one.permits, open_one.forbids) == (False, False)

    def test_of_no_other_criterion(self):
        with pytest.raises(KeyError):
            evaluate(TINY, WELL).result("E9")

    def test_is_decided_under_the_settings_of_the_study(self):
        stale = evaluate(TINY, WELL, TINY.configure({"VALID": 4}))

        assert evaluate(TINY, WELL, TINY.configure({"VALID": 5})).subject is Subject.ELIGIBLE
        assert stale.result("E1").outcome == "undetermined"

    def test_does_not_depend_on_what_is_remembered(self, monkeypatch):
        monkeypatch.setattr(engine, "REMEMBERED", 1)

        found = [evaluate(TINY, WELL | {"cough": answer}).result("E1").outcome for answer in ("yes", "no", "yes", None)]

        assert found == ["met", "not_met", "met", "undetermined"]

    def test_no_more_is_remembered_than_may_be(self, monkeypatch):
        monkeypatch.setattr(engine, "REMEMBERED", 2)
        config = TINY.configure(None)

        for answer in ("yes", "no", "unknown", None):
            evaluate(TINY, WELL | {"cough": answer}, config)
            assert len(config.known) <= 2

    def test_as_the_command_line_writes_it(self):
        assert evaluate(TINY, WELL | {"cold": "yes", "fever": "no"}).as_json() == {
            "protocol": "tiny/1",
            "subject": "ineligible",
            "criteria": {
                "I1": {"outcome": "not_met", "reasons": ["Fever: no, so this criterion is not met."], "needs": []},
                "E1": {
                    "outcome": "not_met",
                    "reasons": ["Cough: no.", "CRP 5 mg/L on 2026-10-10 is not below 5 mg/L."],
                    "needs": [],
                },
                "E2": {"outcome": "not_met", "reasons": [], "needs": []},
            },
            "instruments": {},
            "problems": [
                {"item": "cold", "message": "There is no such item in this protocol: correct its name."},
            ],
        }


class TestProblems:
    @pytest.mark.parametrize("value", ["yes", 3, [], object()])
    def test_an_unknown_item_is_reported(self, value):
        assert problems(cold=value) == [("cold", "There is no such item in this protocol: correct its name.")]

    def test_a_missing_answer_is_none(self):
        assert problems(cold=None, cough=None) == []

    @pytest.mark.parametrize(
        ("items", "item", "said"),
        [
            ({"cough": "maybe"}, "cough", "“maybe” is not one of: yes, no, unknown."),
            ({"cough": ["yes"]}, "cough", "“['yes']” is not one of: yes, no, unknown."),
            ({"drugs": "none"}, "drugs", "Enter a list of rows; an empty list means there are none."),
            ({"drugs": [3]}, "drugs", "Row 1: enter it as an object with its fields."),
            (
                {"crp": "501", "crp_unit": "mg/L"},
                "crp",
                "501 mg/L is outside 0 to 500 mg/L: check the value and its unit.",
            ),
            (
                {"seen": "2026-10-16", "visit": "2026-10-15"},
                "seen",
                "2026-10-16 is after the visit (2026-10-15): check both.",
            ),
        ],
    )
    def test_a_refused_value_is_reported_once(self, items, item, said):
        assert problems(**items) == [(item, said)]

    @pytest.mark.parametrize(
        "refused", [{"cough": "maybe"}, {"crp": "501"}, {"crp_unit": "mg"}, {"test_date": "2026-10"}, {"visit": 3}]
    )
    def test_a_refused_value_is_missing(self, refused):
        without = evaluate(TINY, WELL | dict.fromkeys(refused))

        assert evaluate(TINY, WELL | refused).result("E1").outcome == without.result("E1").outcome == "undetermined"

    @pytest.mark.parametrize("order", [1, -1])
    def test_the_order_of_answers_does_not_matter(self, order):
        items = {"seen": "2026-10-16", "crp": "50.1", "crp_unit": "mg/dL", "visit": "2026-10-15"}

        assert {item for item, _ in problems(**dict(list(items.items())[::order]))} == {"seen", "crp"}


class TestCompared:
    """A day that others are compared with is settled before them, however late it is entered."""

    TODAY = Item("today", FULL_DATE, "today")
    BORN = Item("born", FULL_DATE, "birth date", limits=(NotAfter("today", "today"),))
    SEEN = Item("seen", FULL_DATE, "day seen", limits=(NotBefore("born", "birth date"), NotAfter("today", "today")))
    TOLD = Item("told", FULL_DATE, "day told", limits=(NotAfter("today", "today"),))
    READER = Reader((TODAY, BORN, SEEN, TOLD))

    @pytest.mark.parametrize("order", [1, -1])
    def test_a_refused_day_limits_nothing(self, order):
        items = {"seen": "2026-10-01", "born": "2026-10-16", "today": "2026-10-15"}

        values, refused = self.READER.read(dict(list(items.items())[::order]))

        assert "seen" in values
        assert [problem.item for problem in refused] == ["born"]

    def test_what_nothing_is_compared_with_is_reported_as_it_is_entered(self):
        late = "2026-10-16"

        _, refused = self.READER.read({"told": late, "seen": late, "born": late, "today": "2026-10-15"})

        assert [problem.item for problem in refused] == ["born", "told", "seen"]


class TestFlags:
    @pytest.mark.parametrize(("kilos", "raised"), [("39.9", True), ("40", False), ("150", False), ("150.1", True)])
    def test_an_unusual_value_is_confirmed_and_used(self, kilos, raised):
        flags = evaluate(TINY, WELL | {"weight": kilos}).flags("I1")

        assert [(flag.kind.value, sentence(flag.message), flag.items) for flag in flags] == [
            ("confirm", f"Weight {kilos} kg is unusual (expected 40 to 150 kg): confirm it.", ("weight",))
        ] * raised

    @pytest.mark.parametrize("answers", [{}, {"cells": "4"}, {"crp_unit": None}, {"crp": "<5"}, {"drugs": [{}]}])
    def test_a_value_without_soft_limits_is_not_unusual(self, answers):
        evaluation = evaluate(TINY, WELL | answers)

        assert [evaluation.flags(id) for id in ("I1", "E1", "E2")] == [(), (), ()]

    @pytest.mark.parametrize(
        ("low", "high", "raised"),
        [(Decimal(40), None, [True, False, False]), (None, Decimal(150), [False, False, True])],
    )
    def test_a_soft_limit_on_one_side(self, low, high, raised):
        scale = Scale("kg", {"kg": Decimal(1)})
        weight = Item("weight", Quantity(scale, Decimal(1), Decimal(500), low, high), "weight")
        tiny = TINY.amend("tiny/2", replace=[weight, criterion("I1", Stated(FEVER), FEVER, weight)])

        assert [bool(evaluate(tiny, {"weight": kilos}).flags("I1")) for kilos in ("39.9", "100", "150.1")] == raised

    def test_of_no_other_criterion(self):
        with pytest.raises(KeyError):
            evaluate(TINY, WELL).flags("E9")


@pytest.mark.parametrize(("cough", "asked"), [("yes", TRUE), ("no", FALSE), ("unknown", UNKNOWN), (None, UNKNOWN)])
def test_whether_an_item_is_asked(cough, asked):
    evaluation = evaluate(TINY, {"cough": cough})

    assert evaluation.applies(KIND) is asked
    assert evaluation.applies(COUGH) is TRUE
