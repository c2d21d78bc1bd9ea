"""Settings of a study: the configurable defaults [D], each with a name and the values it may take.

Boundary: where the protocol record is silent a value is a named default, shown as such and never as protocol
(section 1.5 of the criteria specification).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Allowed:
    """The values a setting may take."""

    def accepts(self, value: object) -> bool:
        """Whether ``value`` may be used."""
        raise NotImplementedError

    def words(self) -> str:
        """The values, for people."""
        raise NotImplementedError


@dataclass(frozen=True)
class WholeNumber(Allowed):
    """A whole number from ``low`` to ``high``, both included, of ``unit``."""

    low: int
    high: int
    unit: str

    def accepts(self, value: object) -> bool:
        return type(value) is int and self.low <= value <= self.high

    def words(self) -> str:
        return f"{self.low} to {self.high} {self.unit}"


@dataclass(frozen=True)
class OneOf(Allowed):
    """One of some words."""

    words_allowed: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        return isinstance(value, str) and value in self.words_allowed

    def words(self) -> str:
        return " | ".join(self.words_allowed)


@dataclass(frozen=True)
class SomeOf(Allowed):
    """A list of words, each at most once, none of them outside ``words_allowed``."""

    words_allowed: tuple[str, ...]

    def accepts(self, value: object) -> bool:
        return (
            isinstance(value, list | tuple)
            and all(isinstance(word, str) and word in self.words_allowed for word in value)
            and len(set(value)) == len(value)
        )

    def words(self) -> str:
        return "any of " + ", ".join(self.words_allowed)


@dataclass(frozen=True)
class YesOrNo(Allowed):
    """true or false."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, bool)

    def words(self) -> str:
        return "true | false"


@dataclass(frozen=True)
class Months(Allowed):
    """Whole months (1 to 60) by name; names in lower case."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, Mapping) and all(
            isinstance(name, str) and name == name.strip().lower() != "" and type(months) is int and 1 <= months <= 60
            for name, months in value.items()
        )

    def words(self) -> str:
        return "months by name"


@dataclass(frozen=True)
class FreeWords(Allowed):
    """A list of texts."""

    def accepts(self, value: object) -> bool:
        return isinstance(value, list | tuple) and all(isinstance(word, str) and word.strip() for word in value)

    def words(self) -> str:
        return "a list of names"


@dataclass(frozen=True)
class Setting:
    """One configurable default: its name, what it may be, and what it means."""

    name: str
    default: object
    allowed: Allowed
    meaning: str

    def __post_init__(self) -> None:
        if not self.allowed.accepts(self.default):
            raise ValueError(f"{self.name}: the default {self.default!r} is not {self.allowed.words()}.")


class Configuration(Mapping[str, object]):
    """Every setting with its value; does not change. ``known`` holds what is computed under it (``evaluation``)."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = dict(values)
        self.known: dict[object, Any] = {}

    def __getitem__(self, name: str) -> object:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def configure(settings: Mapping[str, Setting], chosen: Mapping[str, object] | None) -> Configuration:
    """Every setting with its value: what is chosen, the default otherwise.

    Raises ValueError for a name that is no setting and for a value that is not allowed: a study must not run on a
    setting that was meant but not understood.
    """
    values = {name: setting.default for name, setting in settings.items()}
    for name, value in (chosen or {}).items():
        setting = settings.get(name)
        if setting is None:
            raise ValueError(f"There is no setting {name}. There are: {', '.join(settings)}.")
        if not setting.allowed.accepts(value):
            raise ValueError(f"{name}: {value!r} is not {setting.allowed.words()}.")
        values[name] = value
    return Configuration(values)
