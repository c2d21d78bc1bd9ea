"""Invented answers for the demonstration study: somebody favourable throughout, and what differs in each story.

Boundary: data for ``./portal run`` alone; no rule reads it. Dates are counted from the day of the screening visit.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

_NO = """
acute_severe_infection tb_active_clinical hiv_ever_positive hiv_clinical_suspicion heart_failure respiratory_failure
peripheral_neuropathy other_severe_concomitant_disease arterial_thrombosis_history mi_or_cad_history hypercoagulability
vte_history rf_hypertension rf_diabetes rf_dyslipidaemia rf_current_smoker rf_obesity rf_family_history_cad
contraindication_lenalidomide contraindication_thalidomide recurrent_infection chronic_bacterial chronic_viral
chronic_fungal chronic_mycobacterial chronic_other hz_ever hz_recurrent hz_disseminated hz_ophthalmic hsv_disseminated
hz_active_now primary_immunodeficiency secondary_immunodeficiency uncontrolled_renal uncontrolled_gastrointestinal
uncontrolled_endocrine uncontrolled_pulmonary uncontrolled_cardiac uncontrolled_neurologic abuse_history abuse_ongoing
major_surgery_ever major_surgery_planned live_vaccine_received malignancy_ever fertility_plan iim_weak_prox_lower
iim_neck_flexors_weaker iim_leg_prox_weaker iim_gottron_sign iim_dysphagia iim_anti_jo1 iim_biopsy_done
"""
_EXCLUDED = """
ddx_erythema_multiforme ddx_syphilis ddx_sweet ddx_sjs ddx_acne_vulgaris ddx_herpes_simplex
ddx_periodic_granulocytopenia ddx_acquired_immunodeficiency
"""
_WOMAN: Mapping[str, object] = {
    "known_pregnant": "no",
    "childbearing_potential": "yes",
    "breastfeeding": "no",
    "pregnancy_test_result": "negative",
    "pregnancy_test_type": "serum_hcg",
    "ppp_conditions_met": "yes",
}
JUDGEMENT = {"iim_no_better_explanation": "yes", "e7_investigator": "no", "e11_investigator": "no"}
"""What the investigator answers."""

_STORIES: Mapping[str, Mapping[str, object]] = {
    "low haemoglobin": {"hgb_value": "82"},
    "thrombosis": {"vte_history": "yes"},
    "mild skin disease": {},
    "zoster in some month": {"hz_ever": "yes"},
}


def answers(visit: date, sex: str, story: str = "") -> dict[str, object]:
    """All that is entered for somebody of that sex at birth whose screening visit was that day, judgements apart.

    Raises KeyError for a story that is not told here.
    """

    def before(days: int) -> str:
        return (visit - timedelta(days=days)).isoformat()

    items: dict[str, object] = {**dict.fromkeys(_NO.split(), "no"), **dict.fromkeys(_EXCLUDED.split(), "excluded")}
    items |= {
        "iim_age_at_onset": 24 if sex == "female" else 27,
        "iim_weak_prox_upper": "yes",
        "iim_heliotrope": "yes",
        "iim_gottron_papules": "yes",
        "iim_enzymes_elevated": "yes",
        "cdasi_date": before(0),
        "cdasi_assessor": "Dr Liu Jun",
        "cdasi_worksheet": _sheet(_MILD if story == "mild skin disease" else _ACTIVE),
        "treatments": [
            {"class": "systemic_corticosteroid", "drug": "prednisone", "start": before(320)[:7], "ongoing": "yes"},
            {"class": "immunosuppressant", "drug": "methotrexate", "start": before(210), "ongoing": "yes"},
        ],
        "first_study_procedure_date": before(0),
        "cbc_date": before(0),
        "wbc_value": "5.6",
        "wbc_unit": "10^9/L",
        "anc_value": "3.4",
        "anc_unit": "10^9/L",
        "hgb_value": "124",
        "hgb_unit": "g/L",
        "plt_value": "215",
        "plt_unit": "10^9/L",
        "hbv_date": before(0),
        "hbsag": "negative",
        "anti_hbc_total": "negative",
        "hbv_dna": "not_done",
        "hcv_date": before(0),
        "anti_hcv": "negative",
        "hcv_rna": "not_done",
        "tb_date": before(0),
        "igra": "negative",
        "tb_imaging": "no_active_tb",
        "hiv_test_date": before(0),
        "hiv_test": "negative",
        "allergy_lenalidomide": "never_exposed",
        "allergy_thalidomide": "never_exposed",
        "myositis_course": "controlled_or_stable",
        "ild_course": "none",
        "clinical_examination_date": before(0),
    }
    items |= {**_WOMAN, "pregnancy_test_date": before(0)} if sex == "female" else {"contraception_agreed": "yes"}
    if story:
        items |= _STORIES[story]
    if story == "zoster in some month":
        items["hz_last_lesion_date"] = before(90)[:7]
    return items


_ACTIVE: Mapping[str, Mapping[str, int]] = {
    "malar": {"ery": 2, "scale": 1},
    "v_neck": {"ery": 3, "poik": 1},
    "upper_back_shoulders": {"ery": 2, "scale": 1},
    "arm": {"ery": 2, "scale": 1},
    "gottron_not_hands": {"ery": 2},
}
_MILD: Mapping[str, Mapping[str, int]] = {"malar": {"ery": 2, "scale": 1}, "v_neck": {"ery": 1}}
_AREAS = """
scalp malar periorbital rest_of_face v_neck posterior_neck upper_back_shoulders rest_back_buttocks abdomen
lateral_upper_thigh rest_leg_feet arm mechanics_hand dorsum_hands gottron_not_hands
"""


def _sheet(found: Mapping[str, Mapping[str, int]]) -> dict[str, object]:
    """A whole worksheet: what was found in some areas, 0 everywhere else; 4 and 1 points on the hands."""
    clear = {"ery": 0, "scale": 0, "ero": 0, "poik": 0, "calc": 0}
    return {
        "areas": {area: {**clear, **found.get(area, {})} for area in _AREAS.split()},
        "gh_ery": 2,
        "gh_papules": "yes",
        "gh_ulcer": 0,
        "gh_damage": 0,
        "periungual": 1,
        "alopecia": 0,
    }
