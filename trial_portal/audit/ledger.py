"""What the ledger keeps of a model, declared in the model's own ``Meta``.

    class Site(models.Model):
        class Meta:
            triggers = ledger(logged="id code name", mutable=True)

Boundary: declarations and triggers; the function they call is in ``audit/sql``, versioned by migrations. Design:
ledger.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pgtrigger
from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class Declaration:
    """Every column of a table, each in one group, and whether its rows may be updated.

    ``logged`` columns are kept with their values, of ``redacted`` ones only that they changed, of ``identified`` ones
    a keyed digest.
    """

    logged: tuple[str, ...]
    redacted: tuple[str, ...] = ()
    identified: tuple[str, ...] = ()
    mutable: bool = False

    @property
    def columns(self) -> frozenset[str]:
        """All declared columns."""
        return frozenset((*self.logged, *self.redacted, *self.identified))


class LedgerTrigger(pgtrigger.Trigger):
    """Calls the one ledger function after each insert, update and delete.

    The function of pgtrigger's own that would stand between asks ``pgtrigger.ignore()`` first, so a caller could switch
    it off; it is passed by.
    """

    name = "ledger"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = "RETURN NULL;"

    def __init__(self, declaration: Declaration) -> None:
        self.declaration = declaration
        super().__init__()

    def render_execute(self, model: type[models.Model]) -> str:
        """The call, with the primary key and the columns that are not logged as they are."""
        meta = model._meta
        lists = (",".join(self.declaration.redacted), ",".join(self.declaration.identified))
        return "public.portal_ledger({})".format(", ".join(f"'{part}'" for part in (meta.pk.column, *lists)))


class TruncateTrigger(pgtrigger.Trigger):
    """Calls the ledger function when a table is emptied."""

    name = "ledger_truncate"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Truncate
    func = "RETURN NULL;"

    def render_execute(self, model: type[models.Model]) -> str:
        return "public.portal_ledger()"


def ledger(logged: str, *, redacted: str = "", identified: str = "", mutable: bool = False) -> list[pgtrigger.Trigger]:
    """``Meta.triggers`` of a record: its columns by group, separated by blanks.

    ``mutable`` rows may be updated; all others only inserted. No record is ever deleted by the application role.
    """
    declaration = Declaration(tuple(logged.split()), tuple(redacted.split()), tuple(identified.split()), mutable)
    return [LedgerTrigger(declaration), TruncateTrigger()]


def declaration_of(model: type[models.Model]) -> Declaration | None:
    """What the model declares, or None when the ledger does not keep it."""
    for trigger in getattr(model._meta, "triggers", ()):
        if isinstance(trigger, LedgerTrigger):
            return trigger.declaration
    return None


def recorded_models() -> Iterator[tuple[type[models.Model], Declaration]]:
    """Every model that the ledger keeps, with its declaration."""
    for model in apps.get_models():
        declaration = declaration_of(model)
        if declaration is not None:
            yield model, declaration
