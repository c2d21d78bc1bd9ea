"""The one way in which signed content is written, and its digest."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import Any

import pytest

from trial_portal.signatures.canonical import canonical, digest_of


def test_keys_are_sorted_without_blanks_in_utf_8() -> None:
    value = {"b": [1, None, True], "a": {"z": "陈 × ≥", "y": 8.5}}
    assert canonical(value) == '{"a":{"y":8.5,"z":"陈 × ≥"},"b":[1,null,true]}'.encode()


def test_order_of_keys_makes_no_difference_and_order_of_a_list_does() -> None:
    assert digest_of({"a": 1, "b": 2}) == digest_of({"b": 2, "a": 1})
    assert digest_of([1, 2]) != digest_of([2, 1])


def test_digest_is_sha_256_in_hex() -> None:
    assert digest_of({}) == hashlib.sha256(b"{}").hexdigest()


@pytest.mark.parametrize(("one", "other"), [("1", 1), (None, ""), (False, 0), ({"a": None}, {}), (1, 1.0)])
def test_unlike_values_have_unlike_digests(one: Any, other: Any) -> None:
    assert digest_of(one) != digest_of(other)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("8.5"), {1, 2}, object()])
def test_what_is_no_json_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical({"value": value})
