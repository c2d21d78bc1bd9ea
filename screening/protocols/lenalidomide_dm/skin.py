"""Differential diagnosis of the skin lesions: E2. Mind the polarity: the sentence asks for exclusion.

Section E2 of the criteria specification.
"""

from __future__ import annotations

from screening.eligibility.conditions import AllOf, AnyOf, Stated, settles
from screening.eligibility.items import AnsweredBy, Item, Use
from screening.eligibility.kinds import Choice
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.infections import HIV_EVER, HIV_TEST
from screening.protocols.lenalidomide_dm.proof import NON_TREPONEMAL, TREPONEMAL
from screening.protocols.lenalidomide_dm.record import TEXTS

_STATUS = Choice({"excluded": "excluded", "present": "present", "suspected": "suspected"})
_BASIS = Choice(
    {
        "clinical": "clinical",
        "serology": "serology",
        "histology": "histology",
        "culture_pcr": "culture or PCR",
        "serial_counts": "serial counts",
    }
)

_DISEASES = {
    "erythema_multiforme": ("erythema multiforme", ""),
    "syphilis": ("syphilis", "Tests support the answer; they never decide alone."),
    "sweet": ("Sweet disease", "Acute febrile neutrophilic dermatosis."),
    "sjs": ("Stevens-Johnson syndrome", ""),
    "acne_vulgaris": ("acne vulgaris", ""),
    "herpes_simplex": ("herpes simplex infection", ""),
    "periodic_granulocytopenia": ("periodic granulocytopenia", "Cyclic neutropenia."),
    "acquired_immunodeficiency": ("acquired immunodeficiency", "AIDS. HIV itself is decided in E4, E8 and E10."),
}

DIFFERENTIALS = tuple(
    Item(
        f"ddx_{code}",
        _STATUS,
        label,
        f"{label[:1].upper()}{label[1:]} as the cause of the lesions: excluded, present or suspected?",
        AnsweredBy.CLINICIAN,
        help=help,
    )
    for code, (label, help) in _DISEASES.items()
)
_BY_NAME = {item.name: item for item in DIFFERENTIALS}
BASES = tuple(
    Item(
        f"ddx_{code}_basis",
        _BASIS,
        f"basis of the answer on {label}",
        answered_by=AnsweredBy.CLINICIAN,
        use=Use.PROOF,
    )
    for code, (label, _) in _DISEASES.items()
)

E2 = Criterion(
    id="E2",
    exclusion=True,
    text=TEXTS["E2"],
    title="Other causes of the skin lesions",
    asks=(*DIFFERENTIALS, *BASES),
    condition=AnyOf(*(Stated(item, ("present",), ("excluded",)) for item in DIFFERENTIALS)),
    sources=("Dermatology consultation note", "Histology", "Syphilis serology"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "The sentence is a requirement placed in the exclusion list: a disease that is present excludes; the "
            "criterion is settled when all eight are excluded.",
        ),
        Note(
            Mark.INTERPRETATION,
            "“Present” means that the skin or mucosal lesions are due to, or cannot be separated from, that disease.",
            "any concurrent occurrence, even unrelated, such as a few acne lesions on the back",
        ),
    ),
    flags=(
        Flag(
            FlagKind.CONSISTENCY,
            AllOf(
                settles(_BY_NAME["ddx_acquired_immunodeficiency"], "excluded"),
                AnyOf(settles(HIV_EVER, "yes"), settles(HIV_TEST, "positive")),
            ),
            Text("E2.flag.hiv", "acquired immunodeficiency is excluded while HIV is positive: check both"),
        ),
        Flag(
            FlagKind.CONSISTENCY,
            AllOf(
                settles(_BY_NAME["ddx_syphilis"], "excluded"),
                AnyOf(settles(TREPONEMAL, "positive"), settles(NON_TREPONEMAL, "positive")),
            ),
            Text("E2.flag.syphilis", "syphilis is excluded while a syphilis test is positive: say on what basis"),
        ),
    ),
)

ITEMS = tuple(item for pair in zip(DIFFERENTIALS, BASES, strict=True) for item in pair)
CRITERIA = (E2,)
