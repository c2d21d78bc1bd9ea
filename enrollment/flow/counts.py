"""How many are at each place at a moment, and who they are. Two queries, however many people there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform

from enrollment.flow.places import PLACES, Facts, Group, place_of
from enrollment.logs.document import Asked
from enrollment.logs.outcomes import first_excluding, frozen
from enrollment.models import EnrollmentStep
from screening.models import ScreeningRecord, ScreeningStep
from screening.workflow import DISCONTINUED, SCREEN_FAILURE
from trial_portal.participants.models import Participant, ParticipantStep, PrescreeningEntry

KNOWN = ("state", "enrolled", "attempted", "code", "criterion")
"""The annotations that hold each of ``Facts``, in their order."""

OUTCOMES = {
    PrescreeningEntry.Outcome.DECLINED.value: "declined",
    PrescreeningEntry.Outcome.NOT_SUITABLE.value: "not-suitable",
}
"""Prescreening entries that are people of their own; who consented is counted as a participant."""


@dataclass(frozen=True)
class Flow:
    """How many are at each place; ``criteria`` tells some places apart by the first criterion that excludes."""

    numbers: Mapping[str, int]
    criteria: Mapping[str, Mapping[str, int]]

    def of(self, *groups: Group) -> int:
        """How many are in these parts."""
        return sum(number for key, number in self.numbers.items() if PLACES[key].group in groups)

    @property
    def assessed(self) -> int:
        """Everybody."""
        return sum(self.numbers.values())

    @property
    def registered(self) -> int:
        """Who went on to the registry: all but those excluded before."""
        return self.assessed - self.of(Group.BEFORE)

    @property
    def excluded(self) -> int:
        """Before or after consent."""
        return self.of(Group.BEFORE, Group.AFTER)

    @property
    def adds_up(self) -> bool:
        """Whether the parts are the whole, with nobody left over or counted twice."""
        return self.assessed == self.excluded + self.of(Group.PENDING) + self.of(Group.ENROLLED)


def flow_of(asked: Asked) -> Flow:
    """The flow at the moment and of the sites asked for."""
    numbers: Counter[str] = Counter(dict.fromkeys(PLACES, 0))
    criteria: dict[str, Counter[str]] = {key: Counter() for key, place in PLACES.items() if place.by_criterion}
    for row in _participants(asked).order_by().values(*KNOWN).annotate(number=Count("pk")):
        facts = Facts(*(row[name] for name in KNOWN))
        place = place_of(facts)
        if place:
            numbers[place] += row["number"]
            if place in criteria:
                criteria[place][facts.criterion or ""] += row["number"]
    for row in _prescreened(asked).order_by().values("outcome", "criterion").annotate(number=Count("pk")):
        place = OUTCOMES[row["outcome"]]
        numbers[place] += row["number"]
        if place in criteria:
            criteria[place][row["criterion"] or ""] += row["number"]
    return Flow(numbers, criteria)


def participants_at(asked: Asked, places: Sequence[str], criterion: str = "") -> QuerySet[Participant]:
    """The participants at some places, told apart by criterion where one is named; each with its facts."""
    rows = _participants(asked)
    wanted = Q(pk__in=[])
    for known in rows.order_by().values_list(*KNOWN).distinct():
        facts = Facts(*known)
        if place_of(facts) in places and (not criterion or facts.criterion == criterion):
            pairs = zip(KNOWN, known, strict=True)
            wanted |= Q(
                **{f"{name}__isnull" if value is None else name: value is None or value for name, value in pairs}
            )
    return rows.filter(wanted).select_related("site")


def prescreened_at(asked: Asked, places: Sequence[str], criterion: str = "") -> QuerySet[PrescreeningEntry]:
    """The prescreening entries at some places."""
    rows = _prescreened(asked).filter(outcome__in=[code for code, key in OUTCOMES.items() if key in places])
    return (rows.filter(criterion=criterion) if criterion else rows).select_related("site")


def _participants(asked: Asked) -> QuerySet[Any]:
    """Participants registered by then, with their facts."""
    rows = Participant.objects.filter(asked.within("site"), asked.entered("registered_at"))
    if asked.as_of is None:
        # What stands now is the target of the latest step, kept in the row itself: no need to look for it.
        attempts = ScreeningRecord.objects.filter(participant=OuterRef("pk")).order_by("-attempt")
        rows = rows.annotate(
            state=F("status"),
            enrolled=F("enrollment__status"),
            attempted=Subquery(attempts.values("status")[:1]),
            last_record=Subquery(attempts.values("pk")[:1]),
        )
    else:
        states = ParticipantStep.objects.filter(asked.entered("recorded_at"), participant=OuterRef("pk"))
        after = EnrollmentStep.objects.filter(asked.entered("recorded_at"), enrollment__participant=OuterRef("pk"))
        steps = ScreeningStep.objects.filter(asked.entered("recorded_at"), record__participant=OuterRef("pk"))
        last = steps.order_by("-record__attempt", "-id")
        rows = rows.annotate(
            state=Subquery(states.order_by("-id").values("target")[:1]),
            enrolled=Subquery(after.order_by("-id").values("target")[:1]),
            attempted=Subquery(last.values("target")[:1]),
            last_record=Subquery(last.values("record")[:1]),
        )
    ends = ScreeningStep.objects.filter(asked.entered("recorded_at"), record=OuterRef("last_record"))
    ended = When(attempted=DISCONTINUED, then=Subquery(ends.order_by("-id").values("code")[:1]))
    first = frozen(asked, "last_record").annotate(first=first_excluding()).values("first")[:1]
    failed = When(attempted=SCREEN_FAILURE, then=Subquery(first))
    return rows.annotate(
        code=Case(ended, default=Value(""), output_field=CharField()),
        criterion=Case(failed, default=Value(""), output_field=CharField()),
    )


def _prescreened(asked: Asked) -> QuerySet[Any]:
    """Entries of people who did not consent, standing then, with the first criterion named."""
    rows = PrescreeningEntry.objects.filter(
        asked.within("site"), asked.entered("recorded_at"), asked.standing(), outcome__in=list(OUTCOMES)
    )
    return rows.annotate(criterion=KeyTextTransform(0, "criteria"))
