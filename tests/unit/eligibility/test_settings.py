"""Settings of a study: what each may be, and that nothing else is taken. Section 1.5 of the criteria specification."""

import pytest

from screening.eligibility.settings import (
    Allowed,
    FreeWords,
    Months,
    OneOf,
    Setting,
    SomeOf,
    WholeNumber,
    YesOrNo,
    configure,
)

DAYS = WholeNumber(0, 90, "days")
MODE = OneOf(("strict", "investigator"))
UNITS = SomeOf(("g/L", "g/dL"))
SETTINGS = {
    "DAYS": Setting("DAYS", 14, DAYS, "days"),
    "MODE": Setting("MODE", "strict", MODE, "mode"),
}


@pytest.mark.parametrize(
    ("allowed", "value", "accepted"),
    [
        (DAYS, 0, True),
        (DAYS, 90, True),
        (DAYS, -1, False),
        (DAYS, 91, False),
        (DAYS, "14", False),
        (DAYS, 14.0, False),
        (DAYS, True, False),
        (DAYS, None, False),
        (MODE, "strict", True),
        (MODE, "Strict", False),
        (MODE, None, False),
        (MODE, ["strict"], False),
        (UNITS, ["g/L", "g/dL"], True),
        (UNITS, ("g/dL",), True),
        (UNITS, [], True),
        (UNITS, ["g/L", "g/L"], False),
        (UNITS, ["mmol/L"], False),
        (UNITS, [["g/L"]], False),
        (UNITS, "g/L", False),
        (YesOrNo(), True, True),
        (YesOrNo(), False, True),
        (YesOrNo(), 1, False),
        (YesOrNo(), "true", False),
        (Months(), {"rituximab": 6}, True),
        (Months(), {}, True),
        (Months(), {"rituximab": 1, "ivig": 60}, True),
        (Months(), {"rituximab": 0}, False),
        (Months(), {"rituximab": 61}, False),
        (Months(), {"rituximab": True}, False),
        (Months(), {"rituximab": "6"}, False),
        (Months(), {"Rituximab": 6}, False),
        (Months(), {" rituximab": 6}, False),
        (Months(), {"": 6}, False),
        (Months(), {1: 6}, False),
        (Months(), ["rituximab"], False),
        (FreeWords(), [], True),
        (FreeWords(), ["prednisone", "azathioprine"], True),
        (FreeWords(), ("prednisone",), True),
        (FreeWords(), ["prednisone", " "], False),
        (FreeWords(), [1], False),
        (FreeWords(), "prednisone", False),
    ],
)
def test_accepts(allowed, value, accepted):
    assert allowed.accepts(value) is accepted


@pytest.mark.parametrize(
    ("allowed", "words"),
    [
        (DAYS, "0 to 90 days"),
        (MODE, "strict | investigator"),
        (UNITS, "any of g/L, g/dL"),
        (YesOrNo(), "true | false"),
        (Months(), "months by name"),
        (FreeWords(), "a list of names"),
    ],
)
def test_says_what_it_accepts(allowed, words):
    assert allowed.words() == words


def test_a_new_sort_of_value_has_to_say_both():
    with pytest.raises(NotImplementedError):
        Allowed().accepts(1)
    with pytest.raises(NotImplementedError):
        Allowed().words()


def test_a_default_that_is_not_allowed_is_refused_when_made():
    with pytest.raises(ValueError, match="DAYS: the default 91 is not 0 to 90 days"):
        Setting("DAYS", 91, DAYS, "days")


class TestConfiguration:
    def test_is_every_default_without_a_choice(self):
        assert dict(configure(SETTINGS, None)) == {"DAYS": 14, "MODE": "strict"}
        assert dict(configure(SETTINGS, {})) == {"DAYS": 14, "MODE": "strict"}

    def test_takes_a_choice_and_leaves_the_rest(self):
        config = configure(SETTINGS, {"DAYS": 0})

        assert (config["DAYS"], config["MODE"], len(config)) == (0, "strict", 2)

    def test_refuses_a_name_that_is_no_setting(self):
        with pytest.raises(ValueError, match=r"There is no setting DAY\. There are: DAYS, MODE"):
            configure(SETTINGS, {"DAY": 14})

    def test_refuses_a_value_that_is_not_allowed(self):
        with pytest.raises(ValueError, match="DAYS: None is not 0 to 90 days"):
            configure(SETTINGS, {"DAYS": None})

    def test_does_not_change(self):
        with pytest.raises(TypeError):
            configure(SETTINGS, None)["DAYS"] = 3

    def test_has_no_other_names(self):
        with pytest.raises(KeyError):
            configure(SETTINGS, None)["DAY"]
