"""Pregnancy, nursing and fertility: I1, E1 and E6, which read one set of items with opposite polarity.

Sections I1, E1 and E6 of the criteria specification.
"""

from __future__ import annotations

from screening.eligibility.branches import NO, YES, Cases, Open, Switch
from screening.eligibility.comparisons import AgeBetween, Before, Usable
from screening.eligibility.conditions import (
    AllOf,
    AnyOf,
    Established,
    Not,
    RuledInBy,
    RuledOutBy,
    Shared,
    Stated,
    settles,
)
from screening.eligibility.items import AnsweredBy, Examination, Item
from screening.eligibility.kinds import FULL_DATE, YES_NO, Choice
from screening.eligibility.limits import NotEarlierThan
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.person import (
    BIRTH_DATE,
    CONSENT_DATE,
    EVENT_LIMITS,
    FEMALE,
    MALE,
    SCREENING_DATE,
    SEX,
)
from screening.protocols.lenalidomide_dm.record import TEXTS

KNOWN_PREGNANT = Item("known_pregnant", YES_NO, "known pregnancy", "Is she known to be pregnant?", applies=FEMALE)
CHILDBEARING = Item(
    "childbearing_potential", YES_NO, "childbearing potential", "Is she of childbearing potential?", applies=FEMALE
)
REASON = Item(
    "no_childbearing_reason",
    Choice(
        {
            "hysterectomy": "hysterectomy",
            "bilateral_oophorectomy": "bilateral oophorectomy",
            "postmenopausal_24_months": "natural menopause for at least 24 months, age 50 or more",
            "ovarian_failure": "ovarian failure, confirmed by a specialist",
            "xy_turner_uterine_agenesis": "XY genotype, Turner syndrome or uterine agenesis",
            "other": "other",
        }
    ),
    "reason why she is not of childbearing potential",
    applies=AllOf(FEMALE, Not(Stated(CHILDBEARING))),
)
TEST_RESULT = Item(
    "pregnancy_test_result",
    Choice({"negative": "negative", "positive": "positive", "indeterminate": "indeterminate", "not_done": "not done"}),
    "pregnancy test result",
    applies=FEMALE,
)
TEST_DATE = Item(
    "pregnancy_test_date",
    FULL_DATE,
    "date of the pregnancy test",
    limits=(*EVENT_LIMITS, NotEarlierThan("screening_date", SCREENING_DATE.label, 365)),
    applies=AllOf(FEMALE, Stated(TEST_RESULT, ("negative", "positive", "indeterminate"), ("not_done",))),
)
TEST_TYPE = Item(
    "pregnancy_test_type",
    Choice({"serum_hcg": "serum hCG", "urine_hcg": "urine hCG"}),
    "kind of pregnancy test",
    applies=FEMALE,
)
TEST_ROUTINE = Item(
    "pregnancy_test_routine_care",
    YES_NO,
    "pregnancy test from routine care",
    "Was the pregnancy test done in routine care, not for this study?",
    applies=AllOf(FEMALE, Before(TEST_DATE, CONSENT_DATE)),
)
BREASTFEEDING = Item("breastfeeding", YES_NO, "breastfeeding", "Is she breastfeeding?", applies=FEMALE)
FERTILITY_PLAN = Item(
    "fertility_plan",
    YES_NO,
    "fertility plan",
    "Do you wish to conceive or father a child, or to donate sperm or eggs, during the study or until 4 weeks after "
    "the last dose?",
)

PREGNANCY_TEST = Examination(
    "pregnancy",
    "pregnancy test",
    TEST_DATE,
    (TEST_RESULT, TEST_TYPE),
    SCREENING_DATE,
    "VALID_PREG",
    "POST",
    TEST_ROUTINE,
    enroll_validity="ENROLL_VALID_PREG",
)

NOT_CHILDBEARING = Shared(
    "not of childbearing potential",
    Established(
        AllOf(
            Stated(CHILDBEARING, ("no",), ("yes",)),
            Stated(REASON, tuple(code for code in REASON.codes if code != "other"), ("other",)),
        ),
        Text("pregnancy.childbearing", "counts as of childbearing potential"),
    ),
)

PREGNANT = Shared(
    "pregnant",
    Cases(
        (
            (Stated(KNOWN_PREGNANT), YES),
            (Stated(TEST_RESULT, ("positive",), ()), RuledInBy(Usable(PREGNANCY_TEST))),
            (
                Stated(TEST_RESULT, ("indeterminate",), ()),
                Open(
                    Text("pregnancy.indeterminate", "repeat the pregnancy test: it is indeterminate"),
                    (TEST_RESULT, TEST_DATE),
                ),
            ),
            (AllOf(Usable(PREGNANCY_TEST), Stated(TEST_RESULT, ("negative",), ())), NO),
            (AllOf(NOT_CHILDBEARING, Stated(KNOWN_PREGNANT, ("no",), ())), NO),
            (
                NOT_CHILDBEARING,
                Open(Text("pregnancy.ask_known", "answer “Is she known to be pregnant?”"), (KNOWN_PREGNANT,)),
            ),
            (Stated(TEST_RESULT, ("negative",), ()), RuledOutBy(Usable(PREGNANCY_TEST))),
            (
                Stated(CHILDBEARING),
                Open(
                    Text("pregnancy.childbearing_test", "enter a pregnancy test: she is of childbearing potential"),
                    (TEST_RESULT, TEST_DATE),
                ),
            ),
            (
                Stated(CHILDBEARING, ("no",), ("yes",)),
                Open(
                    Text(
                        "pregnancy.ask_reason",
                        "enter a pregnancy test, or a reason other than “other” why she is not of childbearing "
                        "potential",
                    ),
                    (TEST_RESULT, TEST_DATE, REASON),
                ),
            ),
        ),
        otherwise=Open(
            Text("pregnancy.ask_test", "enter a pregnancy test, or whether she is of childbearing potential"),
            (TEST_RESULT, TEST_DATE, CHILDBEARING),
        ),
    ),
)

SEX_UNKNOWN = Open(Text("sex.needed", "the sex at birth, male or female, is needed"), (SEX,))

_PREGNANCY_ITEMS = (
    SEX,
    KNOWN_PREGNANT,
    CHILDBEARING,
    REASON,
    TEST_RESULT,
    TEST_DATE,
    TEST_TYPE,
    TEST_ROUTINE,
    BREASTFEEDING,
    SCREENING_DATE,
)

_TEST_ASKED = Note(
    Mark.INTERPRETATION,
    "A pregnancy test is required of women of childbearing potential; the record prescribes none.",
    "history only",
)
_SAME_FACTS = Note(
    Mark.INTERPRETATION,
    "I1 and the first half of E1 are the same facts with opposite polarity: asked once, shown as two criteria.",
)

I1 = Criterion(
    id="I1",
    exclusion=False,
    text=TEXTS["I1"],
    title="Male, or female neither pregnant nor nursing",
    asks=(*_PREGNANCY_ITEMS, BIRTH_DATE, CONSENT_DATE),
    condition=Switch(
        SEX,
        {"male": YES, "female": AllOf(Not(PREGNANT), Not(Stated(BREASTFEEDING)))},
        otherwise=SEX_UNKNOWN,
    ),
    sources=("Laboratory report (hCG)", "Medical history", "Operative report when not of childbearing potential"),
    notes=(
        _SAME_FACTS,
        _TEST_ASKED,
        Note(Mark.INTERPRETATION, "“Nursing” is breastfeeding."),
        Note(
            Mark.DEFAULT,
            "A pregnancy test counts for VALID_PREG days. A stale positive or any indeterminate test leaves the "
            "criterion open until a new test is negative.",
        ),
    ),
    flags=(
        Flag(
            FlagKind.WARNING,
            AllOf(
                FEMALE,
                Stated(CHILDBEARING, ("no",), ("yes",)),
                Not(
                    Established(
                        settles(REASON, "hysterectomy", "bilateral_oophorectomy"),
                        Text("pregnancy.no_surgery", "no surgical reason"),
                    )
                ),
                AgeBetween(BIRTH_DATE, CONSENT_DATE, 0, 49),
            ),
            Text(
                "I1.flag.young",
                "younger than 50 and not of childbearing potential without a surgical reason: check the reason",
            ),
        ),
    ),
)

E1 = Criterion(
    id="E1",
    exclusion=True,
    text=TEXTS["E1"],
    title="Pregnancy, breastfeeding, fertility plans",
    asks=(*_PREGNANCY_ITEMS, FERTILITY_PLAN),
    condition=Switch(
        SEX,
        {
            "female": AnyOf(PREGNANT, Stated(BREASTFEEDING), Stated(FERTILITY_PLAN)),
            "male": Stated(FERTILITY_PLAN),
        },
        otherwise=Cases(((Stated(FERTILITY_PLAN), YES),), otherwise=SEX_UNKNOWN),
    ),
    sources=("Interview note", "Contraception counselling record", "hCG report"),
    notes=(
        _SAME_FACTS,
        Note(
            Mark.INTERPRETATION,
            "“Recent fertility requirements” is a wish for a child in the near future.",
            "recent fertility treatment or recent childbirth; a male partner's pregnancy is not in the text",
        ),
        Note(Mark.DEFAULT, "The wish is asked for the study and until 4 weeks after the last dose."),
    ),
)

_ALLERGY = Choice({"yes": "yes", "no": "no", "never_exposed": "never exposed", "unknown": "unknown"})
ALLERGY_LENALIDOMIDE = Item(
    "allergy_lenalidomide", _ALLERGY, "allergy to lenalidomide", "Is the person allergic to lenalidomide?"
)
ALLERGY_THALIDOMIDE = Item(
    "allergy_thalidomide", _ALLERGY, "allergy to thalidomide", "Is the person allergic to thalidomide?"
)
_CHECKLIST = (
    "Hypersensitivity to the drug or an excipient (lactose problems included), or another contraindication of the "
    "local label."
)
CONTRA_LENALIDOMIDE = Item(
    "contraindication_lenalidomide",
    YES_NO,
    "contraindication to lenalidomide",
    "Is lenalidomide contraindicated?",
    AnsweredBy.CLINICIAN,
    help=_CHECKLIST,
)
CONTRA_THALIDOMIDE = Item(
    "contraindication_thalidomide",
    YES_NO,
    "contraindication to thalidomide",
    "Is thalidomide contraindicated?",
    AnsweredBy.CLINICIAN,
    help=_CHECKLIST,
)
PPP = Item(
    "ppp_conditions_met",
    YES_NO,
    "conditions of the pregnancy prevention programme",
    "Can and will she keep all conditions of the pregnancy prevention programme?",
    AnsweredBy.CLINICIAN,
    applies=AllOf(FEMALE, Not(NOT_CHILDBEARING)),
    plural=True,
)
CONTRACEPTION = Item(
    "contraception_agreed",
    YES_NO,
    "contraception agreed",
    "Is he able and willing to follow the contraceptive measures?",
    AnsweredBy.CLINICIAN,
    applies=MALE,
)

_NO_ALLERGY = ("no", "never_exposed")

E6 = Criterion(
    id="E6",
    exclusion=True,
    text=TEXTS["E6"],
    title="Allergy or contraindication to lenalidomide or thalidomide",
    asks=(
        ALLERGY_LENALIDOMIDE,
        ALLERGY_THALIDOMIDE,
        CONTRA_LENALIDOMIDE,
        CONTRA_THALIDOMIDE,
        PPP,
        CONTRACEPTION,
        *_PREGNANCY_ITEMS,
    ),
    condition=AnyOf(
        Stated(ALLERGY_LENALIDOMIDE, ("yes",), _NO_ALLERGY),
        Stated(ALLERGY_THALIDOMIDE, ("yes",), _NO_ALLERGY),
        Stated(CONTRA_LENALIDOMIDE),
        Stated(CONTRA_THALIDOMIDE),
        Switch(
            SEX,
            {
                "female": AnyOf(PREGNANT, Cases(((NOT_CHILDBEARING, NO),), otherwise=Not(Stated(PPP)))),
                "male": Not(Stated(CONTRACEPTION)),
            },
            otherwise=SEX_UNKNOWN,
        ),
    ),
    sources=("Allergy history", "Pharmacy check against the current local label"),
    notes=(
        Note(Mark.INTERPRETATION, "Either drug is enough, although only lenalidomide is given."),
        Note(
            Mark.INTERPRETATION,
            "The labels' own contraindications count: pregnancy; women of childbearing potential unless all "
            "conditions of the pregnancy prevention programme are met; men unable to follow the contraceptive "
            "measures (EU SmPC 4.3). To be confirmed against the local label.",
            "only what is entered as a contraindication",
        ),
    ),
)

ITEMS = (
    KNOWN_PREGNANT,
    CHILDBEARING,
    REASON,
    TEST_RESULT,
    TEST_DATE,
    TEST_TYPE,
    TEST_ROUTINE,
    BREASTFEEDING,
    FERTILITY_PLAN,
    ALLERGY_LENALIDOMIDE,
    ALLERGY_THALIDOMIDE,
    CONTRA_LENALIDOMIDE,
    CONTRA_THALIDOMIDE,
    PPP,
    CONTRACEPTION,
)
CRITERIA = (I1, E1, E6)
