"""The table of a participant's statuses: what leads where, and where nothing leads."""

import itertools

import pytest

from trial_portal.participants.models import Participant
from trial_portal.participants.workflow import LIVE, STRUCK, TRANSITIONS, leads

WAYS = {
    ("register", "", "registered"),
    *((action, status, status) for action in ("change_identity", "resolve_duplicate") for status in LIVE),
    *(("record_consent", status, "consented") for status in LIVE),
    ("record_consent", "withdrawn", "withdrawn"),
    *(("strike_consent", "consented", status) for status in LIVE),
    ("strike_consent", "withdrawn", "withdrawn"),
    ("withdraw_consent", "consented", "withdrawn"),
    ("strike_withdrawal", "consented", "consented"),
    *(("strike_withdrawal", "withdrawn", status) for status in LIVE),
    *(("strike", status, "struck") for status in LIVE),
}
ACTIONS = sorted({way.action for way in TRANSITIONS})
STATUSES = ["", *Participant.Status.values]


@pytest.mark.parametrize("action", ACTIONS)
def test_every_way_that_is_not_meant_is_closed(action: str) -> None:
    for source, target in itertools.product(STATUSES, STATUSES):
        assert leads(action, source, target) is ((action, source, target) in WAYS), (action, source, target)


def test_nothing_leads_out_of_entered_in_error() -> None:
    assert not any(STRUCK in way.source for way in TRANSITIONS)


def test_its_statuses_are_those_of_the_model() -> None:
    assert {*LIVE, STRUCK} == set(Participant.Status.values)
