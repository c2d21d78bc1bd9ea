"""The configurable defaults [D] of this trial, by name (sections 1.5 and 5.1 of the criteria specification)."""

from __future__ import annotations

from screening.eligibility.settings import FreeWords, Months, OneOf, Setting, SomeOf, WholeNumber, YesOrNo

_DAYS = WholeNumber(0, 3660, "days")

TREATMENT_CLASSES = {
    "systemic_corticosteroid": "systemic corticosteroid",
    "topical_corticosteroid": "topical corticosteroid",
    "immunosuppressant": "immunosuppressant",
    "biologic": "biologic",
    "jak_inhibitor": "JAK inhibitor",
    "antimalarial": "antimalarial",
    "ivig": "intravenous immunoglobulin",
    "other": "other",
}

LAB_UNIT_CODES = ("10^9/L", "10^3/uL", "cells/uL", "cells/mm3", "g/L", "g/dL", "mmol/L")

SETTINGS = (
    Setting("VALID_CBC", 14, _DAYS, "blood count: oldest accepted, before the screening visit (E3)"),
    Setting("VALID_PREG", 7, _DAYS, "pregnancy test: oldest accepted, before the screening visit (I1, E1, E6)"),
    Setting("VALID_CDASI", 14, _DAYS, "CDASI: oldest accepted, before the screening visit (I4)"),
    Setting("VALID_HBV", 90, _DAYS, "hepatitis B tests: oldest accepted, before the screening visit (E4, E8)"),
    Setting("VALID_HCV", 90, _DAYS, "hepatitis C tests: oldest accepted, before the screening visit (E4, E8)"),
    Setting("VALID_HIV", 90, _DAYS, "HIV test: oldest accepted, before the screening visit (E8, E10)"),
    Setting("VALID_TB", 90, _DAYS, "tuberculosis tests: oldest accepted, before the screening visit (E4)"),
    Setting("POST", 28, _DAYS, "screening period: latest day of any result, after the screening visit"),
    Setting("ENROLL_VALID_PREG", 7, _DAYS, "pregnancy test: oldest accepted, before the day of enrollment (the gate)"),
    Setting("ENROLL_VALID_CBC", 28, _DAYS, "blood count: oldest accepted, before the day of enrollment (the gate)"),
    Setting("VALID_EXAM", 28, _DAYS, "examinations and interviews: flagged when older; never changes an outcome"),
    Setting(
        "VALID_IMAGING_PFT", 90, _DAYS, "imaging, lung function, slides: flagged when older; never changes an outcome"
    ),
    Setting(
        "LAB_UNITS",
        ("10^9/L", "g/L"),
        SomeOf(LAB_UNIT_CODES),
        "units on a site's laboratory reports, offered by the form; the engine accepts every unit of E3",
    ),
    Setting("TX_GAP_DAYS", 14, _DAYS, "longest interruption of treatment that does not count as one (I4)"),
    Setting("TX_RECENCY_DAYS", 28, _DAYS, "treatment still counts when it ended at most so long before screening (I4)"),
    Setting(
        "TX_QUALIFYING",
        ("systemic_corticosteroid", "immunosuppressant", "biologic", "jak_inhibitor"),
        SomeOf(tuple(TREATMENT_CLASSES)),
        "treatment classes that count (I4)",
    ),
    Setting(
        "DEPOT_MONTHS", {"rituximab": 6}, Months(), "months for which the last dose of a drug goes on counting (I4)"
    ),
    Setting(
        "CDASI_COMPONENT", "activity", OneOf(("activity", "total", "damage")), "CDASI score that must reach 12 (I4)"
    ),
    Setting("IIM_MIN_CATEGORY", "probable", OneOf(("probable", "definite")), "lowest category that counts (I3)"),
    Setting("ACCEPT_JDM_ADULT", False, YesOrNo(), "whether onset before 18 counts as DM or ADM (I3)"),
    Setting(
        "IIM_BIOPSY_COLUMN",
        "when_done",
        OneOf(("when_done", "unless_rash")),
        "when the biopsy column is used: whenever a muscle biopsy was done, or only without a skin sign (I3)",
    ),
    Setting(
        "MI_RF_MODE",
        "strict",
        OneOf(("strict", "investigator")),
        "whether any named risk factor excludes, or the investigator judges; the latter only with a dated decision "
        "of the sponsor on file (E5)",
    ),
    Setting(
        "PERMITTED_BACKGROUND",
        (),
        FreeWords(),
        "background medications the sponsor permits; the record names none (E7)",
    ),
)
