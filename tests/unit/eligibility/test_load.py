"""Which trial this installation runs."""

import pytest

from screening import protocols
from screening.protocols import load
from screening.protocols.lenalidomide_dm import PROTOCOL


def test_the_first_trial_without_a_choice(monkeypatch):
    monkeypatch.delenv("TRIAL_PROTOCOL", raising=False)

    assert load() is PROTOCOL


@pytest.mark.parametrize("value", ["lenalidomide_dm", ""])
def test_the_trial_that_the_environment_names(monkeypatch, value):
    monkeypatch.setenv("TRIAL_PROTOCOL", value)

    assert load() is PROTOCOL


def test_a_name_given_goes_before_the_environment(monkeypatch):
    monkeypatch.setenv("TRIAL_PROTOCOL", "no_such_trial")

    assert load("lenalidomide_dm") is PROTOCOL


@pytest.mark.parametrize("given", [True, False])
def test_a_trial_that_is_not_there(monkeypatch, given):
    monkeypatch.setenv("TRIAL_PROTOCOL", "no_such_trial")

    with pytest.raises(ValueError, match="TRIAL_PROTOCOL is “no_such_trial”: there is no such folder"):
        load("no_such_trial" if given else None)


@pytest.mark.parametrize("name", ["../secrets", "os.path", "Lenalidomide", "1st", "a b", "_private", "a-b", "a\n"])
def test_a_name_that_no_folder_has(name):
    with pytest.raises(ValueError, match="give the name of a folder in screening/protocols/"):
        load(name)


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """Writes a trial's folder beside the real ones."""
    monkeypatch.setattr(protocols, "__path__", [str(tmp_path)])

    def write(name, source):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").write_text(source, encoding="utf-8")
        return name

    return write


def test_a_folder_beside_the_first_one(trial):
    name = trial("another_trial", "from screening.eligibility.protocol import Protocol\n"
                 "PROTOCOL = Protocol(label='another/1', facts={}, items=(), criteria=(), settings=())\n")  # fmt: skip

    assert load(name).label == "another/1"


def test_a_folder_that_defines_something_else(trial):
    name = trial("not_a_protocol", "PROTOCOL = 'a protocol'\n")

    with pytest.raises(ValueError, match="not_a_protocol does not define PROTOCOL"):
        load(name)


def test_what_is_missing_inside_a_trial_is_not_hidden(trial):
    name = trial("broken_trial", "import a_module_that_nobody_has\n")

    with pytest.raises(ModuleNotFoundError, match="a_module_that_nobody_has"):
        load(name)
