"""Infections and immunodeficiency: E4, E8 and E10, and the HIV items that they share (E2 looks at them too).

Sections E4, E8, E10 and 5.5 of the criteria specification. A positive HIV result counts for ever; a stale positive
hepatitis result is never forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from screening.eligibility.branches import NO, YES, Cases, Decided, Switch
from screening.eligibility.comparisons import Before, OnExamination, Usable
from screening.eligibility.conditions import (
    AllOf,
    AnyOf,
    Condition,
    Finding,
    Outline,
    RuledOutBy,
    Shared,
    Stated,
    settles,
)
from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Examination, Item, Remembered
from screening.eligibility.kinds import DECISION, FULL_DATE, YES_NO, Choice
from screening.eligibility.logic import FALSE, UNKNOWN
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.person import CONSENT_DATE, EVENT_LIMITS, SCREENING_DATE
from screening.protocols.lenalidomide_dm.record import TEXTS

CLINICIAN = AnsweredBy.CLINICIAN

_SEROLOGY = Choice(
    {"negative": "negative", "positive": "positive", "indeterminate": "indeterminate", "not_done": "not done"}
)
_GENOME = Choice({"detected": "detected", "not_detected": "not detected", "not_done": "not done"})


def _date(name: str, label: str) -> Item:
    return Item(name, FULL_DATE, f"date of the {label}", limits=EVENT_LIMITS)


def _routine(name: str, label: str, date: Item) -> Item:
    verb = "Was" if not label.endswith("tests") else "Were"
    return Item(
        name,
        YES_NO,
        f"{label} from routine care",
        f"{verb} the {label} done in routine care, not for this study?",
        applies=Before(date, CONSENT_DATE),
    )


ACUTE_INFECTION = Item(
    "acute_severe_infection",
    YES_NO,
    "acute severe infection",
    "Is there an acute severe infection (sepsis, cellulitis or comparable) at screening?",
)
HBSAG = Item("hbsag", _SEROLOGY, "HBsAg")
ANTI_HBC = Item("anti_hbc_total", _SEROLOGY, "total anti-HBc")
HBV_DNA = Item("hbv_dna", _GENOME, "HBV DNA", help="Detected below the limit of quantification counts as detected.")
HBV_DATE = _date("hbv_date", "hepatitis B tests")
HBV_ROUTINE = _routine("hbv_routine_care", "hepatitis B tests", HBV_DATE)
HBV = Examination(
    "hbv",
    "hepatitis B tests",
    HBV_DATE,
    (HBSAG, ANTI_HBC, HBV_DNA),
    SCREENING_DATE,
    "VALID_HBV",
    "POST",
    HBV_ROUTINE,
)

ANTI_HCV = Item("anti_hcv", _SEROLOGY, "anti-HCV")
HCV_RNA = Item("hcv_rna", _GENOME, "HCV RNA", help="Detected below the limit of quantification counts as detected.")
HCV_DATE = _date("hcv_date", "hepatitis C tests")
HCV_ROUTINE = _routine("hcv_routine_care", "hepatitis C tests", HCV_DATE)
HCV = Examination(
    "hcv", "hepatitis C tests", HCV_DATE, (ANTI_HCV, HCV_RNA), SCREENING_DATE, "VALID_HCV", "POST", HCV_ROUTINE
)

TB_CLINICAL = Item(
    "tb_active_clinical",
    YES_NO,
    "clinical signs of active tuberculosis",
    "Is there active tuberculosis clinically?",
    CLINICIAN,
    plural=True,
)
IGRA = Item("igra", _SEROLOGY, "IGRA", help="Decides nothing about active tuberculosis (E4); read by E8.")
TB_IMAGING = Item(
    "tb_imaging",
    Choice({"no_active_tb": "no active tuberculosis", "suggestive": "suggestive", "not_done": "not done"}),
    "chest imaging",
)
TB_DATE = _date("tb_date", "tuberculosis tests")
TB_ROUTINE = _routine("tb_routine_care", "tuberculosis tests", TB_DATE)
TB = Examination(
    "tb", "tuberculosis tests", TB_DATE, (IGRA, TB_IMAGING), SCREENING_DATE, "VALID_TB", "POST", TB_ROUTINE
)

HIV_EVER = Item("hiv_ever_positive", YES_NO, "positive HIV test ever", "Has an HIV test ever been positive?")
HIV_TEST = Item(
    "hiv_test",
    _SEROLOGY,
    "HIV test",
    help="The final report of a 4th generation test with confirmation; reactive and not confirmed is indeterminate.",
)
HIV_DATE = _date("hiv_test_date", "HIV test")
HIV_ROUTINE = _routine("hiv_test_routine_care", "HIV test", HIV_DATE)
HIV_SUSPICION = Item(
    "hiv_clinical_suspicion",
    YES_NO,
    "clinical suspicion of HIV",
    "Is there any clinical suspicion of HIV?",
    CLINICIAN,
)
HIV = Examination(
    "hiv",
    "HIV test",
    HIV_DATE,
    (HIV_TEST,),
    SCREENING_DATE,
    "VALID_HIV",
    "POST",
    HIV_ROUTINE,
    remembers=(Remembered(HIV_TEST, "positive", HIV_EVER, "yes"),),
)

HIV_POSITIVE = Shared(
    "HIV positive",
    Cases(
        ((AnyOf(Stated(HIV_EVER), Stated(HIV_TEST, ("positive",), ())), YES),),
        otherwise=RuledOutBy(
            AllOf(
                OnExamination(HIV, settles(HIV_TEST, "negative")),
                settles(HIV_EVER, "no"),
            )
        ),
    ),
)


@dataclass(frozen=True, eq=False)
class Repeat(Condition):
    """An unfavourable result that is not usable: open until repeated, or until the date that is missing is entered."""

    of: Examination

    @property
    def _text(self) -> Text:
        return Text(
            f"stale.{self.of.name}",
            f"repeat the {self.of.label}: an earlier unfavourable result is not within the days accepted",
        )

    def evaluate(self, facts: Facts) -> Finding:
        usable = Usable(self.of).evaluate(facts)
        if usable.truth is UNKNOWN:
            return usable
        return Finding(UNKNOWN, (self._text(),), usable.items, (self.of.date.name,))

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(f"undetermined: {self._text.english}")

    @property
    def limbs(self) -> tuple[Condition, ...]:
        return (Usable(self.of),)


def _never_forgotten(unfavourable: Condition, of: Examination, otherwise: Condition) -> Cases:
    """A usable unfavourable result decides; a stale one leaves it open; without one, ``otherwise`` decides (1.5)."""
    return Cases(
        (
            (AllOf(unfavourable, Usable(of)), YES),
            (unfavourable, Repeat(of)),
        ),
        otherwise=otherwise,
    )


_HBV_UNFAVOURABLE = AnyOf(Stated(HBSAG, ("positive",), ()), Stated(HBV_DNA, ("detected",), ()))
_HCV_UNFAVOURABLE = Stated(HCV_RNA, ("detected",), ())

HBV_ACTIVE = _never_forgotten(
    _HBV_UNFAVOURABLE,
    HBV,
    OnExamination(
        HBV,
        RuledOutBy(
            AllOf(settles(HBSAG, "negative"), AnyOf(settles(ANTI_HBC, "negative"), settles(HBV_DNA, "not_detected")))
        ),
    ),
)
HCV_ACTIVE = _never_forgotten(
    _HCV_UNFAVOURABLE,
    HCV,
    OnExamination(HCV, RuledOutBy(AnyOf(settles(HCV_RNA, "not_detected"), settles(ANTI_HCV, "negative")))),
)
TB_ACTIVE = Switch(TB_CLINICAL, {"yes": YES, "no": OnExamination(TB, RuledOutBy(settles(TB_IMAGING, "no_active_tb")))})

_HIV_SHARED = Note(
    Mark.INTERPRETATION,
    "HIV is asked once and read by E2, E4, E8 and E10. E4 asks for history and suspicion; E8 and E10 ask for its "
    "absence, so a usable negative test is needed there.",
    "separate questions, which could contradict each other",
)
_HIV_ITEMS = (HIV_EVER, *HIV.items)

E4 = Criterion(
    id="E4",
    exclusion=True,
    text=TEXTS["E4"],
    title="Severe infection, hepatitis B or C, tuberculosis, HIV",
    asks=(
        SCREENING_DATE,
        ACUTE_INFECTION,
        *HBV.items,
        *HCV.items,
        TB_CLINICAL,
        *TB.items,
        *_HIV_ITEMS,
        HIV_SUSPICION,
    ),
    condition=AnyOf(
        Stated(ACUTE_INFECTION),
        HBV_ACTIVE,
        HCV_ACTIVE,
        TB_ACTIVE,
        AnyOf(Stated(HIV_EVER), Stated(HIV_SUSPICION), Stated(HIV_TEST, ("positive",), ("negative", "not_done"))),
    ),
    sources=("Serology and PCR reports", "IGRA report", "Chest X-ray or CT report", "Clinic note"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "HBsAg positive counts as active whatever the DNA: a carrier would fail E8 (“chronic viral”) anyway.",
            "DNA of 2000 IU/mL or more, or ALT above the upper limit of normal",
        ),
        Note(
            Mark.DEFAULT,
            "Chest imaging is required to rule out active tuberculosis; a negative IGRA is not enough.",
            "a negative IGRA suffices",
        ),
        Note(
            Mark.INTERPRETATION,
            "HIV: history, a positive test or suspicion excludes; a new test is not asked here. “Positive” is the "
            "final, confirmed report; reactive and not confirmed is indeterminate.",
        ),
        _HIV_SHARED,
        Note(Mark.DEFAULT, "Hepatitis and tuberculosis tests count for VALID_HBV, VALID_HCV and VALID_TB days."),
    ),
    flags=(
        Flag(
            FlagKind.WARNING,
            AllOf(settles(ANTI_HCV, "negative"), settles(HCV_RNA, "not_done")),
            Text("E4.flag.hcv", "anti-HCV can be falsely negative under heavy immunosuppression: consider HCV RNA"),
        ),
        Flag(
            FlagKind.WARNING,
            settles(HBSAG, "positive"),
            Text("E4.flag.hbv", "HBsAg can be positive for about 3 weeks after hepatitis B vaccination: check for one"),
        ),
        Flag(
            FlagKind.QUERY,
            AllOf(settles(HIV_TEST, "positive"), settles(HIV_EVER, "no")),
            Text("E4.flag.hiv", "the HIV test is positive, but “ever positive” is answered no: correct one of them"),
        ),
    ),
)


def _chronic(name: str, label: str, question: str) -> Item:
    return Item(name, YES_NO, label, question, CLINICIAN)


RECURRENT = Item(
    "recurrent_infection",
    YES_NO,
    "recurrent infection",
    "Has the person recurrent infections?",
    CLINICIAN,
    help=(
        "[D] At least 3 treated infections in 12 months, or at least 2 that needed hospital or intravenous treatment. "
        "Localised superficial infections count only when they reach that."
    ),
)
CHRONIC = (
    _chronic("chronic_bacterial", "chronic bacterial infection", "Has the person a chronic bacterial infection?"),
    _chronic("chronic_viral", "chronic viral infection", "Has the person a chronic viral infection?"),
    _chronic("chronic_fungal", "chronic fungal infection", "Has the person a chronic fungal infection?"),
    _chronic(
        "chronic_mycobacterial", "chronic mycobacterial infection", "Has the person a chronic mycobacterial infection?"
    ),
    _chronic("chronic_other", "another chronic infection", "Has the person another chronic infection?"),
)
LTBI = Item(
    "ltbi_investigator_excludes",
    DECISION,
    "investigator's judgement on latent tuberculosis",
    "Does latent tuberculosis exclude this person?",
    AnsweredBy.JUDGEMENT,
    applies=Stated(IGRA, ("positive", "indeterminate"), ("negative", "not_done")),
)

_NO_HEPATITIS = Decided(FALSE, Text("E8.no_hepatitis", "no hepatitis B or C virus found"))

E8 = Criterion(
    id="E8",
    exclusion=True,
    text=TEXTS["E8"],
    title="Recurrent or chronic infections, HIV",
    asks=(
        SCREENING_DATE,
        RECURRENT,
        *CHRONIC,
        LTBI,
        *_HIV_ITEMS,
        *HBV.items,
        *HCV.items,
        *TB.items,
    ),
    condition=AnyOf(
        Stated(RECURRENT),
        *(Stated(item) for item in CHRONIC),
        HIV_POSITIVE,
        _never_forgotten(_HBV_UNFAVOURABLE, HBV, _NO_HEPATITIS),
        _never_forgotten(_HCV_UNFAVOURABLE, HCV, _NO_HEPATITIS),
        Switch(
            IGRA,
            {"positive": Stated(LTBI), "indeterminate": Stated(LTBI), "negative": NO, "not_done": NO},
        ),
    ),
    sources=("Infectious disease history", "Microbiology", "Serology"),
    notes=(
        _HIV_SHARED,
        Note(
            Mark.DEFAULT,
            "“Recurrent”: at least 3 treated infections in 12 months, or at least 2 that needed hospital or "
            "intravenous treatment.",
        ),
        Note(
            Mark.INTERPRETATION,
            "Localised superficial infections (nails, tinea, herpes labialis) count only when they are recurrent in "
            "that sense.",
            "any superficial infection counts; a question for the sponsor",
        ),
        Note(Mark.INTERPRETATION, "Seropositivity for EBV, CMV, VZV or HSV without disease is not an infection."),
        Note(Mark.INTERPRETATION, "Latent tuberculosis: the investigator decides."),
        Note(
            Mark.INTERPRETATION,
            "HBsAg, HBV DNA or HCV RNA found is a chronic viral infection. Missing hepatitis results do not keep "
            "this criterion open: E4 asks for them.",
        ),
        Note(Mark.DEFAULT, "An HIV test counts for VALID_HIV days."),
    ),
)

PRIMARY = Item(
    "primary_immunodeficiency", YES_NO, "primary immunodeficiency", "Has the person a primary immunodeficiency?"
)
SECONDARY = Item(
    "secondary_immunodeficiency",
    YES_NO,
    "secondary immunodeficiency",
    "Has the person a secondary immunodeficiency?",
    help=(
        "Established states count (CVID, hypogammaglobulinaemia that needs replacement, asplenia, HIV, after "
        "transplantation). The effect of permitted background treatment alone does not."
    ),
)

E10 = Criterion(
    id="E10",
    exclusion=True,
    text=TEXTS["E10"],
    title="Primary or secondary immunodeficiency",
    asks=(SCREENING_DATE, PRIMARY, SECONDARY, *_HIV_ITEMS),
    condition=AnyOf(Stated(PRIMARY), Stated(SECONDARY), HIV_POSITIVE),
    sources=("Immunology history", "Immunoglobulin levels", "HIV report"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "The effect of permitted background treatment, which I4 requires, does not count by itself; established "
            "states do.",
            "the literal reading, under which nobody could be enrolled",
        ),
        _HIV_SHARED,
    ),
)

ITEMS = (
    ACUTE_INFECTION,
    *HBV.items,
    *HCV.items,
    TB_CLINICAL,
    *TB.items,
    *_HIV_ITEMS,
    HIV_SUSPICION,
    RECURRENT,
    *CHRONIC,
    LTBI,
    PRIMARY,
    SECONDARY,
)
CRITERIA = (E4, E8, E10)
