"""Malignant tumours: E15, per tumour "within 5 years, and not excepted". Section E15 of the criteria specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from screening.eligibility.conditions import AllOf, Condition, Entered, Finding, Outline, Stated, ask, missing
from screening.eligibility.dates import Span, add_months, lies_within, minus_years
from screening.eligibility.facts import Facts
from screening.eligibility.items import Item, Rows
from screening.eligibility.kinds import PARTIAL_DATE, TEXT, YES_NO, Choice
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth
from screening.eligibility.messages import Message, Text
from screening.eligibility.protocol import Criterion, Flag, FlagKind, Mark, Note
from screening.protocols.lenalidomide_dm.person import EVENT_LIMITS, HISTORY_SOFT, SCREENING_DATE
from screening.protocols.lenalidomide_dm.record import TEXTS

WINDOW_YEARS = 5
STABLE_MONTHS = 6

EVER = Item("malignancy_ever", YES_NO, "malignant tumour ever", "Has the person ever had a malignant tumour?")


def _date(name: str, label: str) -> Item:
    return Item(name, PARTIAL_DATE, label, limits=EVENT_LIMITS, soft=HISTORY_SOFT)


TUMOURS = Item(
    "tumors",
    Rows(
        (
            Item("site_histology", TEXT, "site and histology"),
            _date("diagnosis_date", "date of diagnosis"),
            Item(
                "treatment_status",
                Choice(
                    {
                        "completed": "completed",
                        "ongoing": "ongoing",
                        "not_required": "not required",
                        "unknown": "unknown",
                    }
                ),
                "treatment status",
            ),
            _date("treatment_completion_date", "date of treatment completion"),
            Item(
                "disease_status",
                Choice(
                    {
                        "ned": "no evidence of disease",
                        "stable": "stable",
                        "progressive": "progressive",
                        "unknown": "unknown",
                    }
                ),
                "disease status",
            ),
            _date("disease_status_date", "date of the disease status"),
            _date("stable_since", "date since when it is stable"),
            Item(
                "relapse",
                YES_NO,
                "relapse",
                "Has there been a relapse or progression after the first diagnosis?",
            ),
            _date("last_relapse_date", "date of the last relapse"),
        )
    ),
    "tumours",
    applies=Stated(EVER),
    plural=True,
)

EXCLUDES = Text(
    "tumour.excludes",
    "tumour {number}: within 5 years before screening, and not stable for more than 6 months after completed treatment",
)
OLDER = Text("tumour.older", "tumour {number}: nothing of it lies within 5 years before screening")
EXCEPTED = Text("tumour.excepted", "tumour {number}: stable for more than 6 months after completed treatment")
OPEN_TUMOUR = Text("tumour.open", "complete tumour {number}: its dates, treatment status, disease status and relapse")
NONE = Text("tumour.none", "no malignant tumour ever")
LIST_THEM = Text("tumour.list", "enter each tumour")


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _span(row: Mapping[str, object], name: str) -> Span | None:
    value = row.get(name)
    return value if isinstance(value, Span) else None


def present_now(row: Mapping[str, object]) -> Truth:
    """Whether the tumour is there at screening."""
    treatment, disease = _text(row, "treatment_status"), _text(row, "disease_status")
    if treatment == "ongoing" or disease == "progressive" or (treatment == "not_required" and disease == "stable"):
        return TRUE
    if disease == "ned" or (treatment == "completed" and disease == "stable"):
        return FALSE
    return UNKNOWN


def _relapses(row: Mapping[str, object]) -> Iterator[Span | None]:
    """The last relapse: nothing when there was none, None when it is not known."""
    relapse = _text(row, "relapse")
    if relapse == "yes":
        yield _span(row, "last_relapse_date")
    elif relapse != "no":
        yield None


def within_window(row: Mapping[str, object], screening: date | None) -> Truth:
    """Whether it is present, or any of its relevant dates lies in the window; a missing one leaves that open."""
    dates = [_span(row, "diagnosis_date"), *_relapses(row)]
    if _text(row, "treatment_status") not in ("ongoing", "not_required"):
        dates.append(_span(row, "treatment_completion_date"))
    known = present_now(row)
    for day in dates:
        if day is None or screening is None:
            known |= UNKNOWN
        else:
            known |= lies_within(day, minus_years(screening, WINDOW_YEARS), screening)
    return known


def excepted(row: Mapping[str, object], screening: date | None) -> Truth:
    """Whether it is stable for more than six months after a completed treatment programme."""
    treatment, disease = _text(row, "treatment_status"), _text(row, "disease_status")
    known = {"completed": TRUE, "ongoing": FALSE, "not_required": FALSE}.get(treatment or "", UNKNOWN)
    known &= {"ned": TRUE, "stable": TRUE, "progressive": FALSE}.get(disease or "", UNKNOWN)
    since = [_span(row, "treatment_completion_date"), *_relapses(row)]
    if disease == "stable":
        since.append(_span(row, "stable_since"))
    for day in since:
        known &= UNKNOWN if day is None or screening is None else _months_passed(day, screening)
    return known


def _months_passed(since: Span, screening: date) -> Truth:
    if add_months(since.latest, STABLE_MONTHS) < screening:
        return TRUE
    return FALSE if add_months(since.earliest, STABLE_MONTHS) >= screening else UNKNOWN


@dataclass(frozen=True, eq=False)
class TumourExcludes(Condition):
    """Any tumour lies within the window and is not excepted."""

    def evaluate(self, facts: Facts) -> Finding:
        ever = facts.values.get(EVER.name)
        if ever == "no":
            return Finding(FALSE, (NONE(),), (EVER.name,))
        names = (EVER.name, TUMOURS.name, SCREENING_DATE.name)
        rows, screening = facts.values.get(TUMOURS.name), facts.values.get(SCREENING_DATE.name)
        if not isinstance(rows, tuple) or not rows:
            if ever == "yes":
                return Finding(UNKNOWN, (LIST_THEM(),), names, (TUMOURS.name,))
            return Finding(UNKNOWN, (ask(EVER),), names, (EVER.name,))
        return self._rows(rows, screening.earliest if isinstance(screening, Span) else None, ever == "yes", names)

    def _rows(
        self, rows: tuple[Mapping[str, object], ...], screening: date | None, ever: bool, names: tuple[str, ...]
    ) -> Finding:
        said: dict[Truth, list[Message]] = {TRUE: [], FALSE: [], UNKNOWN: []}
        for number, row in enumerate(rows, start=1):
            within, exception = within_window(row, screening), excepted(row, screening)
            known = within & ~exception
            if known is FALSE:
                text = OLDER if within is FALSE else EXCEPTED
            else:
                text = EXCLUDES if known is TRUE else OPEN_TUMOUR
            said[known].append(text(number=number))
        if said[TRUE]:
            return Finding(TRUE, tuple(said[TRUE]), names)
        if not ever:
            # Tumours are listed, but nobody said whether there were any: not taken as the whole list.
            return Finding(UNKNOWN, (ask(EVER), *said[UNKNOWN]), names, (EVER.name,))
        if said[UNKNOWN] and screening is None:
            return missing(SCREENING_DATE)._replace(items=names)
        if said[UNKNOWN]:
            return Finding(UNKNOWN, tuple(said[UNKNOWN]), names, (TUMOURS.name,))
        return Finding(FALSE, tuple(said[FALSE]), names)

    def describe(self, config: Mapping[str, object]) -> Outline:
        return Outline(
            "any tumour is within the window and not excepted (no tumour ever: no; ever, but none listed: "
            "undetermined)",
            (
                Outline(
                    f"within the window: present now, or diagnosed, treated to completion or relapsed within "
                    f"{WINDOW_YEARS} years before the screening visit, both ends included",
                    (
                        Outline("present now: treatment ongoing, or progressive, or stable without treatment required"),
                        Outline("a missing date, or one after the screening visit, leaves this open"),
                    ),
                ),
                Outline(
                    f"excepted: treatment completed, no evidence of disease or stable, and more than {STABLE_MONTHS} "
                    "months from the latest of completion, last relapse and, if stable, since when, to the screening "
                    "visit",
                ),
            ),
        )

    @property
    def own_items(self) -> tuple[Item, ...]:
        return (EVER, TUMOURS, SCREENING_DATE)


E15 = Criterion(
    id="E15",
    exclusion=True,
    text=TEXTS["E15"],
    title="Malignant tumour within 5 years",
    asks=(SCREENING_DATE, EVER, TUMOURS),
    condition=TumourExcludes(),
    sources=("Pathology", "Oncology end-of-treatment letter", "Imaging"),
    notes=(
        Note(
            Mark.INTERPRETATION,
            "Any active period within the 5 years counts: diagnosis, treatment, relapse, presence.",
            "the date of diagnosis only",
        ),
        Note(
            Mark.INTERPRETATION,
            "The parenthesis presupposes a completed treatment programme: a tumour that needed none is not excepted.",
            "stable disease without treatment is excepted",
        ),
        Note(
            Mark.INTERPRETATION,
            "The parenthesis is an exception to the 5-year bar.",
            "it only defines remission, and every tumour within 5 years excludes; ask the sponsor",
        ),
        Note(
            Mark.INTERPRETATION,
            "Tumours in situ and non-melanoma skin cancers are not exempted by the text.",
            "exempt",
        ),
        Note(Mark.INTERPRETATION, "“More than 6 months” is strict: exactly 6 calendar months is not enough."),
        Note(Mark.ADVISORY, "Cancer screening in dermatomyositis is good practice, not a criterion."),
    ),
    flags=(
        Flag(
            FlagKind.QUERY,
            AllOf(Stated(EVER, ("no",), ("yes",)), Entered(TUMOURS)),
            Text("E15.flag.ever", "no malignant tumour ever is answered, but one is listed: correct one of them"),
        ),
    ),
)

ITEMS = (EVER, TUMOURS)
CRITERIA = (E15,)
