"""Disease activity despite treatment: I4. Treatment without interruption for more than 3 months, and still recent.

Section I4 of the criteria specification.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from screening.eligibility.comparisons import OnExamination
from screening.eligibility.conditions import AllOf, Condition, Finding, Outline, ask
from screening.eligibility.dates import Span, add_months, minus_days
from screening.eligibility.facts import Facts
from screening.eligibility.items import Item, Rows
from screening.eligibility.kinds import PARTIAL_DATE, TEXT, YES_NO, Choice
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, Mark, Note
from screening.protocols.lenalidomide_dm.cdasi import CDASI, CdasiReaches
from screening.protocols.lenalidomide_dm.person import EVENT_LIMITS, HISTORY_SOFT, SCREENING_DATE
from screening.protocols.lenalidomide_dm.record import TEXTS
from screening.protocols.lenalidomide_dm.settings import TREATMENT_CLASSES

EXPOSURE_MONTHS = 3
VERY_EARLY = date.min
"""The optimistic start of a treatment whose start is not known."""

TREATMENTS = Item(
    "treatments",
    Rows(
        (
            Item("class", Choice(TREATMENT_CLASSES), "class"),
            Item("drug", TEXT, "drug"),
            Item("dose", TEXT, "dose"),
            Item("start", PARTIAL_DATE, "start", limits=EVENT_LIMITS, soft=HISTORY_SOFT),
            Item("stop", PARTIAL_DATE, "stop", limits=EVENT_LIMITS, soft=HISTORY_SOFT),
            Item("ongoing", YES_NO, "ongoing"),
        ),
        ordered=(("start", "stop"),),
    ),
    "treatments",
    plural=True,
    help="For a depot drug that has been stopped, enter the date of the last dose as the stop.",
)

Course = tuple[date, date]

LONG_ENOUGH = Text(
    "exposure.enough", "qualifying treatment without interruption from {start} to {end} is more than {months} months"
)
TOO_SHORT = Text(
    "exposure.short",
    "no qualifying treatment lasted, without interruption, for more than {months} months and until {recent} or later "
    "(screening {screening})",
)
NO_TREATMENT = Text("exposure.none", "no treatment is on file")
NONE_QUALIFIES = Text("exposure.class", "no treatment on file is of a class that counts")
ENTER_MORE = Text(
    "exposure.open",
    "enter class, start, stop and whether ongoing of each treatment more exactly: they leave open whether a qualifying "
    "one lasted more than {months} months",
)


def _may_count(row: Mapping[str, object], facts: Facts) -> bool:
    """Whether its class qualifies, or is not known."""
    classes = facts.config["TX_QUALIFYING"]
    return row.get("class") is None or (isinstance(classes, list | tuple) and row["class"] in classes)


def _course(row: Mapping[str, object], facts: Facts, screening: date, *, optimistic: bool) -> Course | None:
    """One treatment as the shortest or the longest it can have been; None when it does not count."""
    if not _may_count(row, facts) or (row.get("class") is None and not optimistic):
        return None
    start, stop = row.get("start"), row.get("stop")
    if isinstance(start, Span):
        begin = start.earliest if optimistic else start.latest
    elif optimistic:
        begin = VERY_EARLY
    else:
        return None
    ongoing = row.get("ongoing") == "yes"
    # A stop beside "ongoing" contradicts it, and either may be the error: it counts where it makes the course shorter.
    if isinstance(stop, Span) and not (ongoing and optimistic):
        end = add_months(stop.latest if optimistic else stop.earliest, _depot_months(row, facts))
    elif ongoing or optimistic:
        end = screening
    else:
        return None
    end = min(end, screening)
    return (begin, end) if begin <= end else None


def _depot_months(row: Mapping[str, object], facts: Facts) -> int:
    drug, depots = row.get("drug"), facts.config["DEPOT_MONTHS"]
    if not isinstance(drug, str) or not isinstance(depots, Mapping):
        return 0
    return int(depots.get(drug.strip().lower(), 0))


def _recent_from(screening: date, facts: Facts) -> date:
    """The first day on which a treatment may have ended and still count."""
    recency = facts.config["TX_RECENCY_DAYS"]
    if not isinstance(recency, int):
        raise TypeError("TX_RECENCY_DAYS is a whole number of days.")
    return minus_days(screening, recency)


def _longest(
    rows: tuple[Mapping[str, object], ...], facts: Facts, screening: date, *, optimistic: bool
) -> Course | None:
    """The first uninterrupted course that is long and recent enough, or None."""
    gap = facts.config["TX_GAP_DAYS"]
    if not isinstance(gap, int):
        raise TypeError("TX_GAP_DAYS is a whole number of days.")
    found = (_course(row, facts, screening, optimistic=optimistic) for row in rows)
    merged: list[Course] = []
    for begin, end in sorted(course for course in found if course is not None):
        if merged and begin <= merged[-1][1] + timedelta(days=1 + gap):
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    recent = _recent_from(screening, facts)
    for begin, end in merged:
        if add_months(begin, EXPOSURE_MONTHS) < end and end >= recent:
            return begin, end
    return None


@dataclass(frozen=True, eq=False)
class TreatedLongEnough(Condition):
    """Some qualifying course, interruptions up to TX_GAP_DAYS merged, lasted more than 3 months and is recent."""

    def evaluate(self, facts: Facts) -> Finding:
        names = (TREATMENTS.name, SCREENING_DATE.name)
        rows, screening = facts.values.get(TREATMENTS.name), facts.values.get(SCREENING_DATE.name)
        if not isinstance(rows, tuple):
            return Finding(UNKNOWN, (ask(TREATMENTS),), names, (TREATMENTS.name,))
        if not rows:
            return Finding(FALSE, (NO_TREATMENT(),), names)
        if not any(_may_count(row, facts) for row in rows):
            return Finding(FALSE, (NONE_QUALIFIES(),), names)
        if not isinstance(screening, Span):
            return Finding(UNKNOWN, (ask(SCREENING_DATE),), names, (SCREENING_DATE.name,))
        certain = _longest(rows, facts, screening.day, optimistic=False)
        if certain:
            begin, end = (day.isoformat() for day in certain)
            return Finding(TRUE, (LONG_ENOUGH(start=begin, end=end, months=EXPOSURE_MONTHS),), names)
        if _longest(rows, facts, screening.day, optimistic=True):
            return Finding(UNKNOWN, (ENTER_MORE(months=EXPOSURE_MONTHS),), names, (TREATMENTS.name,))
        recent = _recent_from(screening.day, facts).isoformat()
        return Finding(FALSE, (TOO_SHORT(months=EXPOSURE_MONTHS, recent=recent, screening=screening.text),), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        classes = config["TX_QUALIFYING"]
        shown = ", ".join(TREATMENT_CLASSES[code] for code in classes) if isinstance(classes, list | tuple) else ""
        depots = config["DEPOT_MONTHS"]
        lasting = (
            ", ".join(f"{drug} {months} months" for drug, months in depots.items())
            if isinstance(depots, Mapping)
            else ""
        )
        return Outline(
            f"qualifying treatment for more than {EXPOSURE_MONTHS} months (start + {EXPOSURE_MONTHS} calendar months "
            "before its end), still recent",
            (
                Outline(f"classes that count: {shown} [D: TX_QUALIFYING]"),
                Outline(f"interruptions of up to {config['TX_GAP_DAYS']} days do not interrupt [D: TX_GAP_DAYS]"),
                Outline(f"ended at most {config['TX_RECENCY_DAYS']} days before screening [D: TX_RECENCY_DAYS]"),
                Outline(f"goes on counting after the last dose: {lasting or 'none'} [D: DEPOT_MONTHS]"),
                Outline("partial dates: met when the shortest possible courses pass, not met when the longest fail"),
            ),
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (TREATMENTS, SCREENING_DATE)

    @property
    def own_settings(self) -> tuple[str, ...]:
        return ("TX_QUALIFYING", "TX_GAP_DAYS", "TX_RECENCY_DAYS", "DEPOT_MONTHS")


I4 = Criterion(
    id="I4",
    exclusion=False,
    text=TEXTS["I4"],
    title="Active skin disease despite treatment",
    asks=(SCREENING_DATE, *CDASI.items, TREATMENTS),
    condition=AllOf(OnExamination(CDASI, CdasiReaches(12)), TreatedLongEnough()),
    sources=("Signed CDASI worksheet and photographs", "Prescriptions, medication list, discharge letters"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "“CDASI ≥12” is the activity score: the registry's primary outcome is “CDASI activity score (0-100)”.",
            "activity and damage together, or damage (CDASI_COMPONENT)",
        ),
        Note(Mark.INTERPRETATION, "“More than 3 months” qualifies the treatment.", "the activity persists so long"),
        Note(
            Mark.INTERPRETATION,
            "Any class, or sequences and combinations of them without interruption, add up.",
            "one single drug for more than 3 months, or each class for more than 3 months",
        ),
        Note(Mark.DEFAULT, "“Despite” means still on treatment: it ended at most TX_RECENCY_DAYS before screening."),
        Note(
            Mark.DEFAULT,
            "Topical corticosteroids, antimalarials and immunoglobulins do not qualify (TX_QUALIFYING).",
            "they do",
        ),
        Note(Mark.INTERPRETATION, "No minimum dose is stated, so none is asked."),
        Note(Mark.INTERPRETATION, "The CDASI version is not stated: version 2."),
        Note(Mark.INTERPRETATION, "Exactly 3 calendar months is not “more than”."),
    ),
)
CRITERIA = (I4,)
ITEMS = (TREATMENTS,)
