"""The five worked people, typed through the forms: outcomes as published, and every answer read back as typed."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from screening.actions.answers import Typed, save_answers
from screening.actions.records import open_screening
from screening.cards import VISIT, Card, cards_of
from screening.forms.card import CardForm
from screening.forms.sent import without_gaps
from screening.models import ScreeningRecord
from screening.selectors import load
from tests.factories import consented, person, site_ready
from tests.integration.screening.typing_in import address, card_data, moved, now, signed_in, type_all
from trial_portal.audit.context import acting

pytestmark = pytest.mark.django_db
SUBJECTS = json.loads(Path("tests/data/protocol/subjects.json").read_text(encoding="utf-8"))


class World:
    """A site, a coordinator at her browser, and one person of ``subjects.json`` whose screening is today."""

    def __init__(self, subject: dict[str, Any]) -> None:
        self.site = site_ready()
        self.coordinator = person("coordinator", self.site)
        self.at = now()
        today = self.site.day(self.at)
        self.days = (today - date.fromisoformat(subject["items"]["screening_date"])).days
        self.items = moved(subject["items"], self.days)
        self.expected = subject["expected"]
        signed = date.fromisoformat(self.items["consent_date"])
        participant = consented(self.site, on=signed, birth_date=self.items["birth_date"])
        self.record = open_screening(by=self.coordinator, at=self.at, participant=participant, screening_date=today)
        self.browser = signed_in(self.coordinator)

    def judge(self) -> None:
        """Answer what only the investigator answers, past the forms of a coordinator."""
        self.record = ScreeningRecord.objects.select_related("participant__site", "participant__identity").get()
        loaded = load(self.record, self.at)
        judged = tuple(item for card in loaded.cards.values() for item in card.judgement)
        answers = {item.name: self.items.get(item.name) for item in judged}
        card = Card("judgement", None, judged, (), (), (), (), {})
        with acting(self.coordinator.username):
            save_answers(loaded, card, Typed(self.record.revision, answers), by=self.coordinator, at=self.at, reason="")


@pytest.fixture(params=SUBJECTS, ids=[subject["id"] for subject in SUBJECTS])
def world(request: pytest.FixtureRequest) -> World:
    return World(request.param)


def test_forms_give_the_published_outcomes(world: World) -> None:
    type_all(world.browser, world.record, world.items)
    world.judge()
    world.record.refresh_from_db()
    assert world.record.subject == world.expected["subject"]
    outcomes = {row.criterion: row.outcome for row in world.record.outcomes.all()}
    assert outcomes == world.expected["criteria"]


def test_answers_read_back_equal_what_was_typed(world: World) -> None:
    type_all(world.browser, world.record, world.items)
    record = ScreeningRecord.objects.select_related("participant__site", "participant__identity").get()
    loaded = load(record, world.at)
    page = world.browser.get(address(record, "record")).content.decode()
    for card in cards_of(settings.PROTOCOL).values():
        if card.id == VISIT:
            continue
        form = CardForm(loaded, card)
        for item in card.entered:
            typed = without_gaps(world.items.get(item.name))
            assert form.saved(item) == typed, item.name
        for name, text in card_data(card, world.items, record.revision).items():
            if text and not name.endswith(("-set", "revision", "_unit")):
                assert shows(page, name, text), (card.id, name, text)


def shows(page: str, name: str, text: str) -> bool:
    """Whether the control of a name holds a text: typed, chosen, ticked or selected."""
    escaped = re.escape(html.escape(text))
    inputs = re.findall(rf'<(?:input|option)[^>]*name="{re.escape(name)}"[^>]*>', page)
    for one in inputs:
        if f'value="{html.escape(text)}"' in one and ("radio" not in one or "checked" in one):
            return True
    area = re.search(rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\s*{escaped}</textarea>', page)
    chosen = re.search(
        rf'<select[^>]*name="{re.escape(name)}"[^>]*>(?:(?!</select>).)*<option value="{escaped}" selected', page, re.S
    )
    return bool(area or chosen)


def test_every_card_shows_its_verbatim_text(world: World) -> None:
    if world.expected["subject"] != "pending":
        return
    page = world.browser.get(address(world.record, "record")).content.decode()
    verbatim = json.loads(Path("tests/data/protocol/verbatim.json").read_text(encoding="utf-8"))
    quotes = [
        html.unescape(quote)
        for quote in re.findall(r'<blockquote class="p-quote" lang="en">(.*?)</blockquote>', page, re.S)
    ]
    assert [quote.encode() for quote in quotes] == [text.encode() for text in verbatim.values()]
