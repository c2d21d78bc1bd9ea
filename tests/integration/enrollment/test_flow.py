"""The participant flow reconciles at any moment, over histories that nobody thought of (documents.md)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from enrollment.actions import enroll
from enrollment.flow import PLACES, flow_of, participants_at, prescreened_at
from enrollment.flow.places import Facts, place_of
from enrollment.logs import Asked
from enrollment.models import Enrollment, EnrollmentStep
from screening.models import Evaluation, ScreeningRecord, ScreeningStep
from tests.factories import AT, SiteFactory, UserFactory, person
from tests.integration.enrollment.signed import signed
from tests.integration.screening.worked import ANYWHERE, ready
from trial_portal.accounts.models import Site, User
from trial_portal.participants.models import Participant, ParticipantStep, PrescreeningEntry

START = datetime(2026, 10, 1, tzinfo=UTC)
DAYS = 20
NUMBERS = count(1)

# What may follow what, for one attempt and for a participant; a history is a walk of these.
AFTER_OPEN = st.sampled_from([
    [], ["submit"], ["submit", "return"], ["submit", "return", "submit"], ["discontinue"], ["submit", "fail"],
    ["submit", "sign"], ["submit", "sign", "reopen"], ["submit", "fail", "reopen"], ["submit", "sign", "enroll"],
])  # fmt: skip
TARGETS = {
    "submit": "submitted",
    "return": "returned",
    "discontinue": "discontinued",
    "fail": "screen_failure",
    "sign": "eligible",
    "reopen": "in_progress",
    "enroll": "enrolled",
}


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Any]:
    """What happened to one person, in order, without times."""
    kind = draw(st.sampled_from(["declined", "not_suitable", "person", "person", "person"]))
    if kind != "person":
        return {"kind": kind, "criteria": draw(st.lists(st.sampled_from(["E5", "I3", "E15"]), min_size=1, max_size=2))}
    attempts = draw(st.lists(AFTER_OPEN, max_size=2))
    # A second attempt follows only one that has ended.
    if attempts and attempts[0][-1:] not in (["discontinue"], ["fail"]):
        attempts = attempts[:1]
    return {
        "kind": kind,
        "consent": bool(attempts) or draw(st.booleans()),
        "attempts": attempts,
        "code": draw(st.sampled_from(["declined", "withdrew", "lost", "window", "other"])),
        "failing": draw(st.lists(st.sampled_from(["I4", "E3", "E5"]), min_size=1, max_size=2, unique=True)),
        "withdraw": draw(st.booleans()),
        "struck": draw(st.integers(0, 9)) == 0,
        "later": draw(st.sampled_from([[], ["withdrawn"], ["ineligible", "completed"]])),
        "days": draw(st.lists(st.integers(0, 2), min_size=14, max_size=14)),
        "first": draw(st.integers(0, 6)),
    }


class Teller:
    """Writes a history as rows, each with its time of entry, past the actions."""

    def __init__(self, site: Site, by: User) -> None:
        self.site, self.by, self.today = site, by, START

    def tell(self, history: dict[str, Any], number: int) -> None:
        """Write it."""
        if history["kind"] != "person":
            PrescreeningEntry.objects.create(
                site=self.site,
                approached_on=date(2026, 10, 1),
                outcome=history["kind"],
                criteria=history["criteria"] if history["kind"] == "not_suitable" else [],
                recorded_by=self.by,
                recorded_at=START + timedelta(days=number % DAYS),
            )
            return
        self.gaps = iter(history["days"])
        self.today = START + timedelta(days=history["first"])
        participant = Participant.objects.create(
            site=self.site,
            number=f"S-F-{next(NUMBERS):04}",
            sex_at_birth="female",
            birth_year=1980,
            registered_by=self.by,
            registered_at=self.today,
        )
        self._state(participant, "registered")
        if history["consent"]:
            self._state(participant, "consented")
        enrolled = False
        for attempt, steps in enumerate(history["attempts"], 1):
            enrolled = self._attempt(participant, attempt, steps, history)
        if enrolled:
            self._enrolled(participant, history["later"])
        elif history["withdraw"] and history["consent"]:
            self._state(participant, "withdrawn")
        if history["struck"]:
            self._state(participant, "struck")

    def _next(self) -> datetime:
        self.today += timedelta(days=next(self.gaps, 1), seconds=1)
        return self.today

    def _state(self, participant: Participant, target: str) -> None:
        ParticipantStep.objects.create(
            participant=participant, action="-", target=target, by=self.by, event_date=date(2026, 10, 1),
            recorded_at=self._next(),
        )  # fmt: skip
        Participant.objects.filter(pk=participant.pk).update(status=target)

    def _attempt(self, participant: Participant, attempt: int, steps: list[str], history: dict[str, Any]) -> bool:
        record = ScreeningRecord.objects.create(
            participant=participant, attempt=attempt, screening_date=date(2026, 10, 1), opened_by=self.by,
            opened_at=self._next(), status=TARGETS[steps[-1]] if steps else "in_progress",
        )  # fmt: skip
        self._step(record, "open", "in_progress", self.today)
        for action in steps:
            now = self._next()
            if action in ("submit", "sign", "fail"):
                failing = history["failing"] if action == "fail" else []
                outcomes = {id: {"outcome": "not_met" if id.startswith("I") else "met"} for id in failing}
                Evaluation.objects.create(
                    record=record, kind="submitted" if action == "submit" else "signed", items={}, at=now, by=self.by,
                    results={"criteria": outcomes}, subject="ineligible" if failing else "eligible",
                )  # fmt: skip
            self._step(record, action, TARGETS[action], now, history["code"] if action == "discontinue" else "")
        if steps[-1:] == ["enroll"]:
            signed = Evaluation.objects.filter(record=record).latest("id")
            Enrollment.objects.create(
                participant=participant, record=record, evaluation=signed, site=self.site,
                number=f"F-{next(NUMBERS):04}", enrolled_on=date(2026, 10, 1), by=self.by, at=self.today,
            )  # fmt: skip
            self._after(participant, "enrolled", self.today)
            return True
        return False

    def _step(self, record: ScreeningRecord, action: str, target: str, at: datetime, code: str = "") -> None:
        ScreeningStep.objects.create(
            record=record, action=action, target=target, by=self.by, code=code, event_date=date(2026, 10, 1),
            recorded_at=at,
        )  # fmt: skip

    def _enrolled(self, participant: Participant, later: list[str]) -> None:
        for target in later:
            self._after(participant, target, self._next())

    def _after(self, participant: Participant, target: str, at: datetime) -> None:
        EnrollmentStep.objects.create(
            enrollment=participant.enrollment, action="-", target=target, by=self.by, event_date=date(2026, 10, 1),
            recorded_at=at,
        )  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=10)
@given(people=st.lists(histories(), max_size=7), days=st.lists(st.integers(0, 40), min_size=2, max_size=3))
def test_it_reconciles_at_any_moment(people: list[dict[str, Any]], days: list[int]) -> None:
    number = next(NUMBERS)
    site = SiteFactory(code=f"{number + 100}")
    teller = Teller(site, UserFactory())
    for place, history in enumerate(people):
        teller.tell(history, place)
    for moment in (None, *(START + timedelta(days=day, hours=12) for day in days)):
        asked = Asked(ANYWHERE, AT, moment, site)
        flow = flow_of(asked)
        assert flow.adds_up
        seen: list[tuple[str, int]] = []
        for key, place in PLACES.items():
            found = [("person", row.pk) for row in participants_at(asked, [key])]
            found += [("entry", row.pk) for row in prescreened_at(asked, [key])]
            assert len(found) == flow.numbers[key]
            if place.by_criterion:
                assert sum(flow.criteria[key].values()) == flow.numbers[key]
                for criterion, among in flow.criteria[key].items():
                    rows = [*participants_at(asked, [key], criterion), *prescreened_at(asked, [key], criterion)]
                    assert len(rows) == among
            seen += found
        assert len(set(seen)) == len(seen) == flow.assessed
    everybody = flow_of(Asked(ANYWHERE, AT, None, site))
    last = START + timedelta(days=400)
    assert flow_of(Asked(ANYWHERE, AT, last, site)) == everybody, "as it stands is as of the end"
    struck = sum(history.get("struck", False) for history in people)
    assert everybody.assessed == len(people) - struck


@pytest.mark.parametrize(
    ("facts", "place"),
    [
        (Facts("struck", "enrolled", "enrolled", "", ""), ""),
        (Facts("registered", None, None, None, None), "no-consent"),
        (Facts("consented", None, None, None, None), "not-opened"),
        (Facts("consented", None, "in_progress", "", ""), "in-progress"),
        (Facts("consented", None, "returned", "", ""), "submitted"),
        (Facts("consented", None, "eligible", "", ""), "eligible"),
        (Facts("withdrawn", None, "eligible", "", ""), "withdrew"),
        (Facts("withdrawn", None, None, None, None), "withdrew"),
        (Facts("withdrawn", None, "screen_failure", "", "E3"), "screen-failure"),
        (Facts("withdrawn", None, "discontinued", "lost", ""), "lost"),
        (Facts("consented", None, "discontinued", "other", ""), "other"),
        (Facts("withdrawn", "withdrawn", "enrolled", "", ""), "left"),
        (Facts("consented", "ineligible", "enrolled", "", ""), "ineligible"),
    ],
)
def test_everybody_has_one_place(facts: Facts, place: str) -> None:
    assert place_of(facts) == place


@pytest.mark.django_db
def test_the_page_links_each_number_to_its_rows(client: Client) -> None:
    world = ready("SUBJ-03")
    world.sign("screen_failure")
    client.force_login(world.coordinator)
    answer = client.get(reverse("flow:overview"))
    text = answer.content.decode()
    assert "1 assessed = 1 excluded + 0 pending + 0 enrolled" in text
    rows = reverse("flow:rows", args=["screen-failure"])
    assert f"{rows}?criterion=E3" in text
    behind = client.get(rows, {"criterion": "E3"}).content.decode()
    assert world.record.participant.number in behind
    assert world.record.participant.number not in client.get(rows, {"criterion": "I4"}).content.decode()
    assert client.get(reverse("flow:rows", args=["nowhere"])).status_code == 404


@pytest.mark.django_db
def test_somebody_enrolled_is_counted_at_once(client: Client) -> None:
    world = signed()
    enroll(by=world.coordinator, at=AT, record=world.record)
    flow = flow_of(Asked(ANYWHERE, AT))
    assert flow.numbers["in-study"] == flow.assessed == 1


@pytest.mark.django_db
def test_every_part_opens_its_rows(client: Client) -> None:
    world = signed()
    client.force_login(person("monitor"))
    for place in (*PLACES, "assessed", "registered", "before", "after", "pending", "enrolled"):
        assert client.get(reverse("flow:rows", args=[place])).status_code == 200
    pending = client.get(reverse("flow:rows", args=["pending"])).content.decode()
    assert world.record.participant.number in pending
