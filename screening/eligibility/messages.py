"""Sentences as data: an id with parameters, so that they can be translated; English is written beside the id.

Boundary: knows how a message becomes text, not when it is said. A catalogue of another language maps ids to
templates with the same parameters.

    >>> LATE = Text("example.late", "{what} is {days} days late")
    >>> render(LATE(what="the visit", days=3))
    'the visit is 3 days late'
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple


class Message(NamedTuple):
    """One thing said: the id of its text and the values in it, in the order of the template's names.

    ``english`` is the template, kept here so that a message can always be shown, also by a later version of the
    portal that no longer knows the id. Parameters are text, whole numbers, or messages themselves.
    """

    id: str
    english: str
    params: tuple[tuple[str, str | int | Message], ...] = ()

    @property
    def text(self) -> str:
        """It in English, as a phrase."""
        return render(self)

    @property
    def sentence(self) -> str:
        """It in English, with a capital first letter and a full stop."""
        return sentence(self)


@dataclass(frozen=True)
class Text:
    """A sentence or phrase with an id. Calling it with its parameters makes a :class:`Message`."""

    id: str
    english: str

    def __call__(self, **params: str | int | Message) -> Message:
        return Message(self.id, self.english, tuple(params.items()))


@lru_cache(maxsize=16_384)
def render(message: Message) -> str:
    """The message in English."""
    return message.english.format_map({name: _plain(value) for name, value in message.params})


def render_in(message: Message, catalogue: Mapping[str, str]) -> str:
    """The message in the language of ``catalogue`` (id → template); what the catalogue lacks is said in English."""
    template = catalogue.get(message.id, message.english)
    return template.format_map(
        {
            name: render_in(value, catalogue) if isinstance(value, Message) else str(value)
            for name, value in message.params
        }
    )


@lru_cache(maxsize=16_384)
def sentence(message: Message) -> str:
    """The message in English with a capital first letter and a full stop."""
    text = render(message)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _plain(value: str | int | Message) -> str:
    return render(value) if isinstance(value, Message) else str(value)
