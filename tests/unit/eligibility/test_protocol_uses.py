"""Whatever a protocol's parts read, it holds: nobody meets a missing item or setting while a person is evaluated."""

from dataclasses import replace

import pytest

from screening.eligibility.comparisons import OlderThan
from screening.eligibility.conditions import Stated
from screening.eligibility.items import Item, Remembered
from screening.eligibility.kinds import YES_NO
from screening.eligibility.messages import Text
from screening.eligibility.protocol import Flag, FlagKind
from tests.unit.eligibility.test_protocol import E2, criterion, protocol
from tests.unit.eligibility.tiny import FELL_ILL, ITEMS, TEST, VISIT


def test_a_setting_of_a_flag():
    flag = Flag(FlagKind.OUTDATED, OlderThan(FELL_ILL, VISIT, "NOPE"), Text("old", "it is old"))

    with pytest.raises(ValueError, match=r"A flag of E1 reads the settings \['NOPE'\], which do not exist"):
        protocol(criteria=(criterion(flags=(flag,)), E2))


@pytest.mark.parametrize("field", ["validity", "after", "enroll_validity"])
def test_a_setting_of_an_examination(field):
    with pytest.raises(ValueError, match=r"reads the settings \['NOPE'\], which do not exist"):
        protocol(examinations=(replace(TEST, **{field: "NOPE"}),))


def test_the_item_on_which_it_depends_whether_another_is_asked():
    strange = Item("strange", YES_NO, "strange")
    asked = Item("asked", YES_NO, "asked", applies=Stated(strange))

    with pytest.raises(ValueError, match="asked reads an item strange that is not the protocol's"):
        protocol(items=(*ITEMS, asked))


def test_a_source_that_no_portal_has():
    with pytest.raises(ValueError, match=r"\['weather'\]: the portal derives evaluation.date, visit.date"):
        protocol(derived={"weather": VISIT})


@pytest.mark.parametrize("part", ["derived", "rationales"])
def test_an_item_that_is_not_the_protocol_s(part):
    with pytest.raises(ValueError, match="reads an item elsewhere"):
        protocol(**{part: {"visit.date": Item("elsewhere", YES_NO, "elsewhere")}})


def test_a_remembered_item_that_is_not_the_protocol_s():
    history = Item("elsewhere", YES_NO, "elsewhere")
    with pytest.raises(ValueError, match="test reads an item elsewhere"):
        protocol(examinations=(replace(TEST, remembers=(Remembered(TEST.values[0], "x", history, "yes"),)),))
