"""The registry record, verbatim, oddities included; the criteria's texts are read from verbatim.json, never retyped.

Boundary: nothing here is corrected. How the oddities are handled is said in the notes (section 4 of the criteria
specification).
"""

from __future__ import annotations

import json
from importlib.resources import files

TEXTS: dict[str, str] = json.loads(files(__package__).joinpath("verbatim.json").read_text(encoding="utf-8"))
"""Criterion id → its text in the record."""

FACTS = {
    "Title": "Lenalidomide in the Treatment of Refractory Cutaneous Dermatomyositis",
    "Status": "Not yet recruiting",
    "Trial end date": "2023-09-01",
    "Target enrollment": "0",
    "Participant gender": "All",
    "Summary": (
        "The goal of this study is to evaluate the efficacy and safety of lenalidomide in the treatment of patients "
        "with active cutaneous DM."
    ),
    "Phase": "N/A",
    "Accepts Healthy Volunteers?": "No",
    "Lead Sponsor": "Jiangxi Provincial People's Hopital",
    "Treatments": "Lenalidomide",
}
"""The record's other fields, as written there."""

ODDITIES = {
    "Target enrollment": (
        "A placeholder: shown, never enforced as a cap. Public mirrors of NCT05488327 say 10 anticipated."
    ),
    "Trial end date": "In the past: shown with a banner, does not block data entry.",
    "Status": "Gates enrollment, not screening: closed until an admin opens recruitment with a reason.",
    "Phase": "The text “N/A”, which is not the same as missing.",
    "Lead Sponsor": "“Hopital” is kept where the record is quoted; our own words say “Hospital”.",
    "Participant gender": "Both sexes; no sex criterion (see I1).",
    "Accepts Healthy Volunteers?": "Informational; follows from I3.",
}
"""How a field that is odd is handled."""
