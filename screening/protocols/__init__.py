"""The trials, one folder each, and which of them this installation runs.

Boundary: the engine knows no trial, and nothing outside a trial's folder names its criteria or items. The setting
``TRIAL_PROTOCOL`` names the folder; without it, the first trial.
"""

from __future__ import annotations

import os
import re
from importlib import import_module

from screening.eligibility.protocol import Protocol

DEFAULT = "lenalidomide_dm"


def load(name: str | None = None) -> Protocol:
    """The protocol of a trial's folder; by default the one that ``TRIAL_PROTOCOL`` names.

    Raises ValueError when there is no such trial.
    """
    folder = name or os.environ.get("TRIAL_PROTOCOL") or DEFAULT
    if not re.fullmatch(r"[a-z][a-z0-9_]*", folder):
        raise ValueError(f"TRIAL_PROTOCOL is “{folder}”: give the name of a folder in screening/protocols/.")
    try:
        protocol = import_module(f"{__name__}.{folder}").PROTOCOL
    except ModuleNotFoundError as missing:
        if missing.name != f"{__name__}.{folder}":
            raise
        raise ValueError(f"TRIAL_PROTOCOL is “{folder}”: there is no such folder in screening/protocols/.") from None
    if not isinstance(protocol, Protocol):
        raise ValueError(f"screening/protocols/{folder} does not define PROTOCOL.")
    return protocol
