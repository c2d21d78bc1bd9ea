"""docs/workflow.md is what the tables of transitions say."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from trial_portal.audit.management.commands import write_workflow


def test_the_page_is_current() -> None:
    call_command("write_workflow", "--check")


def test_another_page_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_workflow, "PAGE", tmp_path / "workflow.md")
    with pytest.raises(CommandError, match="write_workflow"):
        call_command("write_workflow", "--check")
    call_command("write_workflow")
    call_command("write_workflow", "--check")


def test_every_app_with_a_workflow_is_in_it() -> None:
    names = {module.__name__ for module in write_workflow.modules()}
    assert names == {
        "trial_portal.accounts.workflow",
        "trial_portal.participants.workflow",
        "screening.workflow",
        "enrollment.workflow",
    }
