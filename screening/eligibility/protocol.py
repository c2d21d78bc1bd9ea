"""A protocol as data: criteria, items, settings and instruments; amended by making a new version from an old one.

Boundary: what a protocol is, not what this trial's says. Design: "The protocol as code".
"""

from __future__ import annotations

import hashlib
import inspect
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import date, time
from decimal import Decimal
from enum import Enum, StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Protocol as Interface

from screening.eligibility.conditions import Condition
from screening.eligibility.facts import Facts, Reader
from screening.eligibility.items import Examination, Item, Rows, Sheet, Use
from screening.eligibility.messages import Message, Text
from screening.eligibility.settings import Configuration, Setting, configure


class Mark(StrEnum):
    """Where a rule comes from."""

    PROTOCOL = "P"
    INTERPRETATION = "I"
    DEFAULT = "D"
    ADVISORY = "A"


@dataclass(frozen=True)
class Note:
    """How an open place of the text is read: an interpretation with its alternative, or a default with its setting."""

    mark: Mark
    text: str
    alternative: str = ""


class FlagKind(StrEnum):
    """What a flag asks for. None of them changes an outcome."""

    QUERY = "query"
    """Two answers do not fit: the coordinator checks them."""
    FORM = "form"
    """Two answers contradict each other: the form refuses them together."""
    CONFIRM = "confirm"
    """A value is unusual (soft limit): it is confirmed."""
    CONSISTENCY = "consistency"
    """Answers of different criteria do not fit: the investigator looks at them."""
    RATIONALE = "rationale"
    """A judgement goes against the answers: its reason is written down."""
    OUTDATED = "outdated"
    """Evidence is older than the study wants it (VALID_EXAM, VALID_IMAGING_PFT)."""
    WARNING = "warning"
    """Something to know before deciding."""


@dataclass(frozen=True, eq=False)
class Flag:
    """Pointed out while ``when`` is true."""

    kind: FlagKind
    when: Condition
    text: Text


@dataclass(frozen=True)
class Raised:
    """A flag as raised for one person."""

    kind: FlagKind
    message: Message
    items: tuple[str, ...]


@dataclass(frozen=True, eq=False, kw_only=True)
class Criterion:
    """One criterion: its text, what it asks, its rule, and what was decided about its wording.

    ``text`` is verbatim. For an exclusion criterion the condition is true when the exclusion applies (1.1).
    """

    id: str
    exclusion: bool
    text: str
    title: str
    asks: tuple[Item, ...]
    condition: Condition
    sources: tuple[str, ...]
    notes: tuple[Note, ...] = ()
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        unasked = [item.name for item in self.condition.reads if item not in self.asks]
        if unasked:
            raise ValueError(f"{self.id} reads {', '.join(unasked)} but does not ask for it: add it to `asks`.")


class Instrument(Interface):
    """A score that is reported beside the criteria."""

    @property
    def reads(self) -> tuple[Item, ...]:
        """The items it reads."""
        ...

    def report(self, facts: Facts) -> Mapping[str, object] | None:
        """Its values as JSON has them, or None while nothing of it is entered."""
        ...


SOURCES = (
    "evaluation.date",
    "visit.date",
    "participant.birth_date",
    "participant.sex_at_birth",
    "consent.signed",
    "consent.date",
    "consent.time",
    "consent.version",
    "consent.version_valid",
    "consent.signed_by",
)
"""What a portal knows without asking: its words for ``Protocol.derived``."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Protocol:
    """One version of a trial's protocol. ``label`` names trial and version, such as "trial/1.0".

    ``facts`` are the registry record's, verbatim; ``oddities`` say how strange ones are handled. ``items`` come in an
    order in which an item's limits only look at items before it. ``derived`` says which item holds what the portal
    knows from the registry, the consent and the visit, by the portal's word for it (``SOURCES``);
    ``consent_criterion`` is the criterion that a consent on a wrong version concerns; ``rationales`` are the items that
    hold why an item of judgement was answered as it was, by that item's name. Misuse raises ValueError when it is
    made: a name used twice, an item that a condition holds but the protocol does not (replace the criterion together
    with the item), a setting or a source that does not exist.
    """

    label: str
    facts: Mapping[str, str]
    items: tuple[Item, ...]
    criteria: tuple[Criterion, ...]
    settings: tuple[Setting, ...]
    examinations: tuple[Examination, ...] = ()
    instruments: Mapping[str, Instrument] = field(default_factory=dict)
    oddities: Mapping[str, str] = field(default_factory=dict)
    derived: Mapping[str, Item] = field(default_factory=dict)
    consent_criterion: str = ""
    rationales: Mapping[str, Item] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _once("item", [item.name for item in self.items])
        _once("criterion", [criterion.id for criterion in self.criteria])
        _once("setting", [setting.name for setting in self.settings])
        held = set(self.items)
        for user, item in self._uses():
            if item not in held:
                raise ValueError(
                    f"{user} reads an item {item.name} that is not the protocol's: add it, or replace {user} too."
                )
        seen: set[str] = set()
        for item in self.items:
            seen.add(item.name)
            later = [name for name in item.reads if name not in seen and name in self.by_name]
            strange = [name for name in item.reads if name not in self.by_name]
            if strange or (later and not isinstance(item.kind, Rows) and item.limits):
                raise ValueError(f"{item.name} is limited by {strange or later}: put them before it.")
        strange_sources = sorted(set(self.derived) - set(SOURCES))
        if strange_sources:
            raise ValueError(f"{strange_sources}: the portal derives {', '.join(SOURCES)} and nothing else.")
        known = {setting.name for setting in self.settings}
        for user, names in self._settings_used():
            lacking = set(names) - known
            if lacking:
                raise ValueError(f"{user} reads the settings {sorted(lacking)}, which do not exist.")

    def _uses(self) -> Iterable[tuple[str, Item]]:
        yield from self.derived.items()
        yield from self.rationales.items()
        for criterion in self.criteria:
            for item in (*criterion.asks, *(item for flag in criterion.flags for item in flag.when.reads)):
                yield criterion.id, item
        for examination in self.examinations:
            remembered = (item for part in examination.remembers for item in (part.value, part.history))
            for item in (*examination.items, examination.anchor, *remembered):
                yield examination.name, item
        for item in self.items:
            if item.applies is not None:
                for other in item.applies.reads:
                    yield item.name, other

    def _settings_used(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        for criterion in self.criteria:
            yield criterion.id, criterion.condition.settings
            for flag in criterion.flags:
                yield f"A flag of {criterion.id}", flag.when.settings
        for examination in self.examinations:
            named = (examination.validity, examination.after, examination.enroll_validity)
            yield examination.name, tuple(name for name in named if name)

    @cached_property
    def by_name(self) -> Mapping[str, Item]:
        """Items by name."""
        return {item.name: item for item in self.items}

    @cached_property
    def reader(self) -> Reader:
        """What reads the answers."""
        return Reader(self.items)

    @cached_property
    def keys(self) -> Mapping[str, tuple[str, ...] | None]:
        """For each criterion and instrument, the names of all items it reads, if their values can be a key.

        Rows and worksheets cannot; then None.
        """
        reads = {criterion.id: criterion.condition.reads for criterion in self.criteria}
        reads |= {name: instrument.reads for name, instrument in self.instruments.items()}
        return {
            name: None if any(isinstance(item.kind, Rows | Sheet) for item in items) else tuple(i.name for i in items)
            for name, items in reads.items()
        }

    @cached_property
    def closures(self) -> Mapping[str, tuple[str, ...]]:
        """For each item, itself and all items on which it depends whether its value is taken."""
        closed: dict[str, tuple[str, ...]] = {}

        def close(name: str) -> tuple[str, ...]:
            if name not in closed:
                inner = (found for other in self.by_name[name].reads for found in close(other))
                closed[name] = tuple(dict.fromkeys((name, *inner)))
            return closed[name]

        for item in self.items:
            close(item.name)
        return closed

    @lru_cache(maxsize=4096)  # noqa: B019  (a protocol lives as long as the process; rules take few paths)
    def closure(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Some items, each once, and all items on which it depends whether their values are taken."""
        return tuple(dict.fromkeys(found for name in dict.fromkeys(names) for found in self.closures[name]))

    @cached_property
    def defaults(self) -> Configuration:
        """The configuration without any choice of the study."""
        return self.configure(None)

    def configure(self, chosen: Mapping[str, object] | None) -> Configuration:
        """The whole configuration with the study's choices. Raises ValueError; see ``settings.configure``."""
        return configure({setting.name: setting for setting in self.settings}, chosen)

    def criterion(self, id: str) -> Criterion:
        """The criterion of that id. Raises KeyError."""
        for criterion in self.criteria:
            if criterion.id == id:
                return criterion
        raise KeyError(id)

    def amend(
        self,
        label: str,
        *,
        replace: Iterable[Criterion | Item | Setting] = (),
        add: Iterable[Criterion | Item | Setting] = (),
        remove: Iterable[str] = (),
    ) -> Protocol:
        """A new version: parts replaced in place or added at the end by id or name, or removed by id or name.

        Raises ValueError when the label is the old one, a part to replace or remove is not there, or one to add is.
        """
        if label == self.label:
            raise ValueError(f"{label} is this version: give the amendment a label of its own.")
        replaced, added, removed = list(replace), list(add), set(remove)
        parts: dict[type, dict[str, Criterion | Item | Setting]] = {
            Criterion: {part.id: part for part in self.criteria},
            Item: {part.name: part for part in self.items},
            Setting: {part.name: part for part in self.settings},
        }
        for part in replaced:
            if _key(part) not in parts[type(part)]:
                raise ValueError(f"{_key(part)} is not in {self.label}: add it instead of replacing it.")
            parts[type(part)][_key(part)] = part
        for part in added:
            if _key(part) in parts[type(part)]:
                raise ValueError(f"{_key(part)} is in {self.label}: replace it instead of adding it.")
            parts[type(part)][_key(part)] = part
        absent = removed - {key for group in parts.values() for key in group}
        if absent:
            raise ValueError(f"{', '.join(sorted(absent))}: not in {self.label}, so it cannot be removed.")

        def kept(group: type) -> list[Criterion | Item | Setting]:
            return [part for key, part in parts[group].items() if key not in removed]

        return _replace(
            self,
            label=label,
            criteria=tuple(part for part in kept(Criterion) if isinstance(part, Criterion)),
            items=tuple(part for part in kept(Item) if isinstance(part, Item)),
            settings=tuple(part for part in kept(Setting) if isinstance(part, Setting)),
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over everything the protocol says: label, facts, items, criteria, settings, instruments.

        A published version's digest is pinned by a test: whoever changes what it says makes a new version.
        """
        content = {part.name: canonical(getattr(self, part.name)) for part in fields(self)}
        content["items"] = [_content(item) for item in self.items]
        # A rule in words holds the weights and windows that a trial's own conditions keep in their module.
        content["rules"] = [canonical(criterion.condition.describe(self.defaults)) for criterion in self.criteria]
        return sha256_of(content)

    @cached_property
    def engine_digest(self) -> str:
        """SHA-256 (hex) over the source code that evaluates it: the engine's, and that of its own conditions."""
        modules = {type(part).__module__ for criterion in self.criteria for part in criterion.condition.walk()}
        modules |= {type(instrument).__module__ for instrument in self.instruments.values()}
        files = {Path(inspect.getfile(sys.modules[name])) for name in modules}
        files |= set(Path(__file__).parent.glob("*.py"))
        return sha256_of(
            [[file.name, file.read_text(encoding="utf-8")] for file in sorted(files, key=lambda f: f.parts[-3:])]
        )

    def asked_by(self, use: Use) -> tuple[Item, ...]:
        """The items of one use."""
        return tuple(item for item in self.items if item.use is use)


_replace = replace


def _key(part: Criterion | Item | Setting) -> str:
    return part.id if isinstance(part, Criterion) else part.name


def _once(what: str, names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"The {what} {', '.join(twice)} is there twice.")


def sha256_of(content: object) -> str:
    """SHA-256 (hex) of the canonical JSON of ``content``: keys sorted, no blanks, UTF-8."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _content(value: Item | Rows | Sheet) -> object:
    """An item with all it says; inside a condition an item is its name only. Fields of rows and cells are whole."""
    said = []
    for part in fields(value):
        held = getattr(value, part.name)
        whole = isinstance(held, tuple) and not isinstance(value, Item)
        said.append(
            [
                part.name,
                [_content(i) if isinstance(i, Item) else canonical(i) for i in held] if whole else canonical(held),
            ]
        )
    return said


def canonical(value: object) -> object:
    """``value`` as JSON can hold it, by content: dataclasses by class name and fields, numbers of ``Decimal`` as text.

    Raises TypeError for anything else, so that nothing drops out of a digest unnoticed.
    """
    if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal | date | time):
        return str(value)
    if isinstance(value, Mapping):
        # Pairs, not an object: the order of a vocabulary is part of what is shown.
        return [[canonical(key), canonical(part)] for key, part in value.items()]
    if isinstance(value, list | tuple):
        return [canonical(part) for part in value]
    if isinstance(value, Item):
        return ["Item", value.name]
    if isinstance(value, Rows | Sheet):
        return _content(value)
    if is_dataclass(value) and not isinstance(value, type):
        return [type(value).__name__, *([part.name, canonical(getattr(value, part.name))] for part in fields(value))]
    raise TypeError(f"{value!r} has no canonical form.")
