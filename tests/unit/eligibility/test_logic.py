"""Strong Kleene logic. Section 1.1 of the criteria specification."""

import pytest

from screening.eligibility.logic import FALSE, TRUE, UNKNOWN, Truth, truth


@pytest.mark.parametrize(
    ("one", "other", "both", "any_of_them"),
    [
        (TRUE, TRUE, TRUE, TRUE),
        (TRUE, UNKNOWN, UNKNOWN, TRUE),
        (TRUE, FALSE, FALSE, TRUE),
        (UNKNOWN, TRUE, UNKNOWN, TRUE),
        (UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN),
        (UNKNOWN, FALSE, FALSE, UNKNOWN),
        (FALSE, TRUE, FALSE, TRUE),
        (FALSE, UNKNOWN, FALSE, UNKNOWN),
        (FALSE, FALSE, FALSE, FALSE),
    ],
)
def test_and_or(one, other, both, any_of_them):
    assert one & other is both
    assert one | other is any_of_them


@pytest.mark.parametrize(("value", "opposite"), [(TRUE, FALSE), (FALSE, TRUE), (UNKNOWN, UNKNOWN)])
def test_not(value, opposite):
    assert ~value is opposite


@pytest.mark.parametrize("value", Truth)
def test_is_never_a_bool(value):
    with pytest.raises(TypeError, match="is not a bool"):
        bool(value)


def test_of_something_known():
    assert truth(True) is TRUE
    assert truth(False) is FALSE
