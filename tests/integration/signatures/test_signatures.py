"""Signatures: what they say, that they are neither moved nor changed, that the password is asked (21 CFR 11.50-200)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.template.loader import render_to_string

from tests.database import superuser
from tests.factories import AT, PASSWORD, SiteFactory, UserFactory
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.selectors import failures_left
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import Refused
from trial_portal.signatures.actions import sign
from trial_portal.signatures.models import Signature
from trial_portal.signatures.selectors import signatures_of, verify

pytestmark = pytest.mark.django_db
CONTENT = {"outcome": "eligible", "wbc": 8.5, "text": "limit × ≥ 陈", "none": None, "rows": [1, True]}


@pytest.fixture
def signer() -> User:
    return UserFactory(username="liu.wenhai", printed_name="Dr Liu Wenhai 刘文海")


def signed(signer: User, site: Site, **kwargs: Any) -> Signature:
    values = {
        "by": signer,
        "at": AT + timedelta(microseconds=123),
        "password": PASSWORD,
        "meaning": "I confirm this.",
        "capacity": "Investigator, site 01",
        "record": site,
        "content": CONTENT,
        "zone": "Asia/Shanghai",
    }
    return sign(**(values | kwargs))


def moved(signature: Signature, **changes: Any) -> Signature:
    """A copy of the row, with some columns changed."""
    row = {field.attname: getattr(signature, field.attname) for field in Signature._meta.concrete_fields}
    return Signature.objects.create(**(row | {"id": None} | changes))


def test_says_who_as_what_when_where_and_what(signer: User) -> None:
    site = SiteFactory()
    signature = signed(signer, site)
    assert (signature.printed_name, signature.meaning) == ("Dr Liu Wenhai 刘文海", "I confirm this.")
    assert (signature.time_zone, signature.authenticated_by) == ("Asia/Shanghai", "password, at signing")
    assert signature.content == CONTENT
    assert list(signatures_of(site)) == [signature]
    assert verify(Signature.objects.get())
    assert AuditEvent.objects.get(table="signatures_signature").actor == "liu.wenhai"


def test_keeps_the_name_of_then(signer: User) -> None:
    signature = signed(signer, SiteFactory())
    User.objects.filter(pk=signer.pk).update(printed_name="Dr Liu Another")
    signature = Signature.objects.get(pk=signature.pk)
    assert verify(signature)
    assert signature.printed_name == "Dr Liu Wenhai 刘文海"


@pytest.mark.parametrize(
    "changes",
    [
        {"record_id": 999},
        {"record_type": "accounts_user"},
        {"printed_name": "Dr Somebody Else"},
        {"capacity": "Admin"},
        {"meaning": "I confirm the contrary."},
        {"signed_at": AT},
        {"time_zone": "UTC"},
        {"content": CONTENT | {"outcome": "ineligible"}},
        {"content": CONTENT | {"wbc": 85}},
        {"authenticated_by": "nothing"},
        {"digest": "0" * 64},
    ],
)
def test_copied_to_another_record_or_changed_is_not_valid(signer: User, changes: dict[str, Any]) -> None:
    signature = signed(signer, SiteFactory())
    assert verify(moved(signature))
    assert not verify(moved(signature, **changes))


def test_of_another_signer_is_not_valid(signer: User) -> None:
    assert not verify(moved(signed(signer, SiteFactory()), signer_id=UserFactory().pk))


@pytest.mark.django_db(transaction=True)
def test_changed_by_the_superuser_is_not_valid(signer: User) -> None:
    signed(signer, SiteFactory())
    with superuser() as cursor:
        cursor.execute('UPDATE signatures_signature SET content = content || \'{"outcome": "ineligible"}\'')
    assert not verify(Signature.objects.get())


def test_is_never_changed_by_the_portal(signer: User) -> None:
    signed(signer, SiteFactory())
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Signature.objects.update(meaning="")


@pytest.mark.parametrize(("password", "says"), [("wrong", "not your password"), ("", "Enter your password")])
def test_with_a_wrong_or_missing_password_is_refused_and_counted(signer: User, password: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refusal:
        signed(signer, SiteFactory(), password=password)
    assert refusal.value.field == "password"
    assert failures_left("liu.wenhai", AT) == 4
    assert Signature.objects.count() == 0


def test_of_a_locked_account_is_refused_with_the_time(signer: User) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            signed(signer, SiteFactory(), password="wrong")
    with pytest.raises(Refused, match="rests until 20 Oct 2026, 14:15 "):
        signed(signer, SiteFactory())


def test_with_a_password_that_somebody_else_set_is_refused(signer: User) -> None:
    User.objects.filter(pk=signer.pk).update(must_change_password=True)
    with pytest.raises(Refused, match="Change it first"):
        signed(signer, SiteFactory())


def test_before_it_was_accepted_that_it_binds_is_refused() -> None:
    newcomer = UserFactory(statement=False)
    with pytest.raises(Refused, match="signature binds you"):
        signed(newcomer, SiteFactory())


def test_of_numbers_that_the_database_writes_otherwise_is_refused_as_a_mistake_of_the_portal(signer: User) -> None:
    for number in (1e22, -0.0):
        with pytest.raises(ValueError, match="other types"), transaction.atomic():
            signed(signer, SiteFactory(), content={"number": number})


def test_holds_over_every_json_value_the_database_gives_back(signer: User) -> None:
    content = {
        "": "",
        "长": "\U0001f600\u2028é",
        "n": [0, -1, 10**30, 0.1, 1e-9, 123456789.123456],
        "o": {"b": {}, "a": []},
    }
    assert verify(signed(signer, SiteFactory(), content=content))


def test_is_shown_with_name_time_zone_meaning_and_whether_it_holds(signer: User) -> None:
    signature = signed(signer, SiteFactory())

    def shown(**kwargs: Any) -> str:
        return render_to_string("components/signature.html", {"signature": signature, "what": "Site 01"} | kwargs)

    page = shown(valid=True, unchanged=True)
    for text in (
        "Dr Liu Wenhai 刘文海",
        "20 Oct 2026, 14:00 (Asia/Shanghai)",
        "I confirm this.",
        "Investigator, site 01",
        "Site 01",
        signature.digest,
        "Valid, content unchanged",
    ):
        assert text in page
    assert "the record has changed" in shown(valid=True, unchanged=False)
    assert "Not valid" in shown(valid=False)
    assert 'class="p-mani void"' in shown(valid=False)


def test_takes_few_queries(signer: User, django_assert_max_num_queries: Any) -> None:
    site = SiteFactory()
    with django_assert_max_num_queries(25, connection=connection):
        signed(signer, site)
