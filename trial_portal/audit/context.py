"""Who changes, why, and in which request: said to the database for the length of an action.

Boundary: the settings that the ledger function reads (``portal.actor``, ``portal.reason``, ``portal.request``). They
are local to a transaction but outlive a released savepoint, so whoever sets them restores them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from django.db import connection, transaction


class Context(NamedTuple):
    """Who acts (user name), why, and the id of the request; "" where there is none."""

    actor: str = ""
    reason: str = ""
    request: str = ""


NOBODY = Context()
_current: ContextVar[Context] = ContextVar("ledger_context", default=NOBODY)
request_id: ContextVar[str] = ContextVar("request_id", default="")
"""Set for each request by the middleware; a task sets its own id."""


@contextmanager
def acting(actor: str, reason: str = "") -> Iterator[None]:
    """One transaction in which every ledger row names ``actor`` and ``reason``.

    Inside another one: a savepoint, and the outer context is back afterwards, whatever happened.
    """
    outer = _current.get()
    inner = Context(actor, reason, request_id.get())
    token = _current.set(inner)
    try:
        with transaction.atomic():
            _tell(inner)
            yield
            # When it raises, the savepoint's rollback takes the settings back by itself.
            _tell(outer)
    finally:
        _current.reset(token)


def _tell(context: Context) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('portal.actor', %s, true), set_config('portal.reason', %s, true),"
            " set_config('portal.request', %s, true)",
            context,
        )
