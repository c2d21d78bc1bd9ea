"""ICF versions: what is taken as one, where its file lies, when it may be struck."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.factories import AT, person
from tests.integration.participants.world import TODAY, approved_site, consent, coordinator_of, register
from trial_portal.accounts.models import Site, User
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants import actions
from trial_portal.participants.actions.icf import MOST_BYTES
from trial_portal.participants.models import IcfVersion

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def admin() -> User:
    return person("admin")


def add(by: User, site: Site, content: bytes = PDF, **facts: Any) -> IcfVersion:
    facts = {
        "language": "zh",
        "label": "v1.0",
        "ethics_approved_on": date(2026, 1, 10),
        "effective_from": date(2026, 1, 20),
        "file": ContentFile(content, name="icf.pdf"),
    } | facts
    return actions.add_icf_version(by=by, at=AT, site=site, **facts)


def stored() -> set[str]:
    return set(default_storage.listdir("icf")[1]) if default_storage.exists("icf") else set()


class TestAVersion:
    def test_keeps_its_file_under_a_random_name_with_its_digest(self, admin: User, site: Site) -> None:
        version = add(admin, site)

        assert version.sha256 == hashlib.sha256(PDF).hexdigest()
        with default_storage.open(version.file.name) as file:
            assert file.read() == PDF
        assert len(version.file.name) == len("icf/") + 32 + len(".pdf")
        assert "v1.0" not in version.file.name
        row = AuditEvent.objects.latest("id")
        assert (row.actor, row.changes["sha256"]) == (admin.username, version.sha256)

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "not a PDF"),
            (b"GIF89a" + PDF, "not a PDF"),
            (b"<html>" + PDF, "not a PDF"),
            (PDF[:-8], "cut off"),
            (PDF + b"x" * 2000, "cut off"),
            (PDF.replace(b"startxref", b"nothing"), "cut off"),
        ],
    )
    def test_is_a_pdf_by_its_content(self, admin: User, site: Site, content: bytes, says: str) -> None:
        before = stored()
        with pytest.raises(Refused, match=says) as refused:
            add(admin, site, content)
        assert refused.value.field == "file"
        assert (stored(), IcfVersion.objects.count()) == (before, 0)

    def test_is_no_larger_than_ten_megabytes(self, admin: User, site: Site) -> None:
        filler = b"%PDF-1.7\n" + b" " * (MOST_BYTES - len(PDF)) + PDF[9:]
        assert len(filler) == MOST_BYTES
        assert add(admin, site, filler)
        with pytest.raises(Refused, match="10 MB"):
            add(admin, site, filler[:9] + b" " + filler[9:], label="v2.0")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            (
                {"ethics_approved_on": TODAY + timedelta(1), "effective_from": TODAY + timedelta(2)},
                "ethics_approved_on",
            ),
            ({"effective_from": date(2026, 1, 9)}, "effective_from"),
            ({"expires_on": date(2026, 1, 19)}, "expires_on"),
        ],
    )
    def test_has_its_days_in_order(self, admin: User, site: Site, wrong: dict[str, date], field: str) -> None:
        with pytest.raises(Refused) as refused:
            add(admin, site, **wrong)
        assert refused.value.field == field

    def test_may_take_effect_on_the_day_of_its_approval_and_last_a_day(self, admin: User, site: Site) -> None:
        day = date(2026, 1, 10)
        assert add(admin, site, effective_from=day, expires_on=day)

    def test_has_a_label_of_its_own_in_its_language(self, admin: User, site: Site) -> None:
        first = add(admin, site)
        with pytest.raises(Refused) as refused:
            add(admin, site, label=" v1.0 ")
        assert refused.value.field == "label"
        assert add(admin, site, language="en")
        actions.strike_icf_version(by=admin, at=AT, version=first, reason="wrong file")
        assert add(admin, site)

    def test_is_entered_by_an_admin(self, site: Site, admin: User) -> None:
        for other in (
            coordinator_of(site),
            person("investigator", site),
            person("monitor"),
            person("admin", approved_site("02")),
        ):
            with pytest.raises(NotPermitted):
                add(other, site)
        assert add(person("admin", site), site)


class TestStriking:
    def test_keeps_row_and_file_with_the_reason(self, admin: User, site: Site) -> None:
        version = add(admin, site)

        actions.strike_icf_version(by=admin, at=AT, version=version, reason="draft, not the approved text")

        version.refresh_from_db()
        assert (version.struck_by, version.struck_reason) == (admin, "draft, not the approved text")
        assert default_storage.exists(version.file.name)
        assert AuditEvent.objects.latest("id").reason == "draft, not the approved text"
        with pytest.raises(Refused, match="struck already"):
            actions.strike_icf_version(by=admin, at=AT, version=version, reason="again")

    def test_waits_while_consents_stand_on_it(self, admin: User, site: Site) -> None:
        version, by = add(admin, site), coordinator_of(site)
        given = consent(by, register(by, site), version)

        with pytest.raises(Refused, match="1 consent stands"):
            actions.strike_icf_version(by=admin, at=AT, version=version, reason="draft")

        actions.strike_consent(by=by, at=AT, consent=given, reason="signed the draft")
        assert actions.strike_icf_version(by=admin, at=AT, version=version, reason="draft").is_struck

    def test_is_an_admins(self, admin: User, site: Site) -> None:
        version = add(admin, site)
        for other in (coordinator_of(site), person("admin", approved_site("02")), person("monitor")):
            with pytest.raises(NotPermitted):
                actions.strike_icf_version(by=other, at=AT, version=version, reason="x")

    def test_leaves_no_consent_on_it(self, admin: User, site: Site) -> None:
        version, by = add(admin, site), coordinator_of(site)
        actions.strike_icf_version(by=admin, at=AT, version=version, reason="draft")
        with pytest.raises(Refused, match="not one of this site"):
            consent(by, register(by, site), version)
