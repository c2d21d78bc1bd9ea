"""Severe concomitant disease: E3, with the blood count and its units.

Sections E3, 5.3 and 5.4 of the criteria specification. Mind the mixed strictness: only haemoglobin includes equality.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from screening.eligibility.branches import NO, YES, Cases, Switch
from screening.eligibility.comparisons import Before, Below, OlderThan, OnExamination
from screening.eligibility.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Finding,
    Outline,
    RuledOutBy,
    Stated,
    missing,
    settles,
)
from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Examination, Item
from screening.eligibility.kinds import FULL_DATE, YES_NO, Choice, Quantity
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.eligibility.units import EXACT, Measured, Scale, plain, symbol
from screening.protocols.lenalidomide_dm.person import CONSENT_DATE, EVENT_LIMITS, SCREENING_DATE
from screening.protocols.lenalidomide_dm.proof import (
    ECHO_DATE,
    TRANSFUSION_OR_GCSF,
)
from screening.protocols.lenalidomide_dm.record import TEXTS

CELLS = Scale(
    "10^9/L",
    {"10^9/L": Decimal(1), "10^3/uL": Decimal(1), "cells/uL": Decimal("0.001"), "cells/mm3": Decimal("0.001")},
)
HAEMOGLOBIN = Scale("g/L", {"g/L": Decimal(1), "g/dL": Decimal(10), "mmol/L": Decimal("16.114")})
PERCENT = Scale("%", {"%": Decimal(1)})


def _unit(name: str, scale: Scale, label: str) -> Item:
    return Item(name, Choice({unit: symbol(unit) for unit in scale.units}), f"unit of the {label}")


def _count(name: str, label: str, high: int, soft: tuple[str, int]) -> Item:
    kind = Quantity(CELLS, Decimal(0), Decimal(high), Decimal(soft[0]), Decimal(soft[1]), f"{name}_unit")
    return Item(f"{name}_value", kind, label, plural=True)


WBC_UNIT = _unit("wbc_unit", CELLS, "white blood cells")
WBC = _count("wbc", "white blood cells", 500, ("0.5", 50))
ANC_UNIT = _unit("anc_unit", CELLS, "neutrophils")
ANC = _count("anc", "neutrophils", 400, ("0.1", 40))
NEUT_PERCENT = Item(
    "neut_percent",
    Quantity(PERCENT, Decimal(0), Decimal(100)),
    "percentage of neutrophils",
    help="Segmented and band forms of the same specimen. Used only when no absolute count is entered.",
)
HGB_UNIT = _unit("hgb_unit", HAEMOGLOBIN, "haemoglobin")
HGB = Item(
    "hgb_value",
    Quantity(HAEMOGLOBIN, Decimal(10), Decimal(260), Decimal(40), Decimal(200), "hgb_unit"),
    "haemoglobin",
)
PLT_UNIT = _unit("plt_unit", CELLS, "platelets")
PLT = _count("plt", "platelets", 3000, ("5", 1000))
CBC_DATE = Item("cbc_date", FULL_DATE, "date of the blood count", limits=EVENT_LIMITS)
CBC_ROUTINE = Item(
    "cbc_routine_care",
    YES_NO,
    "blood count from routine care",
    "Was the blood count done in routine care, not for this study?",
    applies=Before(CBC_DATE, CONSENT_DATE),
)
BLOOD_COUNT = Examination(
    "cbc",
    "blood count",
    CBC_DATE,
    (WBC, WBC_UNIT, ANC, ANC_UNIT, NEUT_PERCENT, HGB, HGB_UNIT, PLT, PLT_UNIT),
    SCREENING_DATE,
    "VALID_CBC",
    "POST",
    CBC_ROUTINE,
    enroll_validity="ENROLL_VALID_CBC",
)


@dataclass(frozen=True, eq=False)
class NeutrophilsBelow(Below):
    """The absolute neutrophil count as entered; only when none is entered, WBC × percentage of the same specimen."""

    def measured(self, facts: Facts) -> tuple[Measured, tuple[str, ...]] | Finding:
        if ANC.name in facts.values:
            return super().measured(facts)
        names = (ANC.name, NEUT_PERCENT.name, WBC.name)
        percent, white = facts.values.get(NEUT_PERCENT.name), facts.values.get(WBC.name)
        if not isinstance(percent, Measured):
            return missing(ANC)._replace(items=names)
        if not isinstance(white, Measured):
            lacking = WBC_UNIT if WBC.name in facts.values else WBC
            return missing(lacking)._replace(items=names)
        sides = {white.comparator, percent.comparator} - {""}
        if len(sides) == 2:
            return missing(ANC)._replace(items=names)
        amount = EXACT.divide(EXACT.multiply(white.amount, percent.amount), Decimal(100))
        side = sides.pop() if sides else ""
        shown = f"{side}{plain(amount)} {symbol(CELLS.own)} (= {white.shown} × {percent.shown})"
        return Measured(side, amount, shown), names

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (ANC, ANC_UNIT, NEUT_PERCENT, WBC, WBC_UNIT)


@dataclass(frozen=True, eq=False)
class NeutrophilsAboveWhite(Condition):
    """More neutrophils than white blood cells: a typing error (form check of E3)."""

    def evaluate(self, facts: Facts) -> Finding:
        part, whole = facts.values.get(ANC.name), facts.values.get(WBC.name)
        names = (ANC.name, WBC.name)
        if not isinstance(part, Measured) or not isinstance(whole, Measured) or part.comparator or whole.comparator:
            return Finding(UNKNOWN, (), names)
        return Finding(TRUE if part.amount > whole.amount else FALSE, (), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline("more neutrophils than white blood cells")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (ANC, WBC)


HEART_FAILURE = Item("heart_failure", YES_NO, "heart failure", "Has the person heart failure?")
NYHA_CLASS = Item(
    "nyha_class",
    Choice(
        {
            "I": "I",
            "II": "II",
            "III": "III",
            "IV": "IV",
        }
    ),
    "NYHA class",
    help=(
        "I: no limitation. II: comfortable at rest, ordinary activity causes symptoms. III: comfortable at rest, less "
        "than ordinary activity causes symptoms. IV: symptoms at rest."
    ),
    applies=Stated(HEART_FAILURE),
)
RESPIRATORY_FAILURE = Item(
    "respiratory_failure",
    YES_NO,
    "respiratory failure",
    "Has the person respiratory failure?",
    AnsweredBy.CLINICIAN,
    help=(
        "Support [D]: PaO2 below 60 mmHg (8.0 kPa) at rest on room air, with or without PaCO2 above 50 mmHg (6.67 kPa)."
    ),
)
NEUROPATHY = Item(
    "peripheral_neuropathy",
    YES_NO,
    "peripheral neuropathy",
    "Has the person peripheral neuropathy?",
    AnsweredBy.CLINICIAN,
)
OTHER_SEVERE = Item(
    "other_severe_concomitant_disease",
    YES_NO,
    "another severe concomitant disease",
    "Has the person another severe concomitant disease?",
    AnsweredBy.CLINICIAN,
)

E3 = Criterion(
    id="E3",
    exclusion=True,
    text=TEXTS["E3"],
    title="Severe concomitant disease",
    asks=(
        SCREENING_DATE,
        HEART_FAILURE,
        NYHA_CLASS,
        RESPIRATORY_FAILURE,
        *BLOOD_COUNT.items,
        NEUROPATHY,
        OTHER_SEVERE,
    ),
    condition=AnyOf(
        Cases(
            ((Stated(NYHA_CLASS, ("III", "IV"), ("I", "II")), YES),),
            otherwise=Switch(HEART_FAILURE, {"yes": RuledOutBy(settles(NYHA_CLASS, "I", "II")), "no": NO}),
        ),
        Stated(RESPIRATORY_FAILURE),
        OnExamination(
            BLOOD_COUNT,
            AnyOf(
                Below(WBC, Decimal("3.0"), BLOOD_COUNT),
                NeutrophilsBelow(ANC, Decimal("1.5"), BLOOD_COUNT),
                Below(HGB, Decimal(85), BLOOD_COUNT, or_equal=True),
                Below(PLT, Decimal(100), BLOOD_COUNT),
            ),
        ),
        Stated(NEUROPATHY),
        Stated(OTHER_SEVERE),
    ),
    sources=(
        "Dated blood count report",
        "Cardiology note or echocardiography",
        "Blood gas",
        "Neurological examination or nerve conduction study",
    ),
    notes=(
        Note(Mark.INTERPRETATION, "“×109/L” is ×10⁹/L, a lost superscript.", "109/L, which is absurd"),
        Note(Mark.INTERPRETATION, "N is the absolute neutrophil count.", "lymphocytes, or a percentage"),
        Note(Mark.INTERPRETATION, "Any one of the four counts excludes.", "all four together, clinically absurd"),
        Note(
            Mark.INTERPRETATION,
            "“Including” is not exhaustive: another severe concomitant disease excludes too.",
            "only the diseases named",
        ),
        Note(
            Mark.INTERPRETATION,
            "Any clinically diagnosed peripheral neuropathy excludes: thalidomide analogues are neurotoxic.",
            "CTCAE grade 3 or more",
        ),
        Note(Mark.INTERPRETATION, "≥level Ⅲ is NYHA class III or IV, whatever is answered on heart failure."),
        Note(Mark.DEFAULT, "A blood count counts for VALID_CBC days."),
    ),
    flags=(
        Flag(
            FlagKind.QUERY,
            AllOf(Stated(HEART_FAILURE, ("no",), ("yes",)), settles(NYHA_CLASS, *NYHA_CLASS.codes)),
            Text("E3.flag.nyha", "heart failure is answered no, but an NYHA class is given: correct one of them"),
        ),
        Flag(
            FlagKind.FORM,
            NeutrophilsAboveWhite(),
            Text("E3.flag.anc", "there are more neutrophils than white blood cells: check both values and units"),
        ),
        Flag(
            FlagKind.WARNING,
            Stated(TRANSFUSION_OR_GCSF),
            Text("E3.flag.support", "a transfusion or G-CSF within 14 days may hide low counts"),
        ),
        Flag(
            FlagKind.OUTDATED,
            OlderThan(ECHO_DATE, SCREENING_DATE, "VALID_IMAGING_PFT"),
            Text("E3.flag.echo", "the echocardiography is older than the study wants it"),
        ),
    ),
)

ITEMS = (
    CBC_DATE,
    WBC_UNIT,
    WBC,
    ANC_UNIT,
    ANC,
    NEUT_PERCENT,
    HGB_UNIT,
    HGB,
    PLT_UNIT,
    PLT,
    CBC_ROUTINE,
    HEART_FAILURE,
    NYHA_CLASS,
    RESPIRATORY_FAILURE,
    NEUROPATHY,
    OTHER_SEVERE,
)
CRITERIA = (E3,)
