"""A tiny made-up trial, on which the engine is tried by itself."""

from decimal import Decimal

from screening.eligibility.facts import Facts, Reader
from screening.eligibility.items import AnsweredBy, Examination, Item, Rows
from screening.eligibility.kinds import FULL_DATE, PARTIAL_DATE, YES_NO, Choice, Quantity
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import render
from screening.eligibility.settings import OneOf, Setting, WholeNumber, configure
from screening.eligibility.units import Scale

COUGH = Item("cough", YES_NO, "cough", "Is there a cough?")
FEVER = Item("fever", YES_NO, "fever")
STAGE = Item("stage", Choice({"early": "early stage", "late": "late stage", "end": "end stage"}), "stage")
OPINION = Item("opinion", YES_NO, "opinion", "Is it serious?", AnsweredBy.JUDGEMENT)
BORN = Item("born", PARTIAL_DATE, "birth date")
FELL_ILL = Item("fell_ill", PARTIAL_DATE, "first day ill")
VISIT = Item("visit", FULL_DATE, "visit")
DRUGS = Item("drugs", Rows((Item("drug", YES_NO, "drug"),)), "drugs", plural=True)
UNIT = Item("crp_unit", Choice({"mg/L": "mg/L", "mg/dL": "mg/dL"}), "unit of CRP")
CRP = Item(
    "crp",
    Quantity(Scale("mg/L", {"mg/L": Decimal(1), "mg/dL": Decimal(10)}), Decimal(0), Decimal(500), unit_item="crp_unit"),
    "CRP",
)
CELLS = Item("cells", Quantity(Scale("g/L", {"g/L": Decimal(1)}), Decimal(0), Decimal(500)), "cells", plural=True)
TEST_DATE = Item("test_date", FULL_DATE, "date of the test")
ROUTINE = Item("routine", YES_NO, "routine care")
TEST = Examination("test", "test", TEST_DATE, (CRP, UNIT, CELLS), VISIT, "VALID", "POST", ROUTINE)
ITEMS = (COUGH, FEVER, STAGE, OPINION, BORN, FELL_ILL, VISIT, DRUGS, UNIT, CRP, CELLS, TEST_DATE, ROUTINE)

DAYS = WholeNumber(0, 90, "days")
SETTINGS = {
    setting.name: setting
    for setting in (
        Setting("VALID", 10, DAYS, "before"),
        Setting("POST", 5, DAYS, "after"),
        Setting("MODE", "strict", OneOf(("strict", "lenient")), "how strict"),
    )
}
TRUTH = {"yes": TRUE, "no": FALSE, "unknown": UNKNOWN, None: UNKNOWN}
ANSWERS = tuple(TRUTH)


def facts(settings=None, **items):
    values, problems = Reader(ITEMS).read(items)
    assert problems == []
    return Facts(values, configure(SETTINGS, settings))


def find(condition, settings=None, **items):
    """Truth, reasons in English, items that decided, items needed (each once)."""
    found = condition.evaluate(facts(settings, **items))
    said = tuple(render(reason) for reason in found.reasons)
    return found.truth, said, tuple(dict.fromkeys(found.items)), tuple(dict.fromkeys(found.needs))


def truth_of(condition, settings=None, **items):
    return condition.evaluate(facts(settings, **items)).truth


def flat(condition):
    return condition.describe(configure(SETTINGS, None)).flat
