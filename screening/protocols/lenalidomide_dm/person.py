"""The person and the anchors: dates that other rules count from, sex at birth, age (I2).

Sections 1.2 and I2 of the criteria specification.
"""

from __future__ import annotations

from screening.eligibility.comparisons import AgeBetween, Before
from screening.eligibility.conditions import Not, Stated
from screening.eligibility.items import AnsweredBy, Item
from screening.eligibility.kinds import FULL_DATE, PARTIAL_DATE, Choice
from screening.eligibility.limits import Limit, NotAfter, NotBefore, NotLongAgo
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.record import TEXTS

DERIVED = AnsweredBy.DERIVED

EVALUATION_DATE = Item("evaluation_date", FULL_DATE, "day of evaluation", answered_by=DERIVED)
NOT_FUTURE = NotAfter("evaluation_date", EVALUATION_DATE.label)

CONSENT_DATE = Item("consent_date", FULL_DATE, "date of consent", answered_by=DERIVED, limits=(NOT_FUTURE,))
BIRTH_DATE = Item(
    "birth_date",
    PARTIAL_DATE,
    "birth date",
    answered_by=DERIVED,
    limits=(NOT_FUTURE, NotAfter("consent_date", CONSENT_DATE.label)),
    help="Never type an age: it is computed from the birth date on the date of consent.",
)
EVENT_LIMITS: tuple[Limit, ...] = (NOT_FUTURE, NotBefore("birth_date", BIRTH_DATE.label))
"""The hard limits of every date of an event (1.5)."""

SCREENING_DATE = Item(
    "screening_date",
    FULL_DATE,
    "date of the screening visit",
    limits=EVENT_LIMITS,
    help="The calendar date of the screening visit in the site's time zone. Screening again is a new attempt.",
)
HISTORY_SOFT: tuple[Limit, ...] = (
    NotAfter("screening_date", SCREENING_DATE.label),
    NotLongAgo("screening_date", SCREENING_DATE.label),
)
"""The soft limits of a history date (1.5)."""

SEX = Item(
    "sex_at_birth",
    Choice({"male": "male", "female": "female", "other_unknown": "other or unknown"}),
    "sex at birth",
    answered_by=DERIVED,
)
FEMALE = Stated(SEX, ("female",), ("male",))
MALE = Stated(SEX, ("male",), ("female",))

ITEMS = (EVALUATION_DATE, CONSENT_DATE, BIRTH_DATE, SCREENING_DATE, SEX)

I2 = Criterion(
    id="I2",
    exclusion=False,
    text=TEXTS["I2"],
    title="Age 18 to 75 at consent",
    asks=(BIRTH_DATE, CONSENT_DATE, SCREENING_DATE),
    condition=AgeBetween(BIRTH_DATE, CONSENT_DATE, 18, 75),
    sources=("Identity card or passport", "Signed consent form"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "Eligible up to the day before the 76th birthday, in completed years.",
            "up to and including the 75th birthday only",
        ),
        Note(
            Mark.INTERPRETATION,
            "Someone born on 29 February ages on 1 March in years without that day.",
            "on 28 February",
        ),
    ),
    flags=(
        Flag(
            FlagKind.CONFIRM,
            Not(AgeBetween(BIRTH_DATE, CONSENT_DATE, 18, 75)),
            Text("I2.flag.age", "the age at consent is outside 18 to 75: check the birth date"),
        ),
        Flag(
            FlagKind.FORM,
            Before(SCREENING_DATE, CONSENT_DATE),
            Text("I2.flag.order", "the screening visit is before consent: correct one of the two dates"),
        ),
    ),
)
