"""A protocol as data, on a tiny made-up trial: construction, amendments, digests. Design: "The protocol as code"."""

import re
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal

import pytest

from screening.eligibility.branches import BySetting
from screening.eligibility.comparisons import Below, OnExamination, Within
from screening.eligibility.conditions import AllOf, AnyOf, Condition, Finding, Not, Outline, Stated
from screening.eligibility.evaluation import evaluate
from screening.eligibility.items import AnsweredBy, Examination, Item, Remembered, Rows, Sheet, Use
from screening.eligibility.kinds import FULL_DATE, YES_NO, Choice, Integer
from screening.eligibility.limits import NotAfter, NotBefore
from screening.eligibility.logic import TRUE
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note, Protocol, canonical, sha256_of
from screening.eligibility.settings import OneOf, Setting, WholeNumber
from tests.unit.eligibility.tiny import COUGH, CRP, FELL_ILL, FEVER, ITEMS, SETTINGS, STAGE, TEST, VISIT

FLAG = Flag(FlagKind.QUERY, Stated(FEVER), Text("flag", "there is fever"))


def criterion(id="E1", **changes):
    parts = {
        "exclusion": True,
        "text": "A cough.",
        "title": "Cough",
        "asks": (COUGH, FEVER),
        "condition": AnyOf(Stated(COUGH), Stated(FEVER)),
        "sources": ("Note",),
        "notes": (Note(Mark.DEFAULT, "a cough", "a loud cough"),),
        "flags": (FLAG,),
    }
    return Criterion(id=id, **parts | changes)


E1 = criterion()
E2 = criterion(
    "E2",
    asks=(*TEST.items, VISIT),
    condition=OnExamination(TEST, Below(CRP, Decimal(5), TEST)),
    flags=(),
)


def protocol(**changes):
    parts = {
        "label": "tiny/1",
        "facts": {"Phase": "N/A"},
        "items": ITEMS,
        "criteria": (E1, E2),
        "settings": tuple(SETTINGS.values()),
        "examinations": (TEST,),
    }
    return Protocol(**parts | changes)


TINY = protocol()


def swapped(item, **changes):
    """The tiny trial with one item that no rule reads changed."""
    return tuple(replace(item, **changes) if held is item else held for held in ITEMS)


class TestConstruction:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"items": (*ITEMS, Item("cough", FULL_DATE, "cough"))}, "The item cough is there twice."),
            ({"criteria": (E1, E2, E1)}, "The criterion E1 is there twice."),
            ({"settings": (*SETTINGS.values(), SETTINGS["MODE"])}, "The setting MODE is there twice."),
            (
                {"items": tuple(item for item in ITEMS if item is not FEVER)},
                "E1 reads an item fever that is not the protocol's: add it, or replace E1 too.",
            ),
            (
                {"items": swapped(FEVER, label="high fever")},
                "E1 reads an item fever that is not the protocol's: add it, or replace E1 too.",
            ),
            (
                {"criteria": (E1,), "items": tuple(item for item in ITEMS if item is not VISIT)},
                "test reads an item visit that is not the protocol's: add it, or replace test too.",
            ),
            (
                {"items": (*ITEMS, Item("late", FULL_DATE, "late", limits=(NotAfter("later", "later"),)))},
                "late is limited by ['later']: put them before it.",
            ),
            (
                {
                    "items": (
                        *ITEMS,
                        Item("late", FULL_DATE, "late", limits=(NotAfter("later", "later"),)),
                        Item("later", FULL_DATE, "later"),
                    )
                },
                "late is limited by ['later']: put them before it.",
            ),
            (
                {"settings": tuple(setting for setting in SETTINGS.values() if setting.name != "VALID")},
                "E2 reads the settings ['VALID'], which do not exist.",
            ),
        ],
    )
    def test_misuse_is_said_when_it_is_made(self, changes, said):
        with pytest.raises(ValueError, match=re.escape(said)):
            protocol(**changes)

    def test_a_flag_reads_items_of_the_protocol(self):
        stranger = Item("stranger", YES_NO, "stranger")
        flagged = criterion(flags=(Flag(FlagKind.QUERY, Stated(stranger), Text("t", "t")),))

        with pytest.raises(ValueError, match="E1 reads an item stranger that is not the protocol's"):
            protocol(criteria=(flagged, E2))

    def test_a_criterion_asks_for_all_that_it_reads(self):
        with pytest.raises(ValueError, match="E1 reads fever but does not ask for it: add it to `asks`"):
            criterion(asks=(COUGH,))

    def test_an_item_may_be_limited_by_one_before_it(self):
        late = Item("late", FULL_DATE, "late", limits=(NotAfter("visit", "visit"), NotBefore("born", "birth")))

        assert protocol(items=(*ITEMS, late)).closures["late"] == ("late", "visit", "born")

    def test_finds_criteria_items_and_uses(self):
        proof = Item("proof", YES_NO, "proof", use=Use.PROOF)

        assert TINY.criterion("E2") is E2
        assert TINY.by_name["visit"] is VISIT
        assert protocol(items=(*ITEMS, proof)).asked_by(Use.PROOF) == (proof,)
        with pytest.raises(KeyError):
            TINY.criterion("E9")

    def test_configures(self):
        assert dict(TINY.configure({"VALID": 3})) == {"VALID": 3, "POST": 5, "MODE": "strict"}
        assert dict(TINY.defaults) == {"VALID": 10, "POST": 5, "MODE": "strict"}
        with pytest.raises(ValueError, match="There is no setting VALIDITY"):
            TINY.configure({"VALIDITY": 3})

    def test_an_explanation_names_what_its_items_depend_on(self):
        assert TINY.closure(("crp", "cough", "crp")) == ("crp", "crp_unit", "cough")


class TestAmendment:
    def test_replaces_in_place(self):
        new = criterion(title="Any cough")

        amended = TINY.amend("tiny/2", replace=[new, Setting("VALID", 3, WholeNumber(0, 5, "days"), "before")])

        assert (amended.label, amended.criteria) == ("tiny/2", (new, E2))
        assert [setting.name for setting in amended.settings] == ["VALID", "POST", "MODE"]
        assert amended.defaults["VALID"] == 3
        assert (amended.items, amended.facts, amended.examinations) == (TINY.items, TINY.facts, TINY.examinations)

    def test_adds_at_the_end(self):
        sneeze = Item("sneeze", YES_NO, "sneeze")
        e3 = criterion("E3", asks=(sneeze,), condition=Stated(sneeze), flags=())
        mood = Setting("MOOD", "good", OneOf(("good", "bad")), "mood")

        amended = TINY.amend("tiny/2", add=[sneeze, e3, mood])

        assert amended.items == (*ITEMS, sneeze)
        assert amended.criteria == (E1, E2, e3)
        assert amended.settings[-1] is mood

    def test_removes(self):
        amended = TINY.amend("tiny/2", remove=["E1", "stage", "MODE"])

        assert amended.criteria == (E2,)
        assert STAGE not in amended.items
        assert len(amended.items) == len(ITEMS) - 1
        assert [setting.name for setting in amended.settings] == ["VALID", "POST"]

    def test_replaces_an_item_together_with_its_criterion(self):
        fever = replace(FEVER, label="high fever")
        new = criterion(asks=(COUGH, fever), condition=AnyOf(Stated(COUGH), Stated(fever)), flags=())

        assert TINY.amend("tiny/2", replace=[fever, new]).by_name["fever"] is fever
        with pytest.raises(ValueError, match="E1 reads an item fever that is not the protocol's"):
            TINY.amend("tiny/2", replace=[fever])

    @pytest.mark.parametrize(
        ("label", "changes", "said"),
        [
            ("tiny/1", {}, "tiny/1 is this version: give the amendment a label of its own."),
            ("tiny/2", {"replace": [criterion("E3")]}, "E3 is not in tiny/1: add it instead of replacing it."),
            ("tiny/2", {"add": [E1]}, "E1 is in tiny/1: replace it instead of adding it."),
            ("tiny/2", {"add": [COUGH]}, "cough is in tiny/1: replace it instead of adding it."),
            ("tiny/2", {"remove": ["E9", "E1", "E8"]}, "E8, E9: not in tiny/1, so it cannot be removed."),
            ("tiny/2", {"remove": ["VALID"]}, "E2 reads the settings ['VALID'], which do not exist."),
            ("tiny/2", {"remove": ["fever"]}, "E1 reads an item fever that is not the protocol's"),
        ],
    )
    def test_misuse_is_said(self, label, changes, said):
        with pytest.raises(ValueError, match=re.escape(said)):
            TINY.amend(label, **changes)

    def test_leaves_the_old_version_as_it_was(self):
        digest = TINY.digest
        TINY.amend("tiny/2", remove=["E1"])

        assert TINY.criteria == (E1, E2)
        assert protocol().digest == digest

    def test_evaluates_by_its_own_rules(self):
        stricter = TINY.amend("tiny/2", replace=[criterion(condition=AllOf(Stated(COUGH), Stated(FEVER)))])
        items = {"cough": "yes", "fever": "no"}

        assert evaluate(TINY, items).result("E1").outcome == "met"
        assert evaluate(stricter, items).result("E1").outcome == "not_met"


class Rash(Condition):
    """A condition of a trial's own, without fields: only its words say what it holds."""

    words = "a rash"

    def evaluate(self, facts):
        return Finding(TRUE, (), ())

    def describe(self, config):
        return Outline(self.words)


class RedRash(Rash):
    words = "a red rash"


RedRash.__name__ = "Rash"


@dataclass(frozen=True, eq=False)
class Score:
    weight: int = 1

    @property
    def reads(self):
        return (COUGH,)

    def report(self, facts):
        return {"score": self.weight if facts.values.get("cough") == "yes" else 0}


def ruled(condition, **changes):
    return {"criteria": (criterion(condition=condition, **changes), E2)}


LIST = Item("list", Rows((Item("one", YES_NO, "one"),)), "list")
PAPER = Item("paper", Sheet({"arm": "arm"}, (Item("red", Integer(0, 3), "red"),), ()), "paper")
OTHER_TEST = Examination("test", "other test", TEST.date, TEST.values, VISIT, "VALID", "POST", TEST.routine_care)
WITHIN = Within(FELL_ILL, VISIT, days=10)
WITH_DATES = {"asks": (COUGH, FEVER, FELL_ILL, VISIT)}

# Everything that a protocol says, changed by one step.
CHANGES = {
    "label": {"label": "tiny/1.1"},
    "fact": {"facts": {"Phase": "n/a"}},
    "oddity": {"oddities": {"Phase": "not null"}},
    "item added": {"items": (*ITEMS, LIST)},
    "items in another order": {"items": (FEVER, COUGH, *ITEMS[2:])},
    "label of an item": {"items": swapped(STAGE, label="the stage")},
    "question": {"items": swapped(STAGE, question="Which stage?")},
    "help": {"items": swapped(STAGE, help="See the letter.")},
    "who answers": {"items": swapped(STAGE, answered_by=AnsweredBy.CLINICIAN)},
    "use": {"items": swapped(STAGE, use=Use.PROOF)},
    "plural": {"items": swapped(STAGE, plural=True)},
    "when an item is asked": {"items": swapped(STAGE, applies=Stated(COUGH))},
    "soft limit": {"items": swapped(FELL_ILL, soft=(NotAfter("visit", "visit"),))},
    "hard limit": {"items": swapped(FELL_ILL, limits=(NotBefore("born", "birth date"),))},
    "code": {"items": swapped(STAGE, kind=Choice(STAGE.codes | {"none": "no stage"}))},
    "label of a code": {"items": swapped(STAGE, kind=Choice(STAGE.codes | {"end": "the end"}))},
    "order of codes": {"items": swapped(STAGE, kind=Choice(dict(reversed(STAGE.codes.items()))))},
    "criterion removed": {"criteria": (E1,)},
    "criteria in another order": {"criteria": (E2, E1)},
    "text of a criterion": {"criteria": (criterion(text="A cough"), E2)},
    "title": {"criteria": (criterion(title="cough"), E2)},
    "polarity": {"criteria": (criterion(exclusion=False), E2)},
    "what is asked": {"criteria": (criterion(asks=(FEVER, COUGH)), E2)},
    "source": {"criteria": (criterion(sources=()), E2)},
    "note": {"criteria": (criterion(notes=(Note(Mark.DEFAULT, "a cough", "a quiet cough"),)), E2)},
    "mark of a note": {"criteria": (criterion(notes=(Note(Mark.INTERPRETATION, "a cough", "a loud cough"),)), E2)},
    "flag": {"criteria": (criterion(flags=()), E2)},
    "kind of a flag": {"criteria": (criterion(flags=(replace(FLAG, kind=FlagKind.FORM),)), E2)},
    "when a flag is raised": {"criteria": (criterion(flags=(replace(FLAG, when=Not(Stated(FEVER))),)), E2)},
    "and for or": ruled(AllOf(Stated(COUGH), Stated(FEVER))),
    "limbs in another order": ruled(AnyOf(Stated(FEVER), Stated(COUGH))),
    "codes of a rule": ruled(AnyOf(Stated(COUGH, ("yes", "unknown"), ("no",)), Stated(FEVER))),
    "rule of the trial": ruled(Rash()),
    "rule of the trial in other words": ruled(RedRash()),
    "window": ruled(WITHIN, **WITH_DATES),
    "window one day longer": ruled(replace(WITHIN, days=11), **WITH_DATES),
    "what comes after the window": ruled(replace(WITHIN, after=TRUE), **WITH_DATES),
    "limit of a value": {
        "criteria": (E1, replace(E2, condition=OnExamination(TEST, Below(CRP, Decimal("5.1"), TEST))))
    },
    "limit included": {
        "criteria": (E1, replace(E2, condition=OnExamination(TEST, Below(CRP, Decimal(5), TEST, or_equal=True))))
    },
    "rule by setting": ruled(BySetting("MODE", {"strict": Stated(COUGH), "lenient": Stated(FEVER)})),
    "default of a setting": {"settings": (replace(SETTINGS["VALID"], default=11), SETTINGS["POST"], SETTINGS["MODE"])},
    "meaning of a setting": {"settings": (replace(SETTINGS["VALID"], meaning="days"), *list(SETTINGS.values())[1:])},
    "values of a setting": {
        "settings": (replace(SETTINGS["VALID"], allowed=WholeNumber(0, 91, "days")), *list(SETTINGS.values())[1:])
    },
    "setting added": {"settings": (*SETTINGS.values(), Setting("MOOD", "good", OneOf(("good",)), "mood"))},
    "examination removed": {"examinations": ()},
    "days that an examination counts before enrollment": {"examinations": (replace(TEST, enroll_validity="VALID"),)},
    "code of an examination that is remembered": {
        "examinations": (replace(TEST, remembers=(Remembered(STAGE, "II", FEVER, "yes"),)),)
    },
    "item that holds what the portal knows": {"derived": {"visit.date": VISIT}},
    "criterion of the consent": {"consent_criterion": "E1"},
    "rationale of a judgement": {"rationales": {"opinion": COUGH}},
    "label of an examination": {"examinations": (OTHER_TEST,)},
    "instrument": {"instruments": {"score": Score()}},
    "weight of an instrument": {"instruments": {"score": Score(2)}},
    "name of an instrument": {"instruments": {"scores": Score()}},
    "rows": {"items": (*ITEMS, replace(LIST, kind=Rows((Item("one", YES_NO, "the one"),))))},
    "order of dates in rows": {"items": (*ITEMS, replace(LIST, kind=Rows(LIST.kind.fields, (("one", "one"),))))},
    "worksheet": {"items": (*ITEMS, PAPER)},
    "area of a worksheet": {"items": (*ITEMS, replace(PAPER, kind=replace(PAPER.kind, areas={"arm": "the arm"})))},
    "cell of a worksheet": {
        "items": (*ITEMS, replace(PAPER, kind=replace(PAPER.kind, measures=(Item("red", Integer(0, 2), "red"),))))
    },
}  # fmt: skip


class TestDigest:
    def test_is_the_same_for_the_same_content(self):
        assert re.fullmatch(r"[0-9a-f]{64}", TINY.digest)
        assert protocol().digest == TINY.digest

    def test_is_the_same_when_built_anew_from_equal_parts(self):
        again = protocol(
            items=swapped(STAGE, kind=Choice(dict(STAGE.codes))),
            criteria=(criterion(flags=(replace(FLAG, when=Stated(FEVER)),)), E2),
            settings=tuple(replace(setting) for setting in SETTINGS.values()),
        )

        assert again.digest == TINY.digest

    def test_does_not_change_with_the_choices_of_a_study(self):
        TINY.configure({"VALID": 3})

        assert TINY.digest == protocol().digest

    def test_changes_with_everything_that_the_protocol_says(self):
        digests = {what: protocol(**changes).digest for what, changes in CHANGES.items()}

        assert TINY.digest not in digests.values(), [what for what in digests if digests[what] == TINY.digest]
        assert len(set(digests.values())) == len(CHANGES)

    def test_of_the_engine_covers_the_trials_own_modules(self):
        own = protocol(**ruled(Rash()))

        assert re.fullmatch(r"[0-9a-f]{64}", TINY.engine_digest)
        assert own.engine_digest != TINY.engine_digest
        assert protocol(instruments={"score": Score()}).engine_digest == own.engine_digest
        assert TINY.amend("tiny/2", remove=["E1"]).engine_digest == TINY.engine_digest


class TestCanonical:
    @pytest.mark.parametrize(
        ("value", "form"),
        [
            (None, None),
            (True, True),
            (3, 3),
            ("a", "a"),
            (TRUE, "true"),
            (Mark.DEFAULT, "D"),
            (Decimal("5.10"), "5.10"),
            (date(2026, 10, 15), "2026-10-15"),
            (time(9, 30), "09:30:00"),
            ({"b": 1, "a": (2,)}, [["b", 1], ["a", [2]]]),
            ([1, ("a",)], [1, ["a"]]),
            (COUGH, ["Item", "cough"]),
            (Note(Mark.DEFAULT, "a"), ["Note", ["mark", "D"], ["text", "a"], ["alternative", ""]]),
            (
                Stated(COUGH),
                ["Stated", ["item", ["Item", "cough"]], ["true", ["yes"]], ["false", ["no"]]],
            ),
        ],
    )
    def test_form(self, value, form):
        assert canonical(value) == form

    @pytest.mark.parametrize(
        "value", [3.5, b"a", {1}, object(), Note], ids=["float", "bytes", "set", "object", "class"]
    )
    def test_nothing_drops_out_unnoticed(self, value):
        with pytest.raises(TypeError, match="has no canonical form"):
            canonical(value)

    def test_does_not_depend_on_the_order_of_keys(self):
        assert sha256_of({"a": 1, "b": "é"}) == sha256_of({"b": "é", "a": 1})
        assert sha256_of({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
