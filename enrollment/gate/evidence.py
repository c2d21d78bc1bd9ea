"""Until when things count: the screening window, and evidence that lapses before the day of enrollment.

Boundary: pure; the days are settings of the study that the protocol names, not protocol text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from screening import usability
from screening.eligibility.evaluation import Subject, evaluate
from screening.eligibility.items import Examination
from screening.eligibility.protocol import Protocol
from screening.selectors import Loaded


@dataclass(frozen=True)
class Lapse:
    """An examination that counts for ``days`` after ``taken``, the last time on ``last``. ``card`` asks for it."""

    examination: Examination
    taken: date
    days: int
    card: str

    @property
    def last(self) -> date:
        """The last day on which it counts."""
        return self.taken + timedelta(days=self.days)


def window_ends(protocol: Protocol, screening_date: date) -> date | None:
    """The last day of the screening window; None when the protocol sets no end."""
    return usability.window_ends(protocol.examinations, screening_date, protocol.defaults)


def lapses(loaded: Loaded) -> Iterator[Lapse]:
    """The evidence of a record that lapses before enrollment, as far as it is needed.

    An examination whose values the outcome does not need, such as one that is not asked of this person, does not count.
    """
    for examination in loaded.protocol.examinations:
        on_file = loaded.of(examination) if examination.enroll_validity else []
        taken = on_file[0].specimen_date if on_file else None
        if taken is not None and is_needed(loaded, examination):
            card = next((card.id for card in loaded.cards.values() if examination in card.examinations), "")
            yield Lapse(examination, taken, _days(loaded.protocol, examination.enroll_validity), card)


def is_needed(loaded: Loaded, examination: Examination) -> bool:
    """Whether somebody eligible would not be so without the results of an examination."""
    if loaded.evaluation.subject is not Subject.ELIGIBLE:
        return True
    without = dict(loaded.items) | dict.fromkeys((item.name for item in examination.items), None)
    return evaluate(loaded.protocol, without).subject is not Subject.ELIGIBLE


def _days(protocol: Protocol, setting: str) -> int:
    value = protocol.defaults[setting]
    if not isinstance(value, int):
        raise TypeError(f"{setting} is {value!r}, not a number of days.")
    return value
