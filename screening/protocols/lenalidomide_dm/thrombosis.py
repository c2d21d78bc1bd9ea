"""Thrombosis and risk factors for myocardial infarction: E5. Section E5 of the criteria specification."""

from __future__ import annotations

from screening.eligibility.branches import NO, YES, BySetting, Cases
from screening.eligibility.conditions import AllOf, AnyOf, Not, RuledOutBy, Stated, answered, settles
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.kinds import DECISION, YES_NO
from screening.eligibility.protocol import Criterion, Mark, Note
from screening.protocols.lenalidomide_dm.record import TEXTS

ARTERIAL = Item(
    "arterial_thrombosis_history",
    YES_NO,
    "history of arterial thrombosis",
    "Any arterial thrombosis ever (myocardial infarction, ischaemic stroke, peripheral arterial)?",
)
MI_OR_CAD = Item(
    "mi_or_cad_history",
    YES_NO,
    "history of myocardial infarction or coronary artery disease",
    "Any myocardial infarction or coronary artery disease ever?",
)
HYPERCOAGULABILITY = Item(
    "hypercoagulability",
    YES_NO,
    "hypercoagulability",
    "Is there hypercoagulability?",
    help=(
        "Antiphospholipid antibodies or syndrome, factor V Leiden, prothrombin G20210A, protein C, protein S or "
        "antithrombin deficiency, nephrotic syndrome, other."
    ),
)
VTE = Item(
    "vte_history",
    YES_NO,
    "history of venous thromboembolism",
    "Any venous thromboembolism ever (deep vein thrombosis, pulmonary embolism, other), provoked or not?",
)
RISK_FACTORS = (
    Item("rf_hypertension", YES_NO, "hypertension", "Has the person hypertension?"),
    Item("rf_diabetes", YES_NO, "diabetes", "Has the person diabetes?"),
    Item("rf_dyslipidaemia", YES_NO, "dyslipidaemia", "Has the person dyslipidaemia?"),
    Item("rf_current_smoker", YES_NO, "current smoking", "Does the person smoke at present?"),
    Item("rf_obesity", YES_NO, "obesity", "Is the person obese?", help="BMI of 30 or more; an option for China is 28."),
    Item(
        "rf_family_history_cad",
        YES_NO,
        "family history of coronary artery disease",
        "Is there a family history of coronary artery disease?",
    ),
)
MI_RISK = Item(
    "mi_risk_investigator_excludes",
    DECISION,
    "investigator's judgement on the risk of myocardial infarction",
    "Does a risk factor for myocardial infarction exclude this person?",
    AnsweredBy.JUDGEMENT,
)

_ANY_FACTOR = AnyOf(*(Stated(item) for item in RISK_FACTORS))

E5 = Criterion(
    id="E5",
    exclusion=True,
    text=TEXTS["E5"],
    title="Thrombosis, hypercoagulability, risk of myocardial infarction",
    asks=(ARTERIAL, MI_OR_CAD, HYPERCOAGULABILITY, VTE, *RISK_FACTORS, MI_RISK),
    condition=AnyOf(
        Stated(ARTERIAL),
        Stated(MI_OR_CAD),
        Stated(HYPERCOAGULABILITY),
        Stated(VTE),
        Cases(
            ((Stated(MI_RISK), YES),),
            otherwise=BySetting(
                "MI_RF_MODE",
                {
                    "strict": _ANY_FACTOR,
                    # The judgement alone is not enough: it must have had all six answers before it.
                    "investigator": Cases(
                        ((Not(_ANY_FACTOR), NO),),
                        otherwise=RuledOutBy(AllOf(settles(MI_RISK, "no"), *(answered(item) for item in RISK_FACTORS))),
                    ),
                },
            ),
        ),
    ),
    sources=(
        "Cardiology or haematology history",
        "Lipid, HbA1c and blood pressure records",
        "Duplex sonography or CT pulmonary angiography report",
        "Coagulation panel",
    ),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "E7 and E11 grant the investigator discretion in words, E5 does not: any of the six named factors "
            "excludes (MI_RF_MODE strict). Age and male sex are not counted. The most consequential open question; "
            "ask the sponsor.",
            "the investigator judges (MI_RF_MODE investigator), only with a dated decision of the sponsor on file",
        ),
        Note(Mark.INTERPRETATION, "“History of thrombosis” is arterial or venous, without a time limit."),
    ),
)

ITEMS = (ARTERIAL, MI_OR_CAD, HYPERCOAGULABILITY, VTE, *RISK_FACTORS, MI_RISK)
CRITERIA = (E5,)
