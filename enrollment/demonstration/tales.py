"""What happened to the invented participants after consent: screened, reviewed, signed, enrolled, or not.

Every step is the action that a person would take. The answers are the trial's own (``demonstration`` in its folder);
a trial without them has participants, and no screening.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from enrollment.actions.enroll import enroll
from enrollment.demonstration.people import Person
from enrollment.demonstration.plan import PASSWORD, Study
from screening import protocols
from screening.actions import queries, records, review, signing
from screening.actions.answers import Typed, TypedSet, save_card
from screening.cards import Card
from screening.evaluations import digest
from screening.models import ScreeningRecord
from screening.reviewing.blocks import groups, judgements
from screening.reviewing.content import signed_content
from screening.reviewing.selectors import for_review, review_of
from screening.selectors import load
from screening.workflow import ELIGIBLE, SCREEN_FAILURE
from trial_portal.accounts.models import User
from trial_portal.accounts.selectors import authority_of
from trial_portal.participants.models import Participant

FAILURES = ("low haemoglobin", "thrombosis", "mild skin disease")


def answers_of_the_trial() -> ModuleType | None:
    """The module with this trial's invented answers, or None."""
    folder = os.environ.get("TRIAL_PROTOCOL") or protocols.DEFAULT
    name = f"{protocols.__name__}.{folder}.demonstration"
    try:
        return import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name != name:
            raise
        return None


def tell(study: Study) -> None:
    """Tell the story of everybody who has one."""
    invented = answers_of_the_trial()
    if invented is None:
        return
    failed = 0
    for person, participant in study.participants:
        if not person.screening:
            continue
        tale = Tale(study, invented, person, participant)
        ended = FAILURES[failed % len(FAILURES)]
        failed += person.screening in ("screen failure", "second attempt")
        TALES[person.screening](tale, ended)


class Tale:
    """One participant's way, told in the steps of those who go it with them."""

    def __init__(self, study: Study, invented: ModuleType, person: Person, participant: Participant) -> None:
        self.study, self.invented, self.person, self.participant = study, invented, person, participant
        first = person.site == "01"
        self.coordinator = study.people["coordinator" if first else "coordinator2"]
        self.investigator = study.people["investigator" if first else "investigator2"]
        self.record: ScreeningRecord

    def screened(self, days_ago: int, story: str = "", *, cards: int | None = None) -> Tale:
        """Open an attempt with a visit so many days ago, and fill in its cards (the first so many, or all)."""
        at, visit = self.study.at(days_ago, 14), self.study.day(days_ago)
        self.record = records.open_screening(
            by=self.coordinator, at=at, participant=self.participant, screening_date=visit
        )
        items = self.invented.answers(visit, self.person.sex, story)
        for card in list(load(self.record, at).cards.values())[:cards]:
            if card.criterion is not None:
                self._fill(card, items, days_ago)
        return self

    def _fill(self, card: Card, items: Mapping[str, object], days_ago: int) -> None:
        answered = {item.name: items[item.name] for item in (*card.items, *card.proof) if item.name in items}
        sets = {
            examination.name: TypedSet(
                None, {item.name: items[item.name] for item in examination.items if item.name in items}, "LIS report"
            )
            for examination in card.examinations
            if examination.date.name in items
        }
        loaded = save_card(
            by=self.coordinator,
            at=self.study.at(days_ago, 15),
            record=self.record,
            card_id=card.id,
            typed=Typed(self.record.revision, answered, sets),
        )
        self.record = loaded.record

    def submitted(self, days_ago: int) -> Tale:
        """Hand it to the investigator."""
        records.submit(by=self.coordinator, at=self.study.at(days_ago, 16), record=self.record)
        return self

    def signed(self, days_ago: int, decision: str) -> Tale:
        """The investigator judges, confirms and signs."""
        by, at = self.investigator, self.study.at(days_ago, 17)
        given = {
            item.name: self.invented.JUDGEMENT[item.name]
            for _id, item in judgements(load(self._fresh(by, days_ago), at).protocol)
            if item.name in self.invented.JUDGEMENT
        }
        record = self._fresh(by, days_ago)
        review.judge(by=by, at=at, record=record, typed=Typed(record.revision, given))
        shown = {group.criterion.id: group.digest for group in groups(review_of(self._fresh(by, days_ago), at))}
        review.confirm(by=by, at=at, record=record, shown=shown)
        page = review_of(self._fresh(by, days_ago), at)
        signing.sign_eligibility(
            by=by, at=at, record=page.record, decision=decision, password=PASSWORD, digest=digest(signed_content(page))
        )
        return self

    def _fresh(self, by: User, days_ago: int) -> ScreeningRecord:
        return for_review(authority_of(by, self.study.at(days_ago, 17))).get(pk=self.record.pk)

    def enrolled(self, days_ago: int) -> Tale:
        """Through the gate."""
        enroll(by=self.coordinator, at=self.study.at(days_ago, 18), record=self.record)
        return self

    def asked(self, days_ago: int, question: str) -> Tale:
        """The investigator asks about the first criterion that is not decided, and returns the record."""
        by, at = self.investigator, self.study.at(days_ago, 17)
        loaded = load(self._fresh(by, days_ago), at)
        judged = {id for id, _item in judgements(loaded.protocol)}
        undecided = [id for id, mark in loaded.marks.items() if mark == "open" and id not in judged]
        criterion = undecided[0] if undecided else next(iter(loaded.marks))
        queries.ask_query(by=by, at=at, record=self.record, criterion=criterion, question=question)
        review.return_record(by=by, at=at, record=self.record)
        return self


def _enrolled(tale: Tale, _ended: str) -> None:
    day = tale.person.registered
    tale.screened(day - 1).submitted(day - 1).signed(day - 2, ELIGIBLE).enrolled(day - 3)


def _eligible(tale: Tale, _ended: str) -> None:
    day = tale.person.registered
    tale.screened(day - 1).submitted(day - 1).signed(day - 2, ELIGIBLE)


def _lapsing(tale: Tale, _ended: str) -> None:
    """Signed yesterday; what was taken on the day of the visit counts until tomorrow at most."""
    tale.screened(6).submitted(5).signed(1, ELIGIBLE)


def _failed(tale: Tale, ended: str) -> None:
    day = tale.person.registered
    tale.screened(day - 1, ended).submitted(day - 1).signed(day - 3, SCREEN_FAILURE)


def _second_attempt(tale: Tale, ended: str) -> None:
    _failed(tale, ended)
    tale.screened(4, cards=12)


def _discontinued(tale: Tale, _ended: str) -> None:
    day = tale.person.registered
    tale.screened(day - 1, cards=9)
    records.discontinue(
        by=tale.coordinator,
        at=tale.study.at(day - 8),
        record=tale.record,
        code="declined",
        happened_on=tale.study.day(day - 8),
    )


def _submitted(tale: Tale, _ended: str) -> None:
    day = tale.person.registered
    tale.screened(day - 1).submitted(day - 2)


def _returned(tale: Tale, _ended: str) -> None:
    day = tale.person.registered
    tale.screened(day - 1, "zoster in some month").submitted(day - 2)
    tale.asked(day - 3, "On which day were the last lesions seen? The prescription should say.")


def _in_progress(tale: Tale, _ended: str) -> None:
    tale.screened(tale.person.registered - 1, cards=8 + tale.person.registered % 9)


TALES = {
    "enrolled": _enrolled,
    "eligible": _eligible,
    "lapsing": _lapsing,
    "screen failure": _failed,
    "second attempt": _second_attempt,
    "discontinued": _discontinued,
    "submitted": _submitted,
    "returned": _returned,
    "in progress": _in_progress,
}
