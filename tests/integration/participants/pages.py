"""Opening and sending pages of the registry in tests."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from trial_portal.accounts.models import User


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="trial_portal.accounts.backend.PortalBackend")
    return client


def words(response: HttpResponse) -> str:
    """What a page says: its text without markup, blanks joined."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return " ".join(unescape(text).split())


def boxes(name: str, day: date | str) -> dict[str, str]:
    """A date as the three boxes send it."""
    year, month, rest = [*str(day).split("-"), "", ""][:3]
    return {f"{name}-year": year, f"{name}-month": month, f"{name}-day": rest}


def typed(response: HttpResponse, name: str) -> str:
    """What stands in a text field of the page."""
    found = re.search(
        rf'<(?:input[^>]*name="{name}"[^>]*value="([^"]*)"|textarea[^>]*name="{name}"[^>]*>\s*([^<]*))',
        response.content.decode(),
    )
    return unescape((found[1] or found[2] or "").strip()) if found else ""


def hidden(response: HttpResponse, name: str) -> str:
    """The value of a hidden field of the page."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', response.content.decode())
    return found[1] if found else ""


def send(client: Client, page: str, /, *args: Any, **data: Any) -> HttpResponse:
    """Send a form of the page with that URL name."""
    return client.post(reverse(page, args=args), data)


PERSON = {
    "name": "Li Hua",
    "sex_at_birth": "female",
    **boxes("birth_date", "1979-03-02"),
    "phone": "",
    "email": "",
    "record_number": "",
    "national_id": "",
    "told": "",
}
"""What the register form sends of a person."""
