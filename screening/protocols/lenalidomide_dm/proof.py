"""Proof items: what a monitor asks to see, by criterion. Informational; none of them changes an outcome.

Section 5.6 of the criteria specification, and the dates that the flag-only validities of 1.5 look at.
"""

from __future__ import annotations

from decimal import Decimal

from screening.eligibility.items import Item, Use
from screening.eligibility.kinds import FULL_DATE, PARTIAL_DATE, TEXT, YES_NO, Choice, Integer, Kind, Quantity
from screening.eligibility.units import Scale
from screening.protocols.lenalidomide_dm.person import EVENT_LIMITS


def _proof(name: str, kind: Kind, label: str, *, plural: bool = False) -> Item:
    dated = kind in (FULL_DATE, PARTIAL_DATE)
    return Item(name, kind, label, limits=EVENT_LIMITS if dated else (), use=Use.PROOF, plural=plural)


def _number(unit: str, low: int, high: int) -> Quantity:
    return Quantity(Scale(unit, {unit: Decimal(1)}), Decimal(low), Decimal(high))


_RESULT = Choice({"negative": "negative", "positive": "positive", "indeterminate": "indeterminate"})

INTERVIEW_DATE = _proof("clinical_examination_date", FULL_DATE, "date of the clinical examination and interview")
ECHO_DATE = _proof("echocardiography_date", FULL_DATE, "date of the echocardiography")
HRCT_DATE = _proof("hrct_date", FULL_DATE, "date of the chest HRCT")
PFT_DATE = _proof("pft_date", FULL_DATE, "date of the lung function test")
TRANSFUSION_OR_GCSF = _proof("transfusion_or_gcsf_14d", YES_NO, "transfusion or G-CSF within 14 days")
TREPONEMAL = _proof("syphilis_treponemal", _RESULT, "treponemal test")
NON_TREPONEMAL = _proof("syphilis_non_treponemal", _RESULT, "non-treponemal test")
MI_RATIONALE = _proof("mi_risk_rationale", TEXT, "rationale of the judgement on risk factors")
E7_RATIONALE = _proof("e7_rationale", TEXT, "rationale of the judgement on E7")
E11_RATIONALE = _proof("e11_rationale", TEXT, "rationale of the judgement on E11")

PROOF: dict[str, tuple[Item, ...]] = {
    "I1": (
        _proof("infertility_document", TEXT, "document of the reason why she is not of childbearing potential"),
        _proof("hcg_sensitivity_iu_l", Integer(1, 1000, "IU/L"), "sensitivity of the hCG test"),
    ),
    "I3": (
        _proof("mmt8_by_muscle", TEXT, "MMT-8 by muscle"),
        _proof("mmt8_total", Integer(0, 150), "MMT-8 total"),
        _proof("enzyme_values", TEXT, "enzyme values with the upper limit of normal", plural=True),
        _proof("enzyme_date", FULL_DATE, "date of the enzyme values"),
        _proof("skin_histology", TEXT, "skin histology"),
    ),
    "I4": (
        _proof("cdasi_version", TEXT, "CDASI version"),
        _proof("cdasi_assessor_training_date", FULL_DATE, "date of the assessor's training"),
        _proof("treatment_prescriptions", TEXT, "prescriptions that show the doses", plural=True),
    ),
    "I5": (
        _proof("consent_copy_given", YES_NO, "copy given to the patient"),
        _proof("consent_others_present", TEXT, "others present at consent", plural=True),
    ),
    "E2": (
        TREPONEMAL,
        NON_TREPONEMAL,
        _proof("syphilis_tests_date", FULL_DATE, "date of the syphilis tests"),
    ),
    "E3": (
        _proof("spo2_percent", Integer(0, 100, "%"), "SpO2"),
        _proof("pao2_mmhg", _number("mmHg", 10, 700), "PaO2"),
        _proof("paco2_mmhg", _number("mmHg", 5, 200), "PaCO2"),
        ECHO_DATE,
        TRANSFUSION_OR_GCSF,
        _proof("neuropathy_ctcae_grade", Integer(0, 5), "CTCAE grade of the neuropathy"),
        _proof("neuropathy_cause", TEXT, "cause of the neuropathy"),
    ),
    "E5": (
        _proof("antiphospholipid_panel", _RESULT, "antiphospholipid panel"),
        _proof("systolic_mmhg", Integer(40, 300, "mmHg"), "systolic blood pressure"),
        _proof("diastolic_mmhg", Integer(20, 200, "mmHg"), "diastolic blood pressure"),
        _proof("lipids", TEXT, "lipids", plural=True),
        _proof("hba1c_percent", _number("%", 2, 25), "HbA1c"),
        _proof("bmi", _number("kg/m²", 8, 100), "BMI"),
        _proof("oestrogen_use", YES_NO, "oestrogen use"),
        MI_RATIONALE,
    ),
    "E6": (
        _proof("contraception_method", TEXT, "contraception method"),
        _proof("contraception_start", PARTIAL_DATE, "start of contraception"),
    ),
    "E7": (
        HRCT_DATE,
        PFT_DATE,
        _proof("fvc_percent", _number("%", 5, 200), "FVC in percent of predicted"),
        _proof("dlco_percent", _number("%", 5, 200), "DLCO in percent of predicted"),
        _proof("anti_mda5", _RESULT, "anti-MDA5"),
        _proof("permitted_background_list", TEXT, "list of permitted background medications in force"),
        E7_RATIONALE,
    ),
    "E10": (
        _proof("igg_g_l", _number("g/L", 0, 100), "IgG"),
        _proof("rituximab_last_date", PARTIAL_DATE, "date of the last rituximab"),
        _proof("immunodeficiency_cause", TEXT, "cause of the immunodeficiency"),
    ),
    "E11": (
        _proof("uncontrolled_description", TEXT, "description of the uncontrolled disease"),
        E11_RATIONALE,
    ),
    "E12": (_proof("abuse_substance", TEXT, "substance"),),
    "E13": (_proof("surgery_description", TEXT, "description of the surgery"),),
    "E14": (_proof("live_vaccine_product", TEXT, "vaccine product"),),
    "E15": (
        _proof("pathology_report", TEXT, "pathology report"),
        _proof("end_of_treatment_letter", TEXT, "end-of-treatment letter"),
    ),
}
"""Criterion id → what is offered on its card as evidence."""

EXAMINED = ("E2", "E3", *(f"E{number}" for number in range(5, 16)))
"""The criteria that rest on an examination or interview, which is flagged when older than VALID_EXAM."""

ITEMS = (INTERVIEW_DATE, *(item for items in PROOF.values() for item in items))
