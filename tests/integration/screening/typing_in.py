"""Typing a person into the forms of a screening record, over HTTP, as a browser without JavaScript sends them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from screening.cards import VISIT, Card, cards_of
from screening.eligibility.items import Item, Rows, Sheet
from screening.eligibility.kinds import Date
from screening.models import ScreeningRecord

PARTS = ("year", "month", "day")


def signed_in(user: Any) -> Client:
    """A client in which somebody is signed in."""
    client = Client()
    client.force_login(user, backend="trial_portal.accounts.backend.PortalBackend")
    return client


def sent(item: Item, value: object, name: str = "") -> dict[str, str]:
    """What the field of an item sends for an answer."""
    name = name or item.name
    kind = item.kind
    if isinstance(kind, Rows):
        rows = value if isinstance(value, list) else []
        data = {f"{name}-TOTAL_FORMS": str(len(rows))}
        if value == []:
            data[f"{name}-none"] = "yes"
        for number, row in enumerate(rows):
            for field in kind.fields:
                if row.get(field.name) is not None:
                    data |= sent(field, row[field.name], f"{name}-{number}-{field.name}")
        return data
    if isinstance(kind, Sheet):
        cells = value if isinstance(value, dict) else {}
        areas = cells.get("areas", {})
        data = {f"{name}-{area}-{cell}": str(v) for area, own in areas.items() for cell, v in own.items()}
        return data | {f"{name}-{cell}": str(v) for cell, v in cells.items() if cell != "areas"}
    if isinstance(kind, Date):
        parts = [*str(value or "").split("-"), "", ""]
        return {f"{name}-{part}": text for part, text in zip(PARTS, parts, strict=False)}
    return {name: "" if value is None else str(value)}


def card_data(card: Card, items: Mapping[str, object], revision: int) -> dict[str, str]:
    """All that a card sends for a person's items."""
    data = {"revision": str(revision)}
    for examination in card.examinations:
        data[f"{examination.name}-set"] = ""
        for item in examination.items:
            data |= sent(item, items.get(item.name))
    for item in (*card.items, *card.proof):
        data |= sent(item, items.get(item.name))
    return data


def address(record: ScreeningRecord, name: str, *more: object) -> str:
    """The address of a page of a record."""
    return reverse(f"screening:{name}", args=[record.participant.number, record.attempt, *more])


def post_card(client: Client, record: ScreeningRecord, card_id: str, data: Mapping[str, Any], **kwargs: Any) -> Any:
    """Send a card; the revision is the record's as it stands unless it is given."""
    record.refresh_from_db()
    return client.post(address(record, "card", card_id), {"revision": str(record.revision), **data}, **kwargs)


def type_all(client: Client, record: ScreeningRecord, items: Mapping[str, object]) -> None:
    """Type every card of a record; each has to be taken."""
    for card in cards_of(settings.PROTOCOL).values():
        if card.id == VISIT or not card.entered:
            continue
        record.refresh_from_db()
        response = client.post(address(record, "card", card.id), card_data(card, items, record.revision))
        assert response.status_code == 303, (card.id, response.content.decode()[:4000])


def moved(value: Any, days: int) -> Any:
    """A person's items with every full date moved by some days; a year or a month alone stays."""
    if isinstance(value, dict):
        return {name: moved(part, days) for name, part in value.items()}
    if isinstance(value, list):
        return [moved(part, days) for part in value]
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        return (date.fromisoformat(value) + timedelta(days=days)).isoformat()
    return value


HTMX = {"HTTP_HX_REQUEST": "true"}
"""The header by which htmx is known."""


def now() -> datetime:
    """This moment, for what is typed today."""
    return datetime.now(tz=__import__("zoneinfo").ZoneInfo(settings.TIME_ZONE))
