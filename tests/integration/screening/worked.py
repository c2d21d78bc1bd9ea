"""The worked subjects of the specification on file: entered through the actions, card by card."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from screening.actions.answers import Typed, save_card
from screening.actions.records import open_screening, submit
from screening.actions.review import confirm, judge
from screening.actions.signing import sign_eligibility
from screening.actions.steps import keep_outcomes
from screening.evaluations import digest
from screening.models import AnswerRevision, Evaluation, ResultSet, ScreeningRecord
from screening.reviewing.blocks import groups, judgements
from screening.reviewing.content import seen, signed_content
from screening.reviewing.selectors import Review, for_review, review_of
from screening.selectors import load
from tests.factories import AT, PASSWORD, consented, person, site_ready
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import Authority, Grant, Role

SUBJECTS = Path(__file__).resolve().parents[2] / "data" / "protocol" / "subjects.json"
DAY = date(2026, 10, 15)
ANYWHERE = Authority((Grant(None, Role.INVESTIGATOR),))


@cache
def subject(name: str) -> Mapping[str, object]:
    """The items of a worked subject, such as SUBJ-01."""
    return next(row["items"] for row in json.loads(SUBJECTS.read_text(encoding="utf-8")) if row["id"] == name)


@dataclass
class World:
    """A site with its people, and one record."""

    site: Site
    coordinator: User
    investigator: User
    record: ScreeningRecord

    def review(self, at: datetime = AT) -> Review:
        """The record as its reviewer sees it now."""
        return review_of(for_review(ANYWHERE).get(pk=self.record.pk), at)

    def save(self, card: str, reason: str = "", reason_code: str = "", **answers: object) -> None:
        """The coordinator saves a card."""
        self.record.refresh_from_db()
        typed = Typed(self.record.revision, answers, reason_code=reason_code)
        save_card(by=self.coordinator, at=AT, record=self.record, card_id=card, typed=typed, reason=reason)

    def submit(self) -> None:
        """The coordinator hands the record in."""
        submit(by=self.coordinator, at=AT, record=self.record)

    def judge(self, by: User | None = None, reason: str = "", reason_code: str = "", **answers: object) -> None:
        """The investigator answers judgements."""
        self.record.refresh_from_db()
        typed = Typed(self.record.revision, answers, reason_code=reason_code)
        judge(by=by or self.investigator, at=AT, record=self.record, typed=typed, reason=reason)

    def judge_as(self, name: str) -> None:
        """The investigator answers all judgements as a worked subject has them."""
        items = subject(name)
        asked = [item.name for _id, item in judgements(load(self.record, AT).protocol)]
        self.judge(**{item: items[item] for item in asked if items.get(item) is not None})

    def confirm(self, *only: str, by: User | None = None) -> None:
        """The investigator confirms the clinical findings of some criteria, or of all."""
        shown = {g.criterion.id: g.digest for g in groups(self.review()) if not only or g.criterion.id in only}
        confirm(by=by or self.investigator, at=AT, record=self.record, shown=shown)

    def sign(
        self,
        decision: str = "eligible",
        by: User | None = None,
        password: str = PASSWORD,
        shown: Review | None = None,
        at: datetime = AT,
    ) -> Evaluation:
        """The investigator signs what a page showed (default: what stands now)."""
        page = shown or self.review(at)
        return sign_eligibility(
            by=by or self.investigator,
            at=at,
            record=self.record,
            decision=decision,
            password=password,
            digest=digest(signed_content(page)),
            seen=seen(page, at),
        )


def opened(name: str, code: str = "01", *, skip: tuple[str, ...] = ()) -> World:
    """A record with the answers of a worked subject but its judgements, not handed in. ``skip``: cards left out."""
    site = site_ready(code)
    coordinator = person("coordinator", site, printed_name="Chen Yulan")
    investigator = person("investigator", site, printed_name="Dr Liu Wenhai")
    items = subject(name)
    participant = consented(site, on=date(2026, 10, 14), birth_date=str(items["birth_date"]))
    record = open_screening(by=coordinator, at=AT, participant=participant, screening_date=DAY)
    fill(record, coordinator, name, skip=skip)
    record.refresh_from_db()
    return World(site, coordinator, investigator, record)


def fill(record: ScreeningRecord, by: User, name: str, *, skip: tuple[str, ...] = ()) -> None:
    """Put the answers of a worked subject on file, as saving every card would have left them, but in few statements."""
    items = subject(name)
    loaded = load(record, AT)
    given: list[tuple[str, ResultSet | None]] = []
    for card in loaded.cards.values():
        if card.criterion is None or card.id in skip:
            continue
        given += [(item.name, None) for item in (*card.items, *card.proof) if items.get(item.name) is not None]
        for examination in card.examinations:
            values = {item.name: items[item.name] for item in examination.items if items.get(item.name) is not None}
            if values:
                taken = date.fromisoformat(str(values.pop(examination.date.name)))
                row = ResultSet.objects.create(
                    record=record,
                    examination=examination.name,
                    specimen_date=taken,
                    values=values,
                    source="Hospital record",
                    recorded_by=by,
                )
                given += [(item, row) for item in (examination.date.name, *values)]
    record.answers = {name: items[name] for name, row in given if row is None}
    record.revision = 1
    record.save()
    AnswerRevision.objects.bulk_create(
        AnswerRevision(record=record, result_set=row, item=name, new=items[name], revision=1, by=by)
        for name, row in given
    )
    loaded = load(record, AT)
    record.subject, record.decided = loaded.evaluation.subject.value, loaded.decided
    record.save(update_fields=["subject", "decided"])
    keep_outcomes(loaded)


def handed_in(name: str = "SUBJ-01", code: str = "01") -> World:
    """A worked subject, submitted."""
    world = opened(name, code)
    world.submit()
    world.record.refresh_from_db()
    return world


def ready(name: str = "SUBJ-01") -> World:
    """A worked subject, judged and confirmed: only the signature is missing."""
    world = handed_in(name)
    world.judge_as(name)
    world.confirm()
    return world
