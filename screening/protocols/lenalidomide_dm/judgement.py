"""The criteria that the text leaves to the investigator: E7 and E11. They are never decided without one.

Sections 1.6, E7 and E11 of the criteria specification.
"""

from __future__ import annotations

from screening.eligibility.branches import YES, Switch
from screening.eligibility.comparisons import OlderThan
from screening.eligibility.conditions import AllOf, AnyOf, Condition, Established, Not, RuledOutBy, answered, settles
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.kinds import DECISION, YES_NO, Choice
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.person import SCREENING_DATE
from screening.protocols.lenalidomide_dm.proof import HRCT_DATE, PFT_DATE
from screening.protocols.lenalidomide_dm.record import TEXTS

_COURSE = Choice(
    {
        "none": "none",
        "controlled_or_stable": "controlled or stable",
        "uncontrolled": "uncontrolled",
        "rapidly_progressive": "rapidly progressive",
        "unknown": "unknown",
    }
)
MYOSITIS = Item("myositis_course", _COURSE, "course of myositis", help="Support: MMT-8, CK.")
ILD = Item(
    "ild_course",
    _COURSE,
    "course of interstitial lung disease",
    help="Support: date of HRCT, FVC % and DLCO % with their trend, anti-MDA5.",
)
E7_INVESTIGATOR = Item(
    "e7_investigator",
    DECISION,
    "investigator's judgement on myositis and interstitial lung disease",
    "Is there uncontrolled or rapidly progressive myositis or ILD likely to warrant escalation beyond permitted "
    "background medication?",
    AnsweredBy.JUDGEMENT,
)
SYSTEMS = tuple(
    Item(
        f"uncontrolled_{system}",
        YES_NO,
        f"uncontrolled {system} disease",
        f"Is there current uncontrolled {system} disease?",
    )
    for system in ("renal", "gastrointestinal", "endocrine", "pulmonary", "cardiac", "neurologic")
)
E11_INVESTIGATOR = Item(
    "e11_investigator",
    DECISION,
    "investigator's opinion on uncontrolled disease",
    "Might a current uncontrolled disease of these systems place the person at unacceptable risk in this study?",
    AnsweredBy.JUDGEMENT,
)


def _judged(judgement: Item, *on: Condition) -> Condition:
    """The judgement decides; its "no" counts only when everything it judges has been answered (1.6)."""
    return Switch(judgement, {"yes": YES, "no": RuledOutBy(AllOf(*on))})


_WORSE = ("uncontrolled", "rapidly_progressive")
_RATIONALE = "say why in the rationale"

E7 = Criterion(
    id="E7",
    exclusion=True,
    text=TEXTS["E7"],
    title="Uncontrolled myositis or interstitial lung disease",
    asks=(MYOSITIS, ILD, E7_INVESTIGATOR),
    condition=_judged(E7_INVESTIGATOR, answered(MYOSITIS), answered(ILD)),
    sources=("Rheumatology or pulmonology note", "HRCT", "Lung function test"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "“Uncontrolled or rapidly progressive” and “likely to warrant escalation” apply to both myositis and "
            "interstitial lung disease.",
        ),
        Note(
            Mark.DEFAULT,
            "“Permitted background medications” are not defined in the record: a list of the study "
            "(PERMITTED_BACKGROUND), empty until the sponsor gives it.",
        ),
    ),
    flags=(
        Flag(
            FlagKind.CONSISTENCY,
            AllOf(
                settles(E7_INVESTIGATOR, "yes"),
                settles(MYOSITIS, "none", "controlled_or_stable"),
                settles(ILD, "none", "controlled_or_stable"),
            ),
            Text("E7.flag.yes", f"the judgement is yes while both courses are none or controlled: {_RATIONALE}"),
        ),
        Flag(
            FlagKind.RATIONALE,
            AllOf(settles(E7_INVESTIGATOR, "no"), AnyOf(settles(MYOSITIS, *_WORSE), settles(ILD, *_WORSE))),
            Text("E7.flag.no", f"the judgement is no while a course is uncontrolled or progressive: {_RATIONALE}"),
        ),
        Flag(
            FlagKind.OUTDATED,
            OlderThan(HRCT_DATE, SCREENING_DATE, "VALID_IMAGING_PFT"),
            Text("E7.flag.hrct", "the HRCT is older than the study wants it"),
        ),
        Flag(
            FlagKind.OUTDATED,
            OlderThan(PFT_DATE, SCREENING_DATE, "VALID_IMAGING_PFT"),
            Text("E7.flag.pft", "the lung function test is older than the study wants it"),
        ),
    ),
)

E11 = Criterion(
    id="E11",
    exclusion=True,
    text=TEXTS["E11"],
    title="Uncontrolled disease at unacceptable risk",
    asks=(*SYSTEMS, E11_INVESTIGATOR),
    condition=_judged(E11_INVESTIGATOR, *(answered(item) for item in SYSTEMS)),
    sources=("Problem list", "Laboratory results", "Investigator's note"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "“Which, in the opinion of the investigator” applies to all six systems; “current” is at screening.",
        ),
        Note(Mark.INTERPRETATION, "Hepatic and psychiatric disease are not in the list and are not asked."),
        Note(Mark.INTERPRETATION, "The objective limbs of E3 (heart, lung, neuropathy) stay decisive on their own."),
    ),
    flags=(
        Flag(
            FlagKind.CONSISTENCY,
            AllOf(
                settles(E11_INVESTIGATOR, "yes"),
                Not(
                    Established(
                        AnyOf(*(settles(item, "yes") for item in SYSTEMS)),
                        Text("E11.none_ticked", "no uncontrolled disease is answered yes"),
                    )
                ),
            ),
            Text("E11.flag.yes", f"the opinion is yes while no system is answered yes: {_RATIONALE}"),
        ),
        Flag(
            FlagKind.RATIONALE,
            AllOf(settles(E11_INVESTIGATOR, "no"), AnyOf(*(settles(item, "yes") for item in SYSTEMS))),
            Text("E11.flag.no", f"the opinion is no while a system is answered yes: {_RATIONALE}"),
        ),
    ),
)

ITEMS = (MYOSITIS, ILD, E7_INVESTIGATOR, *SYSTEMS, E11_INVESTIGATOR)
CRITERIA = (E7, E11)
