"""Malignant tumours: E15, per tumour "within 5 years, and not excepted". Section E15 of the criteria specification."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

from screening.eligibility.conditions import (
    ASKED_UNKNOWN,
    AllOf,
    Condition,
    Entered,
    Finding,
    Outline,
    Stated,
    ask,
    missing,
)
from screening.eligibility.dates import Span, add_months, lies_within, minus_years
from screening.eligibility.facts import Facts
from screening.eligibility.items import AnsweredBy, Item, Rows
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


_ROWS = Rows(
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
            answered_by=AnsweredBy.CLINICIAN,
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
)
TUMOURS = Item(
    "tumors",
    _ROWS,
    "tumours",
    applies=Stated(EVER),
    plural=True,
)

FIELDS = {field.name: field for field in _ROWS.fields}
DECIDING = (
    "diagnosis_date",
    "treatment_status",
    "treatment_completion_date",
    "disease_status",
    "stable_since",
    "relapse",
    "last_relapse_date",
)
"""The fields that the rule reads, in the order in which they are said."""

EXCLUDES = Text(
    "tumour.excludes",
    "tumour {number} ({known}): within 5 years before screening, and not stable for more than 6 months after "
    "completed treatment",
)
OLDER = Text("tumour.older", "tumour {number} ({known}): nothing of it lies within 5 years before screening")
EXCEPTED = Text("tumour.excepted", "tumour {number} ({known}): stable for more than 6 months after completed treatment")
ENTERED = Text("tumour.entered", "{field}: {value}")
AND = Text("tumour.and", "{first}, {second}")
TO_DO = Text("tumour.to_do", "tumour {number}: {what}")
MORE_EXACTLY = Text("tumour.split", "tumour {number}: enter the {field} more exactly: {date} leaves it open")
CHECK = Text(
    "tumour.after", "tumour {number}: {field} {date} is after the screening visit {screening}: check both dates"
)
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


class Limb(NamedTuple):
    """One part of the rule for a tumour: its truth, and the field to complete while that is not known."""

    truth: Truth
    field: str


def _limb(
    row: Mapping[str, object], field: str, truth_of: Callable[[Span, date], Truth], screening: date | None
) -> Limb:
    day = _span(row, field)
    return Limb(UNKNOWN if day is None or screening is None else truth_of(day, screening), field)


def _relapses(
    row: Mapping[str, object], truth_of: Callable[[Span, date], Truth], screening: date | None
) -> Iterator[Limb]:
    """The last relapse: nothing when there was none, not known when nobody said whether there was."""
    relapse = _text(row, "relapse")
    if relapse == "yes":
        yield _limb(row, "last_relapse_date", truth_of, screening)
    elif relapse != "no":
        yield Limb(UNKNOWN, "relapse")


def within_window(row: Mapping[str, object], screening: date | None) -> list[Limb]:
    """It is within the window when any of these is so: present, or a relevant date of it lies in the window."""
    unclear = "disease_status" if _text(row, "disease_status") in (None, "unknown") else "treatment_status"
    limbs = [Limb(present_now(row), unclear), _limb(row, "diagnosis_date", _in_window, screening)]
    if _text(row, "treatment_status") not in ("ongoing", "not_required"):
        limbs.append(_limb(row, "treatment_completion_date", _in_window, screening))
    return [*limbs, *_relapses(row, _in_window, screening)]


def excepted(row: Mapping[str, object], screening: date | None) -> list[Limb]:
    """It is excepted when all of these are so: stable for more than six months after a completed programme."""
    treatment, disease = _text(row, "treatment_status"), _text(row, "disease_status")
    completed = {"completed": TRUE, "ongoing": FALSE, "not_required": FALSE}.get(treatment or "", UNKNOWN)
    stable = {"ned": TRUE, "stable": TRUE, "progressive": FALSE}.get(disease or "", UNKNOWN)
    limbs = [
        Limb(completed, "treatment_status"),
        Limb(stable, "disease_status"),
        _limb(row, "treatment_completion_date", _months_passed, screening),
        *_relapses(row, _months_passed, screening),
    ]
    if disease == "stable":
        limbs.append(_limb(row, "stable_since", _months_passed, screening))
    return limbs


def _in_window(day: Span, screening: date) -> Truth:
    return lies_within(day, minus_years(screening, WINDOW_YEARS), screening)


def _months_passed(since: Span, screening: date) -> Truth:
    if add_months(since.latest, STABLE_MONTHS) < screening:
        return TRUE
    return FALSE if add_months(since.earliest, STABLE_MONTHS) >= screening else UNKNOWN


def _any(limbs: list[Limb]) -> Truth:
    return reduce(or_, (limb.truth for limb in limbs), FALSE)


def _all(limbs: list[Limb]) -> Truth:
    return reduce(and_, (limb.truth for limb in limbs), TRUE)


def _known(row: Mapping[str, object]) -> Message:
    """What is entered of a tumour and read by the rule."""
    said = []
    for name in DECIDING:
        value = row.get(name)
        if value is not None:
            field = FIELDS[name]
            text = value.text if isinstance(value, Span) else field.shown(str(value))
            said.append(ENTERED(field=field.term, value=text))
    return reduce(lambda first, second: AND(first=first, second=second), said)


def _to_do(number: int, row: Mapping[str, object], limbs: Iterable[Limb], screening: date) -> Iterator[Message]:
    """What to do about each limb that is not known."""
    for name in dict.fromkeys(limb.field for limb in limbs if limb.truth is UNKNOWN):
        value, field = row.get(name), FIELDS[name]
        if not isinstance(value, Span):
            unknown = ASKED_UNKNOWN(item=field.asked, value=str(value))
            yield TO_DO(number=number, what=ask(field) if value is None else unknown)
        elif value.earliest > screening:
            yield CHECK(number=number, field=field.term, date=value.text, screening=screening.isoformat())
        else:
            yield MORE_EXACTLY(number=number, field=field.term, date=value.text)


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
        return self._rows(rows, screening.day if isinstance(screening, Span) else None, ever == "yes", names)

    def _rows(
        self, rows: tuple[Mapping[str, object], ...], screening: date | None, ever: bool, names: tuple[str, ...]
    ) -> Finding:
        said: dict[Truth, list[Message]] = {TRUE: [], FALSE: [], UNKNOWN: []}
        for number, row in enumerate(rows, start=1):
            within, exception = within_window(row, screening), excepted(row, screening)
            known = _any(within) & ~_all(exception)
            if known is not UNKNOWN:
                text = EXCLUDES if known is TRUE else OLDER if _any(within) is FALSE else EXCEPTED
                said[known].append(text(number=number, known=_known(row)))
            elif screening is None:
                said[UNKNOWN].append(ask(SCREENING_DATE))
            else:
                unsettled = (within if _any(within) is UNKNOWN else []) + (
                    exception if _all(exception) is UNKNOWN else []
                )
                said[UNKNOWN].extend(_to_do(number, row, unsettled, screening))
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
