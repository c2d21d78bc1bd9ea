"""Lenalidomide in the Treatment of Refractory Cutaneous Dermatomyositis, as its registry record has it.

5 inclusion and 15 exclusion criteria; the criteria specification is the source of every rule. The chapters: person
(anchors, I2), pregnancy (I1, E1, E6), iim (I3), cdasi and exposure (I4), consent (I5), skin (E2), blood_count (E3),
infections (E4, E8, E10), thrombosis (E5), judgement (E7, E11), windows (E9, E12, E13, E14), tumours (E15); proof and
advisory items change no outcome.
"""

from __future__ import annotations

from dataclasses import replace

from screening.eligibility.comparisons import OlderThan
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Protocol
from screening.protocols.lenalidomide_dm import (
    advisory,
    blood_count,
    cdasi,
    consent,
    exposure,
    iim,
    infections,
    judgement,
    person,
    pregnancy,
    proof,
    skin,
    thrombosis,
    tumours,
    windows,
)
from screening.protocols.lenalidomide_dm.record import FACTS, ODDITIES
from screening.protocols.lenalidomide_dm.settings import SETTINGS

_CHAPTERS = (pregnancy, iim, exposure, consent, skin, blood_count, infections, thrombosis, judgement, windows, tumours)
_CRITERIA = {criterion.id: criterion for chapter in _CHAPTERS for criterion in chapter.CRITERIA} | {"I2": person.I2}


def _with_proof(criterion: Criterion) -> Criterion:
    """The criterion with the evidence that its card offers, and a flag when the examination behind it is old."""
    offered = proof.PROOF.get(criterion.id, ())
    flags = criterion.flags
    if criterion.id in proof.EXAMINED:
        offered = (proof.INTERVIEW_DATE, *offered)
        flags = (*flags, _OLD_EXAMINATION)
    asks = (*criterion.asks, *(item for item in offered if item not in criterion.asks))
    return replace(criterion, asks=asks, flags=flags)


_OLD_EXAMINATION = Flag(
    FlagKind.OUTDATED,
    OlderThan(proof.INTERVIEW_DATE, person.SCREENING_DATE, "VALID_EXAM"),
    Text("flag.examination", "the clinical examination and interview is older than the study wants it: repeat it"),
)

_ORDER = [f"I{number}" for number in range(1, 6)] + [f"E{number}" for number in range(1, 16)]

PROTOCOL = Protocol(
    label="lenalidomide-dm/1.0",
    facts=FACTS,
    oddities=ODDITIES,
    items=(
        *person.ITEMS,
        *pregnancy.ITEMS,
        *iim.ITEMS,
        *cdasi.ITEMS,
        *exposure.ITEMS,
        *consent.ITEMS,
        *skin.ITEMS,
        *blood_count.ITEMS,
        *infections.ITEMS,
        *thrombosis.ITEMS,
        *judgement.ITEMS,
        *windows.ITEMS,
        *tumours.ITEMS,
        *proof.ITEMS,
        *advisory.ITEMS,
    ),
    criteria=tuple(_with_proof(_CRITERIA[id]) for id in _ORDER),
    settings=SETTINGS,
    examinations=(
        blood_count.BLOOD_COUNT,
        pregnancy.PREGNANCY_TEST,
        cdasi.CDASI,
        infections.HBV,
        infections.HCV,
        infections.TB,
        infections.HIV,
    ),
    instruments={"iim": iim.IimReport(), "cdasi": cdasi.CdasiReport()},
    derived={
        "evaluation.date": person.EVALUATION_DATE,
        "visit.date": person.SCREENING_DATE,
        "participant.birth_date": person.BIRTH_DATE,
        "participant.sex_at_birth": person.SEX,
        "consent.signed": consent.SIGNED,
        "consent.date": person.CONSENT_DATE,
        "consent.time": consent.CONSENT_TIME,
        "consent.version": consent.ICF_VERSION,
        "consent.version_valid": consent.ICF_VALID,
        "consent.signed_by": consent.SIGNED_BY,
    },
    consent_criterion=consent.I5.id,
    rationales={
        thrombosis.MI_RISK.name: proof.MI_RATIONALE,
        judgement.E7_INVESTIGATOR.name: proof.E7_RATIONALE,
        judgement.E11_INVESTIGATOR.name: proof.E11_RATIONALE,
    },
)
