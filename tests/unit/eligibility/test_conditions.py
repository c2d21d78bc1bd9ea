"""Conditions on a tiny made-up trial: truth, reasons, items that decided, items still needed. Section 1.1."""

from decimal import Decimal

import pytest

from screening.eligibility.branches import NO, YES, BySetting, Cases, Decided, Open, Switch
from screening.eligibility.comparisons import AgeBetween, Before, Below, OlderThan, OnExamination, Usable, Within
from screening.eligibility.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Entered,
    Established,
    Not,
    RuledInBy,
    RuledOutBy,
    Shared,
    Stated,
    answered,
    ask,
    settles,
)
from screening.eligibility.items import Item
from screening.eligibility.kinds import Choice
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import Text, render
from tests.unit.eligibility.tiny import (
    ANSWERS,
    BORN,
    CELLS,
    COUGH,
    CRP,
    DRUGS,
    FELL_ILL,
    FEVER,
    OPINION,
    STAGE,
    TEST,
    TEST_DATE,
    TRUTH,
    UNIT,
    VISIT,
    facts,
    find,
    flat,
    truth_of,
)


class TestStated:
    @pytest.mark.parametrize(
        ("answer", "expected"),
        [
            ("yes", (TRUE, ("cough: yes",), ("cough",), ())),
            ("no", (FALSE, ("cough: no",), ("cough",), ())),
            ("unknown", (UNKNOWN, ("“Is there a cough?” is answered “unknown”: find out",), ("cough",), ("cough",))),
            (None, (UNKNOWN, ("answer “Is there a cough?”",), ("cough",), ("cough",))),
        ],
    )
    def test_of_yes_and_no(self, answer, expected):
        assert find(Stated(COUGH), cough=answer) == expected

    @pytest.mark.parametrize(("answer", "truth"), [("early", FALSE), ("late", TRUE), ("end", UNKNOWN), (None, UNKNOWN)])
    def test_of_other_codes(self, answer, truth):
        assert truth_of(Stated(STAGE, ("late",), ("early",)), stage=answer) is truth

    def test_a_code_that_settles_nothing(self):
        assert find(Stated(STAGE, ("late",), ()), stage="end")[1] == ("stage “end stage” does not settle it",)

    @pytest.mark.parametrize(("true", "false"), [(("last",), ()), ((), ("first",)), (("early",), ("early",))])
    def test_codes_are_of_its_vocabulary_and_used_once(self, true, false):
        with pytest.raises(ValueError, match="must be codes of its vocabulary, each used once"):
            Stated(STAGE, true, false)

    def test_of_anything_but_a_choice_is_refused(self):
        with pytest.raises(TypeError, match="visit has no vocabulary"):
            Stated(VISIT)

    @pytest.mark.parametrize(("answer", "truth"), [("late", TRUE), ("end", TRUE), ("early", UNKNOWN), (None, UNKNOWN)])
    def test_settles_is_never_false(self, answer, truth):
        assert truth_of(settles(STAGE, "late", "end"), stage=answer) is truth

    @pytest.mark.parametrize(("answer", "truth"), [("yes", TRUE), ("no", TRUE), ("unknown", UNKNOWN), (None, UNKNOWN)])
    def test_answered_is_anything_but_unknown(self, answer, truth):
        assert truth_of(answered(COUGH), cough=answer) is truth

    def test_asks_by_question_or_label_or_of_the_investigator(self):
        assert [render(ask(item)) for item in (COUGH, FEVER, OPINION)] == [
            "answer “Is there a cough?”",
            "enter the fever",
            "the investigator answers “Is it serious?”",
        ]


class TestJoined:
    @pytest.mark.parametrize("one", ANSWERS)
    @pytest.mark.parametrize("other", ANSWERS)
    def test_truth(self, one, other):
        answers = {"cough": one, "fever": other}

        assert truth_of(AnyOf(Stated(COUGH), Stated(FEVER)), **answers) is TRUTH[one] | TRUTH[other]
        assert truth_of(AllOf(Stated(COUGH), Stated(FEVER)), **answers) is TRUTH[one] & TRUTH[other]
        assert truth_of(Not(Stated(COUGH)), **answers) is ~TRUTH[one]

    def test_what_decides_explains_alone(self):
        either, both = AnyOf(Stated(COUGH), Stated(FEVER)), AllOf(Stated(COUGH), Stated(FEVER))

        assert find(either, cough="yes") == (TRUE, ("cough: yes",), ("cough",), ())
        assert find(both, fever="no") == (FALSE, ("fever: no",), ("fever",), ())
        assert find(either, cough="yes", fever="yes")[1:3] == (("cough: yes", "fever: yes"), ("cough", "fever"))

    def test_what_is_settled_for_now_is_not_a_reason_but_decides_with_the_rest(self):
        assert find(AnyOf(Stated(COUGH), Stated(FEVER)), cough="no") == (
            UNKNOWN,
            ("enter the fever",),
            ("cough", "fever"),
            ("fever",),
        )

    def test_all_explain_when_all_are_needed(self):
        assert find(AnyOf(Stated(COUGH), Stated(FEVER)), cough="no", fever="no") == (
            FALSE,
            ("cough: no", "fever: no"),
            ("cough", "fever"),
            (),
        )

    def test_not_keeps_reasons_items_and_needs(self):
        assert find(Not(Stated(COUGH)), cough="yes") == (FALSE, ("cough: yes",), ("cough",), ())
        assert find(Not(Stated(FEVER))) == (UNKNOWN, ("enter the fever",), ("fever",), ("fever",))

    def test_of_nothing(self):
        assert find(AnyOf()) == (FALSE, (), (), ())
        assert find(AllOf()) == (TRUE, (), (), ())


class TestInWords:
    @pytest.mark.parametrize(
        ("true", "false", "words"),
        [
            (("late",), ("early",), "stage: late stage"),
            (("late", "end"), (), "stage: late stage or end stage"),
            (("early", "late", "end"), (), "stage: early stage or late stage or end stage"),
            (("late", "end"), ("early",), "stage: any but early stage"),
            (("late",), ("early", "end"), "stage: late stage"),
        ],
    )
    def test_an_answer_is_said_the_shorter_way_round(self, true, false, words):
        assert flat(Stated(STAGE, true, false)) == words

    def test_any_but_is_said_only_when_the_others_are_all_that_is_left(self):
        colour = Item("colour", Choice({"red": "red", "blue": "blue", "green": "green", "grey": "grey"}), "colour")

        assert flat(Stated(colour, ("red", "blue"), ("green",))) == "colour: red or blue"
        assert flat(Stated(colour, ("red", "blue"), ("green", "grey"))) == "colour: red or blue"
        assert flat(Stated(colour, ("red", "blue", "green"), ("grey",))) == "colour: any but grey"

    def test_not_says_what_makes_it_false(self):
        assert flat(Not(Stated(STAGE, ("late",), ("early",)))) == "stage: early stage"
        assert flat(Not(settles(STAGE, "late"))) == "not (stage: late stage)"

    def test_limbs_are_joined_by_or_or_and(self):
        limbs = (Stated(COUGH), Stated(FEVER))

        assert flat(AnyOf(*limbs)) == "cough: yes or fever: yes"
        assert flat(AllOf(*limbs)) == "cough: yes and fever: yes"
        assert flat(Not(AnyOf(*limbs))) == "not (cough: yes or fever: yes)"


class TestCautious:
    NONE = Text("none", "no cough is established")

    @pytest.mark.parametrize("answer", ["no", "unknown", None])
    def test_established_counts_anything_else_as_no(self, answer):
        assert find(Established(Stated(COUGH), self.NONE), cough=answer) == (
            FALSE,
            ("no cough is established",),
            ("cough",),
            (),
        )

    def test_established(self):
        assert find(Established(Stated(COUGH), self.NONE), cough="yes") == (TRUE, ("cough: yes",), ("cough",), ())

    @pytest.mark.parametrize(
        ("answer", "truth"), [("yes", FALSE), ("no", UNKNOWN), ("unknown", UNKNOWN), (None, UNKNOWN)]
    )
    def test_ruled_out_only_by_what_is_shown(self, answer, truth):
        assert truth_of(RuledOutBy(Stated(COUGH)), cough=answer) is truth

    @pytest.mark.parametrize(("answer", "truth"), [("yes", TRUE), ("no", UNKNOWN), (None, UNKNOWN)])
    def test_ruled_in_only_by_what_is_shown(self, answer, truth):
        assert truth_of(RuledInBy(Stated(COUGH)), cough=answer) is truth

    def test_ruled_in_says_what_is_needed(self):
        assert find(RuledInBy(settles(FEVER, "no"))) == (UNKNOWN, ("enter the fever",), ("fever",), ("fever",))

    def test_ruled_out_says_what_is_needed(self):
        assert find(RuledOutBy(settles(FEVER, "no"))) == (UNKNOWN, ("enter the fever",), ("fever",), ("fever",))


class TestBranches:
    CASES = Cases(((Stated(COUGH), NO), (Stated(FEVER), Stated(STAGE, ("late",), ("early",)))), otherwise=YES)
    SWITCH = Switch(STAGE, {"early": NO, "late": Stated(COUGH)})

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ({"cough": "yes", "fever": "yes"}, (FALSE, ("cough: yes",), ("cough",), ())),
            (
                {"cough": "no", "fever": "yes", "stage": "late"},
                (TRUE, ("stage: late stage",), ("cough", "fever", "stage"), ()),
            ),
            (
                {"cough": None, "fever": "yes"},
                (UNKNOWN, ("enter the stage",), ("cough", "fever", "stage"), ("stage",)),
            ),
            ({"cough": "unknown", "fever": "no"}, (TRUE, (), ("cough", "fever"), ())),
        ],
    )
    def test_the_first_case_that_is_true_decides(self, answers, expected):
        assert find(self.CASES, **answers) == expected

    @pytest.mark.parametrize(
        ("answers", "expected"),
        [
            ({"stage": "early"}, (FALSE, ("stage: early stage",), ("stage",), ())),
            ({"stage": "late", "cough": "yes"}, (TRUE, ("cough: yes",), ("stage", "cough"), ())),
            ({"stage": "late"}, (UNKNOWN, ("answer “Is there a cough?”",), ("stage", "cough"), ("cough",))),
            ({"stage": "end"}, (UNKNOWN, ("stage “end stage” does not settle it",), ("stage",), ("stage",))),
            ({}, (UNKNOWN, ("enter the stage",), ("stage",), ("stage",))),
        ],
    )
    def test_the_answer_says_which_condition_counts(self, answers, expected):
        assert find(self.SWITCH, **answers) == expected

    @pytest.mark.parametrize("stage", ["end", None])
    def test_any_other_answer_when_there_is_a_condition_for_it(self, stage):
        switch = Switch(STAGE, {"early": NO}, otherwise=Stated(FEVER))

        assert find(switch, stage=stage, fever="yes") == (TRUE, ("fever: yes",), ("stage", "fever"), ())

    def test_only_codes_of_the_vocabulary_have_a_case(self):
        with pytest.raises(ValueError, match=r"stage: \['middle'\] are not its codes"):
            Switch(STAGE, {"middle": NO, "early": YES})

    @pytest.mark.parametrize(("mode", "item"), [("strict", "cough"), ("lenient", "fever")])
    def test_a_setting_says_which_condition_counts(self, mode, item):
        condition = BySetting("MODE", {"strict": Stated(COUGH), "lenient": Stated(FEVER)})

        assert find(condition, {"MODE": mode}, **{item: "yes"}) == (TRUE, (f"{item}: yes",), (item,), ())
        assert condition.settings == ("MODE",)
        assert flat(condition) == "cough: yes"

    def test_decided_with_and_without_a_reason(self):
        assert find(Decided(FALSE, Text("t", "nothing found"))) == (FALSE, ("nothing found",), (), ())
        assert find(YES) == (TRUE, (), (), ())
        assert find(NO) == (FALSE, (), (), ())

    def test_what_is_not_known_needs_a_reason(self):
        with pytest.raises(ValueError, match="use Open"):
            Decided(UNKNOWN)

    def test_open(self):
        assert find(Open(Text("t", "repeat the test"), (TEST_DATE,))) == (
            UNKNOWN,
            ("repeat the test",),
            ("test_date",),
            ("test_date",),
        )


class TestShared:
    def test_is_evaluated_once_a_person(self):
        class Counted(Condition):
            times = 0

            def evaluate(self, facts):
                type(self).times += 1
                return Stated(COUGH).evaluate(facts)

        shared = Shared("ill", Counted())
        person = facts(cough="yes")

        assert AllOf(shared, AnyOf(shared, Stated(FEVER))).evaluate(person).truth is TRUE
        assert Counted.times == 1
        assert shared.evaluate(facts(cough="no")).truth is FALSE
        assert Counted.times == 2


class TestEntered:
    @pytest.mark.parametrize(
        ("answers", "truth"),
        [
            ({"fell_ill": "2026"}, TRUE),
            ({"fell_ill": None}, FALSE),
            ({}, FALSE),
        ],
    )
    def test_a_value(self, answers, truth):
        assert find(Entered(FELL_ILL), **answers) == (truth, (), ("fell_ill",), ())

    @pytest.mark.parametrize(("rows", "truth"), [([{}], TRUE), ([], FALSE), (None, FALSE)])
    def test_at_least_one_row(self, rows, truth):
        assert truth_of(Entered(DRUGS), drugs=rows) is truth

    def test_in_words(self):
        assert flat(Entered(FELL_ILL)) == "first day ill entered"
        assert Entered(FELL_ILL).reads == (FELL_ILL,)


class TestMisuse:
    @pytest.mark.parametrize(
        "condition", [Stated(COUGH), AnyOf(), Not(YES), Usable(TEST)], ids=lambda it: type(it).__name__
    )
    def test_a_condition_is_never_a_bool(self, condition):
        with pytest.raises(TypeError, match=r"is not a bool\. Combine conditions with AnyOf, AllOf and Not"):
            bool(condition)

    def test_a_new_condition_has_to_evaluate_and_describe_itself(self):
        with pytest.raises(NotImplementedError):
            Condition().evaluate(facts())
        with pytest.raises(NotImplementedError):
            Condition().describe({})


class TestReads:
    def test_all_items_once_in_the_order_of_the_rule(self):
        rule = AllOf(AnyOf(Stated(FEVER), Shared("ill", Stated(COUGH))), Not(Stated(FEVER)), TestBranches.SWITCH)

        assert rule.reads == (FEVER, COUGH, STAGE)
        assert [type(part).__name__ for part in rule.walk()][:3] == ["AllOf", "AnyOf", "Stated"]

    @pytest.mark.parametrize(
        ("condition", "items", "settings"),
        [
            (YES, (), ()),
            (Open(Text("t", "t"), (VISIT,)), (VISIT,), ()),
            (TestBranches.CASES, (COUGH, FEVER, STAGE), ()),
            (Switch(STAGE, {"early": NO}, Stated(FEVER)), (STAGE, FEVER), ()),
            (Entered(DRUGS), (DRUGS,), ()),
            (Established(Stated(COUGH), Text("t", "t")), (COUGH,), ()),
            (RuledOutBy(Stated(COUGH)), (COUGH,), ()),
            (RuledInBy(Stated(COUGH)), (COUGH,), ()),
            (Within(FELL_ILL, VISIT, days=1), (FELL_ILL, VISIT), ()),
            (Before(FELL_ILL, VISIT), (FELL_ILL, VISIT), ()),
            (OlderThan(FELL_ILL, VISIT, "VALID"), (FELL_ILL, VISIT), ("VALID",)),
            (AgeBetween(BORN, VISIT, 18, 75), (BORN, VISIT), ()),
            (Below(CRP, Decimal(5), TEST), (CRP, UNIT), ()),
            (Below(CELLS, Decimal(5), TEST), (CELLS,), ()),
            (OnExamination(TEST, Stated(COUGH)), (TEST_DATE, VISIT, COUGH), ("VALID", "POST")),
        ],
        ids=lambda part: type(part).__name__ if isinstance(part, Condition) else "",
    )
    def test_of_each_condition(self, condition, items, settings):
        assert condition.reads == items
        assert condition.settings == settings
