"""Flags: what is pointed out at a criterion without changing its outcome.

Boundary: soft limits of the items a criterion asks for, and the flags that the protocol defines. Section 1.5 of the
criteria specification (soft limits, flag-only validities).
"""

from __future__ import annotations

from screening.eligibility.facts import Facts
from screening.eligibility.items import Item, Rows, first_broken
from screening.eligibility.kinds import Quantity
from screening.eligibility.logic import TRUE
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Criterion, FlagKind, Raised
from screening.eligibility.units import Measured, plain, symbol

UNUSUAL = Text("flag.unusual", "{item} {value} is unusual (expected {low} to {high} {unit}): confirm it")
CONFIRM = Text("flag.confirm", "{item}: {problem}")


def flags_of(criterion: Criterion, facts: Facts) -> tuple[Raised, ...]:
    """The flags raised at one criterion: first the protocol's own, then the soft limits of what it asks for."""
    raised = []
    for flag in criterion.flags:
        found = flag.when.evaluate(facts)
        if found.truth is TRUE:
            raised.append(Raised(flag.kind, flag.text(), tuple(dict.fromkeys(found.items))))
    for item in criterion.asks:
        raised += _unusual(item, facts)
    return tuple(raised)


def _unusual(item: Item, facts: Facts) -> list[Raised]:
    value = facts.values.get(item.name)
    if value is None:
        return []
    if isinstance(item.kind, Quantity) and isinstance(value, Measured):
        low, high = item.kind.soft_low, item.kind.soft_high
        if (low is not None and value.amount < low) or (high is not None and value.amount > high):
            message = UNUSUAL(
                item=item.term,
                value=value.shown,
                low="" if low is None else plain(low),
                high="" if high is None else plain(high),
                unit=symbol(item.kind.scale.own),
            )
            return [Raised(FlagKind.CONFIRM, message, (item.name,))]
    if isinstance(item.kind, Rows) and isinstance(value, tuple):
        fields = [(field, row.get(field.name)) for row in value for field in item.kind.fields]
        broken = [first_broken(field.soft, entered, facts.values) for field, entered in fields if entered is not None]
    else:
        broken = [first_broken(item.soft, value, facts.values)]
    return [
        Raised(FlagKind.CONFIRM, CONFIRM(item=item.term, problem=message), (item.name,))
        for message in broken
        if message is not None
    ]
