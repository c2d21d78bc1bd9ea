"""``./portal run``."""

from __future__ import annotations


def run(arguments: list[str]) -> int:
    raise NotImplementedError
