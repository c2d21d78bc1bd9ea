"""What of requirements.lock a server needs: the portal's own packages, not the local servers and not the test tools.

There is one lock. The image is made from it in two steps (Dockerfile), so nothing has to be kept in step by hand:

    python server_packages.py lock      the lock without the packages that the dependency groups name
    python server_packages.py surplus   what is installed then and no package of the portal asks for, one a line

Run by the image's build as a file of its own, beside pyproject.toml and requirements.lock.
"""

from __future__ import annotations

import re
import sys
import tomllib
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from pip._vendor.packaging.requirements import Requirement

KEPT = {"pip"}
"""Needed to remove the rest."""


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def without_groups(lock: str, project: dict[str, Any]) -> str:
    """The lock's entries, hashes included, but for the packages that ``[dependency-groups]`` names."""
    grouped = {plain(Requirement(line).name) for group in project["dependency-groups"].values() for line in group}
    entries = re.split(r"\n(?=\S)", lock.strip())
    return "\n".join(entry for entry in entries if plain(entry.split("==")[0].strip()) not in grouped) + "\n"


def needed(project: dict[str, Any], installed: dict[str, Distribution]) -> set[str]:
    """The names of all packages that ``[project] dependencies`` ask for, directly or through others."""
    found: set[tuple[str, str]] = set()
    asked = [Requirement(line) for line in project["project"]["dependencies"]]
    while asked:
        requirement = asked.pop()
        name = plain(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) in found or name not in installed:
                continue
            found.add((name, extra))
            for line in installed[name].requires or []:
                wanted = Requirement(line)
                if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                    asked.append(wanted)
    return {name for name, _ in found}


def surplus(project: dict[str, Any], installed: dict[str, Distribution]) -> list[str]:
    """Installed packages that the portal does not need."""
    return sorted(installed.keys() - needed(project, installed) - KEPT)


def main(what: str) -> None:
    """Print one of the two lists."""
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))
    if what == "lock":
        print(without_groups(Path("requirements.lock").read_text(encoding="utf-8"), project), end="")
    else:
        print("\n".join(surplus(project, installed_here())))


def installed_here() -> dict[str, Distribution]:
    """Everything this Python can import, by name."""
    return {plain(found.metadata["Name"]): found for found in distributions()}


if __name__ == "__main__":
    main(sys.argv[1])
