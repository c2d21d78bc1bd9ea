"""Answers whose removal may turn a criterion in the person's favour, each with the sentence that says why.

Section numbers are of the criteria specification. Everything else must never do so (1.1: unanswered never means no).
Each entry has a person (of ``people.ELIGIBLE``, by index) and the answers with which it happens.
"""

from typing import NamedTuple


class Allowed(NamedTuple):
    """The criteria it may happen to, why, and a person with whom it does."""

    criteria: frozenset[str]
    sentence: str
    person: int
    answers: dict[str, object]


ALL_DATED = "I1 I2 I3 I4 I5 E1 E3 E4 E6 E8 E9 E10 E12 E13 E14 E15"
FOR_EVERY_RESULT = "for each of the seven dated results with a full date strictly before the consent date"


def _of(criteria: str, sentence: str, person: int, **answers: object) -> Allowed:
    return Allowed(frozenset(criteria.split()), sentence, person, answers)


EXCEPTIONS = {
    "evaluation_date": _of(
        ALL_DATED,
        "1.1 “Today” is used only to reject future dates, never as an eligibility anchor.",
        0,
        evaluation_date="2026-10-01",
    ),
    "birth_date": _of(
        ALL_DATED.replace("I2 ", ""),
        "1.5 Date limits: hard — not before birth_date.",
        0,
        birth_date="2026-10",
    ),
    "consent_date": _of(
        "I3",
        "I3 iim_age_at_onset: hard 0–110 and ≤ age at consent.",
        0,
        iim_age_at_onset=47,
    ),
    "known_pregnant": _of(
        "I1 E1 E6",
        "I1 known_pregnant=yes, or a usable positive test → yes.",
        0,
        known_pregnant="yes",
    ),
    "pregnancy_test_result": _of(
        "I1 E1 E6",
        "I1 not_childbearing and known_pregnant=no → no: no test is needed then.",
        3,
        pregnancy_test_result="positive",
        pregnancy_test_date="2026-10-15",
    ),
    "nyha_class": _of(
        "E3",
        "E3 class III/IV → true whatever heart_failure says, query if it says no.",
        0,
        nyha_class="III",
    ),
    "anc_value": _of(
        "E3",
        "E3 neut_percent: used only if anc_value absent.",
        4,
        anc_value="1.4",
        anc_unit="10^9/L",
    ),
    "hbv_dna": _of(
        "E4 E8",
        "E4 HBsAg positive OR HBV DNA detected → true if usable.",
        0,
        hbv_dna="detected",
    ),
    "hcv_rna": _of("E4 E8", "E4 RNA detected → true if usable.", 0, hcv_rna="detected"),
    "hbsag": _of("E8", "E8 Missing HBV/HCV results do not block not_met here.", 0, hbsag="positive"),
    "mi_risk_investigator_excludes": _of(
        "E5",
        "E5 mi_risk_investigator_excludes=yes → true in either mode (a factor outside the six).",
        0,
        mi_risk_investigator_excludes="yes",
    ),
    "hz_recurrent": _of(
        "E9",
        "E9 hz_ever=no switches the zoster limbs off (unless hz_recurrent … is yes).",
        0,
        hz_recurrent="yes",
    ),
    "hz_disseminated": _of(
        "E9",
        "E9 hz_ever=no switches the zoster limbs off (unless … hz_disseminated … is yes).",
        0,
        hz_disseminated="yes",
    ),
    "hz_ophthalmic": _of(
        "E9",
        "E9 hz_ever=no switches the zoster limbs off (unless … hz_ophthalmic … is yes).",
        0,
        hz_ophthalmic="yes",
    ),
    "hz_active_now": _of(
        "E9",
        "E9 hz_ever=no switches the zoster limbs off (unless … hz_active_now is yes).",
        0,
        hz_active_now="yes",
    ),
    "abuse_ongoing": _of("E12", "E12 ongoing=yes → met; history=no → not_met.", 0, abuse_ongoing="yes"),
    "cdasi_worksheet": _of(
        "I4",
        "I4 cdasi_activity_total: only if paper worksheet is the source; read-only when worksheet present.",
        0,
        cdasi_worksheet={},
    ),
    "cbc_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, cbc_routine_care="no"),
    "cdasi_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, cdasi_date="2026-10-10", cdasi_routine_care="no"),
    "hbv_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, hbv_routine_care="no"),
    "hcv_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, hcv_routine_care="no"),
    "tb_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, tb_routine_care="no"),
    "hiv_test_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, hiv_test_routine_care="no"),
    "pregnancy_test_date": _of("I5", f"I5 {FOR_EVERY_RESULT}.", 0, pregnancy_test_date="2026-10-10"),
}
