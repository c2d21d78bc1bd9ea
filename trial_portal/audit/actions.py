"""The decorator of every action: the one way in which anything is saved.

    @action
    def rename_site(*, by: User, at: datetime, site: Site, name: str, reason: str) -> Site: ...

An action is a verb, keyword-only, with ``by=`` the acting user, ``at=`` the moment it is done, and ``reason=`` where a
value changes. It runs in one transaction whose ledger rows name the user and the reason. Order inside: permission,
then state, then guard, then write. It raises ``Refused`` with a sentence for the person; nothing is then saved.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from trial_portal.audit.context import acting

P = ParamSpec("P")
R = TypeVar("R")

ACTIONS: dict[str, Callable[..., object]] = {}
"""Every action by its dotted name; tests walk it."""

SYSTEM_USER = "portal"
"""User name of the portal itself, which acts in tasks and when a study is set up."""


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Give an action its transaction and its ledger context, and list it in ``ACTIONS``."""
    parameters = inspect.signature(function).parameters
    loose = [name for name, parameter in parameters.items() if parameter.kind is not parameter.KEYWORD_ONLY]
    missing = {"by", "at"} - parameters.keys()
    if loose or missing:
        raise TypeError(f"{function.__qualname__}: make {loose or sorted(missing)} keyword-only parameters.")

    @wraps(function)
    def done(*args: P.args, **kwargs: P.kwargs) -> R:
        with acting(str(kwargs["by"].username), str(kwargs.get("reason") or "")):  # type: ignore[attr-defined]
            return function(*args, **kwargs)

    ACTIONS[f"{function.__module__}.{function.__qualname__}"] = done
    return done
