"""The criteria with a look-back window: E9, E12, E13 and E14. E12 counts from consent, the others from screening.

Sections 1.2, 1.3, E9, E12, E13 and E14 of the criteria specification.
"""

from __future__ import annotations

from screening.eligibility.branches import NO, YES, Cases, Switch
from screening.eligibility.comparisons import Before, Within
from screening.eligibility.conditions import AllOf, AnyOf, Condition, Entered, Established, Stated, settles
from screening.eligibility.items import Item
from screening.eligibility.kinds import PARTIAL_DATE, YES_NO
from screening.eligibility.logic import TRUE
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.person import CONSENT_DATE, EVENT_LIMITS, HISTORY_SOFT, SCREENING_DATE
from screening.protocols.lenalidomide_dm.record import TEXTS


def _history(name: str, label: str, applies: Condition, help: str = "") -> Item:
    return Item(name, PARTIAL_DATE, label, limits=EVENT_LIMITS, soft=HISTORY_SOFT, applies=applies, help=help)


def _after(criterion: str, date: Item, anchor: Item) -> Flag:
    return Flag(
        FlagKind.QUERY,
        Before(anchor, date),
        Text(f"{criterion}.flag.after", f"the {date.label} is after the {anchor.label}: check both dates"),
    )


HZ_EVER = Item("hz_ever", YES_NO, "herpes zoster ever", "Has the person ever had herpes zoster?")
_ZOSTER = Stated(HZ_EVER)
HZ_RECURRENT = Item(
    "hz_recurrent",
    YES_NO,
    "recurrent herpes zoster",
    "Was herpes zoster recurrent (two or more episodes in life)?",
    applies=_ZOSTER,
)
HZ_DISSEMINATED = Item(
    "hz_disseminated",
    YES_NO,
    "disseminated herpes zoster",
    "Was herpes zoster ever disseminated (more than one dermatome)?",
    applies=_ZOSTER,
)
HZ_OPHTHALMIC = Item(
    "hz_ophthalmic", YES_NO, "ophthalmic zoster", "Was herpes zoster ever ophthalmic?", applies=_ZOSTER
)
HSV_DISSEMINATED = Item(
    "hsv_disseminated",
    YES_NO,
    "disseminated herpes simplex",
    "Has the person ever had disseminated herpes simplex?",
)
HZ_ACTIVE = Item(
    "hz_active_now",
    YES_NO,
    "herpes zoster lesions now",
    "Are there herpes zoster lesions now?",
    applies=_ZOSTER,
    plural=True,
)
HZ_LAST = _history(
    "hz_last_lesion_date",
    "last day with herpes zoster lesions",
    _ZOSTER,
    "The last day with lesions, not the onset: lesions at any time in the window count.",
)


def _switched_off(limb: Condition) -> Condition:
    """``hz_ever=no`` switches a zoster limb off, unless its own answer says yes."""
    certain = Established(limb, Text("E9.no_zoster", "no herpes zoster ever"))
    return Switch(HZ_EVER, {"no": certain}, otherwise=limb)


E9 = Criterion(
    id="E9",
    exclusion=True,
    text=TEXTS["E9"],
    title="Herpes zoster, disseminated herpes simplex",
    asks=(
        SCREENING_DATE,
        HZ_EVER,
        HZ_RECURRENT,
        HZ_DISSEMINATED,
        HZ_OPHTHALMIC,
        HSV_DISSEMINATED,
        HZ_ACTIVE,
        HZ_LAST,
    ),
    condition=AnyOf(
        _switched_off(Stated(HZ_RECURRENT)),
        _switched_off(Stated(HZ_DISSEMINATED)),
        _switched_off(Stated(HZ_OPHTHALMIC)),
        Stated(HSV_DISSEMINATED),
        _switched_off(Stated(HZ_ACTIVE)),
        # A date by itself does not overrule "never had it": it raises a query.
        Switch(HZ_EVER, {"no": NO}, otherwise=Within(HZ_LAST, SCREENING_DATE, days=90)),
    ),
    sources=("Dermatology or ophthalmology notes", "Prescriptions of antivirals"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "“Disseminated” is more than one dermatome, as the record equates it with “multi-dermatomal”.",
            "three or more dermatomes, or visceral disease",
        ),
        Note(Mark.INTERPRETATION, "Lesions on any day of the window count, not the onset alone."),
        Note(Mark.INTERPRETATION, "Both ends of “within 90 days” are inside.", "day 90 is outside"),
        Note(Mark.PROTOCOL, "The histories have no time limit."),
    ),
    flags=(
        Flag(
            FlagKind.QUERY,
            AllOf(
                settles(HZ_EVER, "no"),
                AnyOf(*(settles(item, "yes") for item in (HZ_RECURRENT, HZ_DISSEMINATED, HZ_OPHTHALMIC, HZ_ACTIVE))),
            ),
            Text("E9.flag.ever", "herpes zoster ever is answered no, but a kind of it is answered yes: correct one"),
        ),
        Flag(
            FlagKind.QUERY,
            AllOf(settles(HZ_EVER, "no"), Entered(HZ_LAST)),
            Text("E9.flag.date", "herpes zoster ever is answered no, but a date of lesions is entered: correct one"),
        ),
        _after("E9", HZ_LAST, SCREENING_DATE),
    ),
)

ABUSE_HISTORY = Item(
    "abuse_history",
    YES_NO,
    "history of abuse",
    "Has the person ever abused alcohol, drugs or chemicals?",
    help="Abuse is not use; tobacco is not meant.",
)
ABUSE_ONGOING = Item("abuse_ongoing", YES_NO, "ongoing abuse", "Is the abuse ongoing?", applies=Stated(ABUSE_HISTORY))
ABUSE_LAST = _history("abuse_last_date", "date of the last abuse", Stated(ABUSE_HISTORY))

E12 = Criterion(
    id="E12",
    exclusion=True,
    text=TEXTS["E12"],
    title="Alcohol, drug or chemical abuse within a year",
    asks=(CONSENT_DATE, ABUSE_HISTORY, ABUSE_ONGOING, ABUSE_LAST),
    condition=Cases(
        ((Stated(ABUSE_ONGOING), YES),),
        otherwise=Switch(
            ABUSE_HISTORY,
            {"no": NO, "yes": AnyOf(Stated(ABUSE_ONGOING), Within(ABUSE_LAST, CONSENT_DATE, years=1))},
        ),
    ),
    sources=("History", "AUDIT or similar [A]", "Records"),
    notes=(
        Note(Mark.PROTOCOL, "The year is counted back from the signing of consent, not from screening."),
        Note(Mark.INTERPRETATION, "Abuse is not use; tobacco is not meant.", "any use"),
        Note(Mark.INTERPRETATION, "The first day of the year counted back is inside.", "it is outside"),
    ),
    flags=(
        _after("E12", ABUSE_LAST, CONSENT_DATE),
        Flag(
            FlagKind.QUERY,
            AllOf(settles(ABUSE_HISTORY, "no"), settles(ABUSE_ONGOING, "yes")),
            Text("E12.flag.ongoing", "abuse ever is answered no, but ongoing abuse yes: correct one of them"),
        ),
    ),
)

SURGERY_EVER = Item(
    "major_surgery_ever",
    YES_NO,
    "major surgery ever",
    "Has the person ever had major surgery?",
    help=(
        "[D] Major: opens a body cavity, or general or neuraxial anaesthesia with an expected stay of a night or "
        "more. Skin or muscle biopsy, dental work, endoscopy and cataract surgery are minor."
    ),
)
SURGERY_DATE = _history("major_surgery_date", "date of the last major surgery", Stated(SURGERY_EVER))
SURGERY_PLANNED = Item(
    "major_surgery_planned",
    YES_NO,
    "planned major surgery",
    "Is major surgery planned at any time during participation?",
)

E13 = Criterion(
    id="E13",
    exclusion=True,
    text=TEXTS["E13"],
    title="Major surgery within 8 weeks, or planned",
    asks=(SCREENING_DATE, SURGERY_EVER, SURGERY_DATE, SURGERY_PLANNED),
    condition=AnyOf(
        Stated(SURGERY_PLANNED),
        AllOf(Stated(SURGERY_EVER), Within(SURGERY_DATE, SCREENING_DATE, days=56, after=TRUE)),
    ),
    sources=("Operative report", "Surgical schedule"),
    notes=(
        Note(Mark.INTERPRETATION, "8 weeks are 56 days, both ends inside.", "day 56 is outside"),
        Note(
            Mark.INTERPRETATION,
            "Surgery after the screening visit is surgery during participation, so it excludes.",
            "undetermined until reviewed",
        ),
        Note(
            Mark.DEFAULT,
            "“Major” opens a body cavity, or needs general or neuraxial anaesthesia with an expected stay of a night "
            "or more.",
        ),
        Note(Mark.INTERPRETATION, "Participation lasts from consent to the end of follow-up."),
    ),
    flags=(_after("E13", SURGERY_DATE, SCREENING_DATE),),
)

VACCINE = Item(
    "live_vaccine_received",
    YES_NO,
    "live vaccine received",
    "Has the person ever received a live or attenuated vaccine?",
    help=(
        "Live: MMR, varicella, live zoster, yellow fever, nasal influenza, oral polio, BCG, rotavirus, oral typhoid, "
        "live JE SA14-14-2, live hepatitis A (China), dengue, nasal live-attenuated-influenza-vector COVID-19. Not "
        "live: inactivated, mRNA, protein and non-replicating vector vaccines, recombinant zoster, HBV, HPV, "
        "pneumococcal."
    ),
)
VACCINE_DATE = _history("live_vaccine_date", "date of the last live vaccine", Stated(VACCINE))

E14 = Criterion(
    id="E14",
    exclusion=True,
    text=TEXTS["E14"],
    title="Live vaccine within 4 weeks",
    asks=(SCREENING_DATE, VACCINE, VACCINE_DATE),
    condition=AllOf(Stated(VACCINE), Within(VACCINE_DATE, SCREENING_DATE, days=28)),
    sources=("Vaccination booklet or registry",),
    notes=(
        Note(Mark.INTERPRETATION, "4 weeks are 28 days, not a month, both ends inside.", "day 28 is outside"),
        Note(
            Mark.INTERPRETATION,
            "A live vaccine after the screening visit is not “prior”, but matters clinically: undetermined, with a "
            "query.",
        ),
    ),
    flags=(_after("E14", VACCINE_DATE, SCREENING_DATE),),
)

ITEMS = (
    HZ_EVER,
    HZ_RECURRENT,
    HZ_DISSEMINATED,
    HZ_OPHTHALMIC,
    HSV_DISSEMINATED,
    HZ_ACTIVE,
    HZ_LAST,
    ABUSE_HISTORY,
    ABUSE_ONGOING,
    ABUSE_LAST,
    SURGERY_EVER,
    SURGERY_DATE,
    SURGERY_PLANNED,
    VACCINE,
    VACCINE_DATE,
)
CRITERIA = (E9, E12, E13, E14)
