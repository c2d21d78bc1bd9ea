"""Names under which attempts are counted, one-time passwords, and what a password has to be."""

from __future__ import annotations

import re

import pytest

from trial_portal.accounts.lockout import key, normal
from trial_portal.accounts.models import User
from trial_portal.accounts.passwords import check_new_password, one_time_password
from trial_portal.audit.refusals import Refused

PERSON = User(username="chen.yulan", printed_name="Chen Yulan")


@pytest.mark.parametrize(
    ("typed", "name"),
    [("chen.yulan", "chen.yulan"), (" Chen.Yulan\t", "chen.yulan"), ("\uff23\uff28\uff25\uff2e", "chen"), ("", "")],
)
def test_name_as_accounts_have_it(typed: str, name: str) -> None:
    assert normal(typed) == name
    assert key(typed) == key(name)


def test_key_gives_nothing_away_and_differs_for_each_name() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", key("chen.yulan"))
    assert len({key(f"person{n}") for n in range(100)}) == 100


def test_one_time_passwords_are_readable_and_differ() -> None:
    made = {one_time_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}", password) for password in made)
    for password in made:
        check_new_password(password, PERSON)


@pytest.mark.parametrize("password", ["", "short", "123456789", "password123", "chen.yulan1", "Chen Yulan"])
def test_short_common_or_own_data_is_refused_on_its_field(password: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_new_password(password, PERSON, "new")
    assert refusal.value.field == "new"


@pytest.mark.parametrize("password", ["correct horse battery", "十个汉字的密码也可以用", "a b c d e f"])
def test_long_ones_of_any_signs_are_taken(password: str) -> None:
    check_new_password(password, PERSON)
