"""The flow as a picture: boxes, lines and texts with their places, for an SVG. Boundary: pure numbers.

Sizes are SVG attributes; each number is a link with a spoken name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _

from enrollment.flow.counts import Flow
from enrollment.flow.places import PLACES, Group

LINE, PAD = 28, 18
LEFT, RIGHT = 150, 660
WIDTH = 1200


@dataclass(frozen=True)
class Text:
    """Some words; with ``url``, a number that opens its rows, spoken as ``spoken``."""

    x: int
    y: int
    text: str
    url: str = ""
    spoken: str = ""
    kind: str = ""


@dataclass
class Box:
    """A box and what stands in it."""

    x: int
    y: int
    width: int
    height: int
    key: bool
    texts: list[Text] = field(default_factory=list)

    @property
    def middle(self) -> int:
        """The middle, from left to right."""
        return self.x + self.width // 2

    @property
    def bottom(self) -> int:
        """The lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class Picture:
    """All of it, with its height."""

    boxes: Sequence[Box]
    lines: Sequence[str]
    texts: Sequence[Text]
    height: int
    width: int = WIDTH


Address = Callable[..., str]


def picture(flow: Flow, address: Address) -> Picture:
    """Draw a flow; ``address(place, criterion="")`` gives where its rows stand, "" the whole of a part."""
    assessed = _box(LEFT, 1, 340, flow.assessed, _("assessed for eligibility"), address("assessed"), True)
    before = _group(RIGHT, 1, 539, flow, Group.BEFORE, _("excluded before registration"), address)
    going_on = _box(
        LEFT,
        max(assessed.bottom, before.bottom) + 24,
        340,
        flow.registered,
        _("registered"),
        address("registered"),
        True,
    )
    after = _group(RIGHT, going_on.y, 539, flow, Group.AFTER, _("excluded after registration"), address)
    low = max(going_on.bottom, after.bottom) + 40
    pending = _group(1, low, 340, flow, Group.PENDING, _("pending"), address)
    enrolled = _group(pending.x + 360, low, 280, flow, Group.ENROLLED, _("enrolled"), address, key=True)
    sum_y = low + 40
    check = _("%(assessed)s assessed = %(excluded)s excluded + %(pending)s pending + %(enrolled)s enrolled") % {
        "assessed": flow.assessed,
        "excluded": flow.excluded,
        "pending": flow.of(Group.PENDING),
        "enrolled": flow.of(Group.ENROLLED),
    }
    split = low - 20
    lines = [
        f"M{assessed.middle} {assessed.bottom}V{going_on.y}",
        f"M{assessed.middle} {(assessed.bottom + going_on.y) // 2}H{RIGHT}",
        f"M{going_on.middle} {going_on.bottom}V{split}",
        f"M{going_on.middle} {going_on.bottom + 12}H{RIGHT}",
        f"M{pending.middle} {low}V{split}H{enrolled.middle}V{low}",
    ]
    texts = [Text(RIGHT + 20, sum_y, check, kind="strong"), Text(RIGHT + 20, sum_y + LINE, excluded_in_words(flow))]
    height = max(pending.bottom, enrolled.bottom, sum_y + LINE) + 2
    return Picture([assessed, before, going_on, after, pending, enrolled], lines, texts, height)


def in_order(criteria: Iterable[str]) -> list[str]:
    """Criteria in the order of the protocol; those it does not know, last."""
    known = {criterion.id: place for place, criterion in enumerate(settings.PROTOCOL.criteria)}
    return sorted(criteria, key=lambda id: (known.get(id, len(known)), id))


def excluded_in_words(flow: Flow) -> str:
    """Why people were excluded, in one line that adds up."""
    numbers = flow.numbers
    criteria = numbers["not-suitable"] + numbers["screen-failure"]
    declined, withdrew = numbers["declined"] + numbers["stopped"], numbers["withdrew"]
    return _(
        "Excluded: %(criteria)s did not meet criteria, %(declined)s declined, %(withdrew)s withdrew consent,"
        " %(other)s other"
    ) % {
        "criteria": criteria,
        "declined": declined,
        "withdrew": withdrew,
        "other": flow.excluded - criteria - declined - withdrew,
    }


def _box(x: int, y: int, width: int, number: int, label: str, url: str, key: bool) -> Box:
    box = Box(x, y, width, LINE + 2 * PAD - 12, key)
    _line(box, y + PAD + 16, 100, number, label, url)
    return box


def _group(
    x: int, y: int, width: int, flow: Flow, group: Group, label: str, address: Address, key: bool = False
) -> Box:
    """A box with the number of a part, then one line a place; places told apart have their criteria below."""
    box = Box(x, y, width, 0, key)
    at = y + PAD + 8
    _line(box, at, 40, flow.of(group), label, address(group.value))
    for place in PLACES.values():
        number = flow.numbers[place.key]
        if place.group is not group or (not number and group in (Group.BEFORE, Group.AFTER) and not place.by_criterion):
            continue
        at += LINE
        _line(box, at, 75, number, str(place.label), address(place.key))
        told = flow.criteria.get(place.key, {})
        for index, criterion in enumerate(in_order(told)):
            column = index % 4
            if column == 0:
                at += LINE
            left = box.x + 110 + column * 100
            box.texts.append(Text(left, at, criterion or _("none")))
            spoken = _("%(number)s %(label)s by %(criterion)s: see the rows") % {
                "number": told[criterion], "label": place.label, "criterion": criterion
            }  # fmt: skip
            box.texts.append(Text(left + 40, at, str(told[criterion]), address(place.key, criterion), spoken, "number"))
    box.height = at - y + PAD
    return box


def _line(box: Box, y: int, indent: int, number: int, label: str, url: str) -> None:
    spoken = _("%(number)s %(label)s: see the rows") % {"number": number, "label": label}
    box.texts.append(Text(box.x + indent, y, str(number), url, spoken, "number end"))
    box.texts.append(Text(box.x + indent + 12, y, label))
