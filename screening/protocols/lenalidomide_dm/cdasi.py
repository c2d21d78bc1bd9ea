"""CDASI v2: worksheet, totals as a range while cells are open, and the limb of I4 that reads them.

Sections I4 and 5.2 of the criteria specification. Wording is generic: the instrument is the University of
Pennsylvania's (Yassaee 2010, Anyanwu 2015); permission is needed before live use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from screening.eligibility.comparisons import Before
from screening.eligibility.conditions import Condition, Finding, Outline
from screening.eligibility.dates import Span
from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Examination, Item, Sheet
from screening.eligibility.kinds import FULL_DATE, TEXT, YES_NO, Choice, Integer
from screening.eligibility.limits import Usual
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import Text
from screening.protocols.lenalidomide_dm.person import CONSENT_DATE, EVENT_LIMITS, SCREENING_DATE

AREAS = {
    "scalp": "scalp",
    "malar": "malar",
    "periorbital": "periorbital",
    "rest_of_face": "rest of face",
    "v_neck": "V-area of neck (front)",
    "posterior_neck": "posterior neck",
    "upper_back_shoulders": "upper back and shoulders",
    "rest_back_buttocks": "rest of back and buttocks",
    "abdomen": "abdomen",
    "lateral_upper_thigh": "lateral upper thigh",
    "rest_leg_feet": "rest of leg and feet",
    "arm": "arm",
    "mechanics_hand": "mechanic's hand",
    "dorsum_hands": "dorsum of hands (not over joints)",
    "gottron_not_hands": "Gottron's not on hands",
}


def _cell(name: str, high: int, label: str, help: str) -> Item:
    return Item(name, Integer(0, high), label, answered_by=AnsweredBy.CLINICIAN, help=help)


ACTIVITY_CELLS = (
    _cell("ery", 3, "redness", "0 none, 1 faint or pink, 2 red, 3 dark red"),
    _cell("scale", 2, "scale", "0 none, 1 scaling, 2 crust or thickened skin"),
    _cell("ero", 1, "erosion or ulcer", "0 no, 1 yes"),
)
DAMAGE_CELLS = (
    _cell("poik", 1, "colour change or telangiectasia", "0 no, 1 yes"),
    _cell("calc", 1, "calcium deposits", "0 no, 1 yes"),
)
HAND_REDNESS = _cell("gh_ery", 3, "Gottron's on hands: redness", "0 none to 3 dark red; doubled with papules")
HAND_PAPULES = Item(
    "gh_papules", Choice({"yes": "yes", "no": "no"}), "Gottron's on hands: papules", answered_by=AnsweredBy.CLINICIAN
)
ACTIVITY_SINGLE = (
    _cell("gh_ulcer", 1, "Gottron's on hands: ulceration", "0 no, 1 yes; not doubled"),
    _cell("periungual", 2, "periungual changes", "0 none, 1 redness or microscopic vessels, 2 visible vessels"),
    _cell("alopecia", 1, "hair loss in the last 30 days", "0 no, 1 yes; as the patient reports"),
)
HAND_DAMAGE = _cell("gh_damage", 2, "Gottron's on hands: damage", "0 none, 1 dyspigmentation, 2 scarring")

WORKSHEET = Item(
    "cdasi_worksheet",
    Sheet(AREAS, (*ACTIVITY_CELLS, *DAMAGE_CELLS), (HAND_REDNESS, HAND_PAPULES, *ACTIVITY_SINGLE, HAND_DAMAGE)),
    "CDASI worksheet",
    answered_by=AnsweredBy.CLINICIAN,
    help="The most severe lesion of each area counts. What is not examined stays open.",
)
CELL_COUNT = len(AREAS) * len((*ACTIVITY_CELLS, *DAMAGE_CELLS)) + len(
    (HAND_REDNESS, HAND_PAPULES, *ACTIVITY_SINGLE, HAND_DAMAGE)
)
ACTIVITY_MAX, DAMAGE_MAX = 100, 32
ACTIVITY_TOTAL = Item(
    "cdasi_activity_total",
    Integer(0, ACTIVITY_MAX),
    "CDASI activity",
    answered_by=AnsweredBy.CLINICIAN,
    soft=(Usual(0, 48),),
    help="Only if a paper worksheet is the source; computed when the worksheet is entered.",
)
DAMAGE_TOTAL = Item("cdasi_damage_total", Integer(0, DAMAGE_MAX), "CDASI damage", answered_by=AnsweredBy.CLINICIAN)
CDASI_DATE = Item("cdasi_date", FULL_DATE, "date of the CDASI", limits=EVENT_LIMITS)
ASSESSOR = Item("cdasi_assessor", TEXT, "CDASI assessor")
CDASI_ROUTINE = Item(
    "cdasi_routine_care",
    YES_NO,
    "CDASI from routine care",
    "Was the CDASI done in routine care, not for this study?",
    applies=Before(CDASI_DATE, CONSENT_DATE),
)
CDASI = Examination(
    "cdasi",
    "CDASI",
    CDASI_DATE,
    (WORKSHEET, ACTIVITY_TOTAL, DAMAGE_TOTAL, ASSESSOR),
    SCREENING_DATE,
    "VALID_CDASI",
    "POST",
    CDASI_ROUTINE,
)

REACHES = Text("cdasi.reaches", "CDASI {component} {score} on {date} reaches {limit}")
MISSES = Text("cdasi.misses", "CDASI {component} {score} on {date} is below {limit}")
ENTER = Text("cdasi.enter", "enter the CDASI worksheet")
COMPLETE = Text(
    "cdasi.complete", "complete the CDASI worksheet: {component} is {low} to {high} so far, {limit} decides"
)


class Totals(NamedTuple):
    """Lowest and highest possible totals; None where nothing of it is entered."""

    activity_min: int
    activity_max: int
    damage_min: int | None
    damage_max: int | None
    complete: bool | None


def totals(facts: Facts) -> Totals | None:
    """From the worksheet if there is one (5.2), else from the totals of a paper worksheet; None without either.

    ``complete`` is true when every cell is entered, and None when only totals are.
    """
    cells = facts.values.get(WORKSHEET.name)
    if isinstance(cells, Mapping):
        return _sum(cells)
    activity, damage = facts.values.get(ACTIVITY_TOTAL.name), facts.values.get(DAMAGE_TOTAL.name)
    if not isinstance(activity, int):
        return None
    known = damage if isinstance(damage, int) else None
    return Totals(activity, activity, known, known, None)


def _sum(cells: Mapping[str, object]) -> Totals:
    activity = [(f"{area}.{cell.name}", cell) for area in AREAS for cell in ACTIVITY_CELLS]
    activity += [(cell.name, cell) for cell in ACTIVITY_SINGLE]
    damage = [(f"{area}.{cell.name}", cell) for area in AREAS for cell in DAMAGE_CELLS]
    damage.append((HAND_DAMAGE.name, HAND_DAMAGE))
    low, high = _range(cells, activity)
    hand_low, hand_high = _range(cells, [(HAND_REDNESS.name, HAND_REDNESS)])
    papules = cells.get(HAND_PAPULES.name)
    low += hand_low * (2 if papules == "yes" else 1)
    high += hand_high * (1 if papules == "no" else 2)
    damage_low, damage_high = _range(cells, damage)
    return Totals(low, high, damage_low, damage_high, len(cells) == CELL_COUNT)


def _range(cells: Mapping[str, object], expected: list[tuple[str, Item]]) -> tuple[int, int]:
    low = high = 0
    for name, cell in expected:
        value = cells.get(name)
        if isinstance(value, int):
            low += value
            high += value
        elif isinstance(cell.kind, Integer):
            high += cell.kind.high
    return low, high


@dataclass(frozen=True, eq=False)
class CdasiReaches(Condition):
    """The component that the study counts (CDASI_COMPONENT) is ``limit`` or more."""

    limit: int

    def evaluate(self, facts: Facts) -> Finding:
        component = str(facts.config["CDASI_COMPONENT"])
        scores = totals(facts)
        names: tuple[str, ...] = (WORKSHEET.name, ACTIVITY_TOTAL.name)
        if component != "activity":
            names += (DAMAGE_TOTAL.name,)
        if isinstance(facts.values.get(WORKSHEET.name), Mapping):
            names = (WORKSHEET.name,)
        found = _component(scores, facts, component)
        if found is None:
            return Finding(UNKNOWN, (ENTER(),), names, (WORKSHEET.name,))
        low, high = found
        if low < self.limit <= high:
            reason = COMPLETE(component=component, low=low, high=high, limit=self.limit)
            return Finding(UNKNOWN, (reason,), names, (WORKSHEET.name,))
        day = facts.values.get(CDASI_DATE.name)
        reaches = low >= self.limit
        reason = (REACHES if reaches else MISSES)(
            component=component,
            score=low if low == high else f"{low} to {high}",
            date=day.text if isinstance(day, Span) else "",
            limit=self.limit,
        )
        return Finding(TRUE if reaches else FALSE, (reason,), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(
            f"CDASI {config['CDASI_COMPONENT']} is {self.limit} or more [D: CDASI_COMPONENT]; an incomplete worksheet "
            "counts by its lowest and highest possible total"
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (WORKSHEET, ACTIVITY_TOTAL, DAMAGE_TOTAL, CDASI_DATE)

    @property
    def own_settings(self) -> tuple[str, ...]:
        return ("CDASI_COMPONENT",)


def _component(scores: Totals | None, facts: Facts, component: str) -> tuple[int, int] | None:
    """The lowest and highest possible score of a component; None while no worksheet and no total of it is entered."""
    if scores is None:
        damage = facts.values.get(DAMAGE_TOTAL.name)
        if component == "activity" or not isinstance(damage, int):
            return None
        return (damage, damage) if component == "damage" else (damage, damage + ACTIVITY_MAX)
    if component == "activity":
        return scores.activity_min, scores.activity_max
    low = 0 if scores.damage_min is None else scores.damage_min
    high = DAMAGE_MAX if scores.damage_max is None else scores.damage_max
    if component == "damage":
        return low, high
    return scores.activity_min + low, scores.activity_max + high


@dataclass(frozen=True)
class CdasiReport:
    """The instrument's totals, as the command line writes them."""

    @property
    def reads(self) -> tuple[Item, ...]:
        """The items it reads."""
        return (WORKSHEET, ACTIVITY_TOTAL, DAMAGE_TOTAL)

    def report(self, facts: Facts) -> Mapping[str, object] | None:
        """Lowest and highest activity and damage, and whether complete; None without worksheet and total."""
        scores = totals(facts)
        return None if scores is None else scores._asdict()


ITEMS = (WORKSHEET, ACTIVITY_TOTAL, DAMAGE_TOTAL, CDASI_DATE, ASSESSOR, CDASI_ROUTINE)
