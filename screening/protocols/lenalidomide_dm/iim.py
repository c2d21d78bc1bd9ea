"""2017 EULAR/ACR classification criteria for idiopathic inflammatory myopathies (IIM): items, score, and I3.

Sections I3 and 5.1 of the criteria specification. Weights and cut-offs are facts from Lundberg et al. 2017, kept in
integer tenths: sums of floating-point weights fail at 6.7 and 7.5.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from screening.eligibility.conditions import AllOf, AnyOf, Condition, Finding, Outline, Stated, ask
from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.kinds import YES_NO, Integer
from screening.eligibility.limits import NotAboveAge
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Mark, Note
from screening.protocols.lenalidomide_dm.person import BIRTH_DATE, CONSENT_DATE
from screening.protocols.lenalidomide_dm.record import TEXTS

CLINICIAN = AnsweredBy.CLINICIAN

AGE_AT_ONSET = Item(
    "iim_age_at_onset",
    Integer(0, 110, "years"),
    "age at the first symptom of the disease",
    limits=(NotAboveAge("birth_date", "consent_date"),),
)
BIOPSY_DONE = Item("iim_biopsy_done", YES_NO, "muscle biopsy done", "Was a muscle biopsy done (and readable)?")


class Weight(NamedTuple):
    """The weight of a feature in tenths, without and with a muscle biopsy."""

    no_biopsy: int
    biopsy: int


def _feature(name: str, label: str, question: str, *, biopsy: bool = False) -> Item:
    return Item(f"iim_{name}", YES_NO, label, question, CLINICIAN, applies=Stated(BIOPSY_DONE) if biopsy else None)


WEAK_UPPER = _feature(
    "weak_prox_upper",
    "proximal weakness of the arms",
    "Objective symmetric weakness, usually progressive, of the proximal upper extremities?",
)
WEAK_LOWER = _feature(
    "weak_prox_lower",
    "proximal weakness of the legs",
    "Objective symmetric weakness, usually progressive, of the proximal lower extremities?",
)
NECK_FLEXORS = _feature("neck_flexors_weaker", "neck flexors weaker", "Are the neck flexors weaker than the extensors?")
LEG_PROXIMAL = _feature(
    "leg_prox_weaker", "legs weaker proximally", "In the legs, are proximal muscles weaker than distal ones?"
)
HELIOTROPE = _feature("heliotrope", "heliotrope rash", "Heliotrope rash?")
GOTTRON_PAPULES = _feature("gottron_papules", "Gottron's papules", "Gottron's papules?")
GOTTRON_SIGN = _feature("gottron_sign", "Gottron's sign", "Gottron's sign?")
DYSPHAGIA = _feature("dysphagia", "dysphagia", "Dysphagia or oesophageal dysmotility?")
ANTI_JO1 = _feature("anti_jo1", "anti-Jo-1 positive", "Is anti-Jo-1 positive?")
ENZYMES = _feature(
    "enzymes_elevated",
    "muscle enzymes elevated",
    "CK, LDH, AST or ALT above the upper limit of normal at any time of the disease (aldolase does not count)?",
)
BX_ENDOMYSIAL = _feature(
    "bx_endomysial",
    "endomysial infiltrate",
    "Muscle biopsy: endomysial mononuclear infiltrate surrounding, not invading, myofibres?",
    biopsy=True,
)
BX_PERIMYSIAL = _feature(
    "bx_perimysial",
    "perimysial infiltrate",
    "Muscle biopsy: perimysial or perivascular infiltrate?",
    biopsy=True,
)
BX_ATROPHY = _feature(
    "bx_perifascicular_atrophy", "perifascicular atrophy", "Muscle biopsy: perifascicular atrophy?", biopsy=True
)
BX_VACUOLES = _feature("bx_rimmed_vacuoles", "rimmed vacuoles", "Muscle biopsy: rimmed vacuoles?", biopsy=True)

WEIGHTS = {
    WEAK_UPPER: Weight(7, 7),
    WEAK_LOWER: Weight(8, 5),
    NECK_FLEXORS: Weight(19, 16),
    LEG_PROXIMAL: Weight(9, 12),
    HELIOTROPE: Weight(31, 32),
    GOTTRON_PAPULES: Weight(21, 27),
    GOTTRON_SIGN: Weight(33, 37),
    DYSPHAGIA: Weight(7, 6),
    ANTI_JO1: Weight(39, 38),
    ENZYMES: Weight(13, 14),
}
BIOPSY_WEIGHTS = {BX_ENDOMYSIAL: 17, BX_PERIMYSIAL: 12, BX_ATROPHY: 19, BX_VACUOLES: 31}
ADULT, OLDER = 18, 40
ADULT_ONSET, OLDER_ONSET = Weight(13, 15), Weight(21, 22)
"""Onset from 18 to 39 years, and from 40 years."""

COLUMNS = ("no_biopsy", "biopsy")
CUTS = {
    "no_biopsy": {"definite": 75, "probable": 55, "possible": 53},
    "biopsy": {"definite": 87, "probable": 67, "possible": 65},
}
"""The lowest score of each category, in tenths. Categories go by the score, never by the probability."""
CENTRES = {"no_biopsy": 5.33, "biopsy": 6.49}

SKIN = (HELIOTROPE, GOTTRON_PAPULES, GOTTRON_SIGN)
WEAKNESS = (WEAK_UPPER, WEAK_LOWER, NECK_FLEXORS, LEG_PROXIMAL)

FINGER_FLEXORS = Item(
    "iim_finger_flexor_weak", YES_NO, "finger flexor weakness", "Are the finger flexors weak?", CLINICIAN
)
NOT_IMPROVED = Item(
    "iim_treatment_response_not_improved",
    YES_NO,
    "no improvement under treatment",
    "Did the weakness not improve under treatment?",
    CLINICIAN,
)
NO_BETTER = Item(
    "iim_no_better_explanation",
    YES_NO,
    "no better explanation",
    "Is there no better explanation for the symptoms and signs than this disease?",
    AnsweredBy.JUDGEMENT,
)

SCORED = (AGE_AT_ONSET, *WEIGHTS, BIOPSY_DONE, *BIOPSY_WEIGHTS)
ITEMS = (AGE_AT_ONSET, *WEIGHTS, BIOPSY_DONE, *BIOPSY_WEIGHTS, FINGER_FLEXORS, NOT_IMPROVED, NO_BETTER)

CLASSIFIED = Text("iim.classified", "the EULAR/ACR score {score} ({column}) is {category}: {cut} is needed")
NOT_CLASSIFIED = Text("iim.not_classified", "the EULAR/ACR score {score} ({column}) is below {cut}")
SCORE_OPEN = Text(
    "iim.open", "answer the open EULAR/ACR items: the score is {low} to {high} ({column}) and {cut} is needed"
)
ONSET_ADULT = Text("iim.adult", "age at onset {age} is {limit} or more")
ONSET_YOUNG = Text("iim.young", "age at onset {age} is below {limit}")
COLUMN_WORDS = {"no_biopsy": Text("iim.no_biopsy", "without biopsy"), "biopsy": Text("iim.biopsy", "with biopsy")}


class Score(NamedTuple):
    """The lowest and highest possible score of a column, in tenths."""

    low: int
    high: int


def said(facts: Facts, item: Item) -> Truth:
    """What is answered to a feature."""
    return {"yes": TRUE, "no": FALSE}.get(str(facts.values.get(item.name)), UNKNOWN)


def any_said(facts: Facts, items: tuple[Item, ...]) -> Truth:
    """Whether any of some features is present."""
    known = FALSE
    for item in items:
        known |= said(facts, item)
    return known


def columns(facts: Facts) -> tuple[str, ...]:
    """The columns that may apply: one, or both while it is open which (IIM_BIOPSY_COLUMN)."""
    done = said(facts, BIOPSY_DONE)
    if facts.config["IIM_BIOPSY_COLUMN"] == "unless_rash":
        done &= ~any_said(facts, SKIN)
    if done is UNKNOWN:
        return COLUMNS
    return ("biopsy",) if done is TRUE else ("no_biopsy",)


def score(facts: Facts, column: str) -> Score:
    """The score of a column: open features count 0 for the lowest, and as present for the highest."""
    low = high = 0
    weights = [(item, getattr(weight, column)) for item, weight in WEIGHTS.items()]
    if column == "biopsy":
        weights += BIOPSY_WEIGHTS.items()
    for item, weight in weights:
        answer = facts.values.get(item.name)
        if answer == "yes":
            low += weight
            high += weight
        elif answer != "no":
            high += weight
    age = facts.values.get(AGE_AT_ONSET.name)
    if not isinstance(age, int):
        return Score(low, high + getattr(OLDER_ONSET, column))
    onset = getattr(OLDER_ONSET if age >= OLDER else ADULT_ONSET, column) if age >= ADULT else 0
    return Score(low + onset, high + onset)


def category(tenths: int, column: str) -> str:
    """The category of a score."""
    return next((name for name, cut in CUTS[column].items() if tenths >= cut), "not IIM")


def tenths_shown(tenths: int) -> str:
    """A score with one decimal."""
    return f"{tenths // 10}.{tenths % 10}"


@dataclass(frozen=True, eq=False)
class IimClassified(Condition):
    """The score reaches the lowest category that counts (IIM_MIN_CATEGORY) in every column that may apply."""

    def evaluate(self, facts: Facts) -> Finding:
        wanted = str(facts.config["IIM_MIN_CATEGORY"])
        scores = {column: score(facts, column) for column in columns(facts)}
        if all(found.low >= CUTS[column][wanted] for column, found in scores.items()):
            known, text = TRUE, CLASSIFIED
        elif all(found.high < CUTS[column][wanted] for column, found in scores.items()):
            known, text = FALSE, NOT_CLASSIFIED
        else:
            known, text = UNKNOWN, SCORE_OPEN
        reasons = tuple(
            text(
                score=_score_shown(found),
                low=tenths_shown(found.low),
                high=tenths_shown(found.high),
                column=COLUMN_WORDS[column](),
                category=category(found.low, column),
                cut=tenths_shown(CUTS[column][wanted]),
            )
            for column, found in scores.items()
        )
        return Finding(known, reasons, tuple(item.name for item in SCORED), self._open(facts, scores))

    def _open(self, facts: Facts, scores: Mapping[str, Score]) -> tuple[str, ...]:
        asked = [AGE_AT_ONSET, *WEIGHTS, BIOPSY_DONE, *(BIOPSY_WEIGHTS if "biopsy" in scores else ())]
        return tuple(item.name for item in asked if facts.values.get(item.name) in (None, "unknown"))

    def describe(self, config: Mapping[str, object]) -> Outline:
        wanted = str(config["IIM_MIN_CATEGORY"])
        cuts = " / ".join(tenths_shown(CUTS[column][wanted]) for column in COLUMNS)
        weights = tuple(
            Outline(f"{item.label}: {_weights(weight)}")
            for item, weight in (
                *WEIGHTS.items(),
                *((item, Weight(0, weight)) for item, weight in BIOPSY_WEIGHTS.items()),
            )
        )
        return Outline(
            f"EULAR/ACR 2017 score of at least {cuts} (“{wanted}”; without / with muscle biopsy) "
            "[D: IIM_MIN_CATEGORY]; open features count 0 for the lowest and as present for the highest score",
            (
                *(
                    Outline(f"{name}: from {tenths_shown(CUTS['no_biopsy'][name])} / {tenths_shown(cut)}")
                    for name, cut in CUTS["biopsy"].items()
                ),
                Outline(
                    f"onset from {ADULT} to {OLDER - 1} years: {_weights(ADULT_ONSET)}; "
                    f"from {OLDER} years: {_weights(OLDER_ONSET)}"
                ),
                *weights,
                Outline(
                    "the biopsy column is used whenever a muscle biopsy was done; while that is open, both must agree "
                    "[D: IIM_BIOPSY_COLUMN]"
                ),
            ),
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return SCORED

    @property
    def own_settings(self) -> tuple[str, ...]:
        return ("IIM_MIN_CATEGORY", "IIM_BIOPSY_COLUMN")


def _weights(weight: Weight) -> str:
    return f"{tenths_shown(weight.no_biopsy)} / {tenths_shown(weight.biopsy)}"


def _score_shown(found: Score) -> str:
    if found.low == found.high:
        return tenths_shown(found.low)
    return f"{tenths_shown(found.low)} to {tenths_shown(found.high)}"


@dataclass(frozen=True, eq=False)
class AdultOnset(Condition):
    """The disease began at 18 years or later, unless the study accepts juvenile onset (ACCEPT_JDM_ADULT)."""

    def evaluate(self, facts: Facts) -> Finding:
        if facts.config["ACCEPT_JDM_ADULT"]:
            return Finding(TRUE, (), ())
        age = facts.values.get(AGE_AT_ONSET.name)
        if not isinstance(age, int):
            return Finding(UNKNOWN, (ask(AGE_AT_ONSET),), (AGE_AT_ONSET.name,), (AGE_AT_ONSET.name,))
        known, text = (TRUE, ONSET_ADULT) if age >= ADULT else (FALSE, ONSET_YOUNG)
        return Finding(known, (text(age=age, limit=ADULT),), (AGE_AT_ONSET.name,))

    def describe(self, config: Mapping[str, object]) -> Outline:
        if config["ACCEPT_JDM_ADULT"]:
            return Outline("any age at onset [D: ACCEPT_JDM_ADULT]")
        return Outline(f"age at onset is {ADULT} or more [D: ACCEPT_JDM_ADULT]")

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (AGE_AT_ONSET,)

    @property
    def own_settings(self) -> tuple[str, ...]:
        return ("ACCEPT_JDM_ADULT",)


@dataclass(frozen=True)
class IimReport:
    """Column, score, probability, category and subgroup; null where the answers leave it open."""

    @property
    def reads(self) -> tuple[Item, ...]:
        """The items it reads."""
        return (*SCORED, FINGER_FLEXORS, NOT_IMPROVED)

    def report(self, facts: Facts) -> Mapping[str, object] | None:
        """The instrument as the command line writes it; None when no item of it is answered."""
        if not any(item.name in facts.values for item in self.reads):
            return None
        scores = {column: score(facts, column) for column in columns(facts)}
        categories = {category(bound, column) for column, found in scores.items() for bound in found}
        column = next(iter(scores)) if len(scores) == 1 else None
        exact = scores[column].low if column and scores[column].low == scores[column].high else None
        return {
            "column": column,
            "score": None if exact is None else tenths_shown(exact),
            "probability": None if exact is None or column is None else probability(exact, column),
            "category": categories.pop() if len(categories) == 1 else None,
            "subgroup": self._subgroup(facts, scores),
        }

    def _subgroup(self, facts: Facts, scores: Mapping[str, Score]) -> str | None:
        age = facts.values.get(AGE_AT_ONSET.name)
        if not isinstance(age, int) or any(found.low < CUTS[column]["probable"] for column, found in scores.items()):
            return None
        skin, weak = any_said(facts, SKIN), any_said(facts, WEAKNESS)
        if skin is UNKNOWN:
            return None
        if age < ADULT:
            return "JDM" if skin is TRUE else "other juvenile myositis"
        if skin is TRUE:
            return {TRUE: "DM", FALSE: "ADM", UNKNOWN: None}[weak]
        vacuoles = said(facts, BIOPSY_DONE) & said(facts, BX_VACUOLES)
        inclusion_body = (said(facts, FINGER_FLEXORS) & said(facts, NOT_IMPROVED)) | vacuoles
        return {TRUE: "IBM", FALSE: "PM", UNKNOWN: None}[inclusion_body]


def probability(tenths: int, column: str) -> float:
    """The probability of an IIM, rounded to 3 decimals; for display only."""
    return round(1 / (1 + math.exp(CENTRES[column] - tenths / 10)), 3)


I3 = Criterion(
    id="I3",
    exclusion=False,
    text=TEXTS["I3"],
    title="Dermatomyositis by EULAR/ACR 2017",
    asks=(*ITEMS, BIRTH_DATE, CONSENT_DATE),
    condition=AllOf(
        IimClassified(),
        AdultOnset(),
        AnyOf(*(Stated(item) for item in SKIN)),
        Stated(NO_BETTER),
    ),
    sources=(
        "Clinic notes",
        "Manual muscle test sheet",
        "Enzyme and antibody reports",
        "Biopsy report",
        "Dermatology photographs or biopsy",
    ),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "Classified from “probable” (5.5 without, 6.7 with biopsy), the minimum the publication recommends.",
            "“definite” (7.5 / 8.7; IIM_MIN_CATEGORY)",
        ),
        Note(
            Mark.INTERPRETATION,
            "Onset before 18 with a rash is juvenile dermatomyositis, which is not “DM or ADM”.",
            "an adult today with juvenile onset counts (ACCEPT_JDM_ADULT)",
        ),
        Note(
            Mark.INTERPRETATION,
            "“DM or ADM” are the two adult leaves with a skin sign; weakness is a label only. Hypomyopathic patients "
            "fall under ADM.",
        ),
        Note(Mark.INTERPRETATION, "“ACR/EULAR” is the publication known as “EULAR/ACR”."),
        Note(
            Mark.INTERPRETATION, "Features are cumulative over the disease: nothing goes stale.", "present at screening"
        ),
        Note(
            Mark.ADVISORY,
            "ADM with one skin sign and nothing else reaches at most 5.4 and fails; published cohorts report 26 to "
            "33 % of ADM below the cut-off.",
        ),
    ),
)
CRITERIA = (I3,)
