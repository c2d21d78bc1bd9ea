"""The gate: every reason why a participant is not enrolled now, each with what to do. One function, every door.

    gate = examine(record, at, authority)
    gate.blockers, gate.passed

Boundary: reads and words, no writes. ``facts`` reads what is known, ``record`` and ``study`` say what stands in the
way; whoever enrolls has locked what ``facts`` reads. There is no way past it. Design: "The gate".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from enrollment.gate import record as of_record
from enrollment.gate import study as of_study
from enrollment.gate.blockers import Blocker, Passed
from enrollment.gate.evidence import lapses, window_ends
from enrollment.gate.facts import Facts, facts_of
from screening.models import ScreeningRecord
from trial_portal.accounts.permissions import Authority

__all__ = ["Blocker", "Gate", "Passed", "blockers", "examine", "lapses", "window_ends"]

CHECKS: Sequence[Callable[[Facts], Sequence[Blocker | Passed]]] = (
    of_record.once,
    of_record.stage,
    of_record.signature,
    of_record.criteria,
    of_record.window,
    of_record.evidence,
    of_study.consent,
    of_study.approval,
    of_study.duplicates,
    of_study.recruitment,
    of_study.places,
)
"""In the order shown: what the record itself lacks first, then the study."""


@dataclass(frozen=True)
class Gate:
    """What the gate found: all that stands in the way, and what does not."""

    facts: Facts
    blockers: Sequence[Blocker]
    passed: Sequence[Passed]

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.blockers

    @property
    def today(self) -> date:
        """The day at the site on which it was checked."""
        return self.facts.today


def examine(record: ScreeningRecord, at: datetime, authority: Authority) -> Gate:
    """Check everything at a moment. ``record`` comes with participant, site and identity joined.

    ``authority`` only decides which blockers carry a button: a blocker that somebody else ends says who.
    """
    facts = facts_of(record, at)
    found = [result for check in CHECKS for result in check(facts)]
    site = record.participant.site_id
    return Gate(
        facts,
        [_for(authority, site, result) for result in found if isinstance(result, Blocker)],
        [result for result in found if isinstance(result, Passed)],
    )


def blockers(record: ScreeningRecord, at: datetime, authority: Authority) -> Sequence[Blocker]:
    """All that stands in the way of enrolling this record now; nothing when it may be enrolled."""
    return examine(record, at, authority).blockers


def _for(authority: Authority, site: int, blocker: Blocker) -> Blocker:
    """The blocker with its button only where this person may use it."""
    mine = blocker.may is None or (
        authority.holds(blocker.may, None) if blocker.whole_study else authority.holds(blocker.may, site)
    )
    return blocker if mine else replace(blocker, url="", label="")
