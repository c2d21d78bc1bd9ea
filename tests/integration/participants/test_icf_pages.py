"""Pages of ICF versions: the list, the file behind its check, entering and striking one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AT, person
from tests.integration.participants.pages import boxes, client_of, send, typed, words
from tests.integration.participants.test_icf_versions import PDF, add
from tests.integration.participants.world import approved_site, coordinator_of, version
from trial_portal.accounts.models import Site, User
from trial_portal.participants import actions
from trial_portal.participants.models import IcfVersion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def admin() -> User:
    return person("admin")


def data(**changed: Any) -> dict[str, Any]:
    return {
        "language": "zh",
        "label": "v1.0",
        **boxes("ethics_approved_on", "2026-01-10"),
        **boxes("effective_from", "2026-01-20"),
        **boxes("expires_on", ""),
        "file": SimpleUploadedFile("consent form.pdf", PDF, "application/pdf"),
    } | changed


class TestEntering:
    def test_opens_the_new_version(self, admin: User, site: Site) -> None:
        response = send(client_of(admin), "icf:add", **data())
        made = IcfVersion.objects.get()
        assert response.status_code == 303
        assert response.headers["Location"] == reverse("icf:version", args=[made.pk])
        assert "SHA-256" in words(client_of(admin).get(response.headers["Location"]))

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"language": ""}, "Choose the language"),
            ({"label": " "}, "Enter the version as printed"),
            (boxes("ethics_approved_on", ""), "Enter the day of the approval."),
            (boxes("effective_from", "2026-01-09"), "on the day of its approval (10 Jan 2026) or later"),
            (boxes("expires_on", "2026-01-19"), "lies before the day it takes effect"),
            ({"file": ""}, "Choose the approved PDF."),
            ({"file": SimpleUploadedFile("x.pdf", b"")}, "This file is empty."),
            ({"file": SimpleUploadedFile("x.pdf", b"MZ" + PDF, "application/pdf")}, "This file is not a PDF."),
            ({"sha256": "0" * 64}, "does not know the field sha256"),
        ],
    )
    def test_refuses_at_the_field_and_keeps_what_was_typed(
        self, admin: User, site: Site, wrong: dict[str, Any], says: str
    ) -> None:
        response = send(client_of(admin), "icf:add", **data(**wrong))
        assert response.status_code == 422
        assert says in words(response)
        if "label" not in wrong:
            assert typed(response, "label") == "v1.0"
        assert not IcfVersion.objects.exists()

    def test_waits_for_a_site(self, admin: User) -> None:
        assert "There is no site yet." in words(client_of(admin).get(reverse("icf:add")))

    @pytest.mark.parametrize("role", ["coordinator", "investigator", "monitor"])
    def test_is_an_admins(self, site: Site, role: str) -> None:
        made = version(site, "v1.0", date(2026, 2, 1))
        client = client_of(person(role, site))
        assert client.get(reverse("icf:add")).status_code == 403
        assert send(client, "icf:add", **data()).status_code == 403
        assert send(client, "icf:strike", made.pk, reason="x").status_code == 403
        page = words(client.get(reverse("icf:list")))
        assert "v1.0" in page
        assert "Add an ICF version" not in page


class TestTheFile:
    @pytest.mark.parametrize("role", ["coordinator", "investigator", "admin", "monitor"])
    def test_is_handed_out_as_a_pdf_and_nothing_else(self, admin: User, site: Site, role: str) -> None:
        made = add(admin, site)
        response = client_of(person(role, site)).get(reverse("icf:file", args=[made.pk]))
        assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Content-Disposition"] == 'inline; filename="icf-01-zh-v1-0.pdf"'
        assert response.headers["Cache-Control"] == "no-store"

    def test_of_another_site_does_not_exist(self, admin: User, site: Site) -> None:
        made = add(admin, site)
        stranger = client_of(coordinator_of(approved_site("02")))
        for name in ("icf:file", "icf:version"):
            assert stranger.get(reverse(name, args=[made.pk])).status_code == 404
        assert "No ICF version is entered yet." in words(stranger.get(reverse("icf:list")))
        other = client_of(person("admin", approved_site("03")))
        assert send(other, "icf:strike", made.pk, reason="x").status_code == 404

    def test_is_at_no_public_address(self, admin: User, site: Site, client: Any, settings: Any) -> None:
        made = add(admin, site)
        for prefix in ("/media/", "/static/", "/files/", settings.MEDIA_URL):
            assert client.get(f"{prefix}{made.file.name}").status_code in (302, 404)
        where = client.get(reverse("icf:file", args=[made.pk]))
        assert where.status_code == 302
        assert reverse("accounts:sign-in") in where.headers["Location"]


class TestTheList:
    def test_says_how_each_stands_today(self, admin: User, site: Site) -> None:
        version(site, "v1.0", date(2026, 2, 1))
        version(site, "v2.0", date(2026, 6, 1))
        version(site, "v3.0", date(2026, 10, 21))
        version(site, "v1.0", date(2026, 2, 1), until=date(2026, 10, 19), language="en")
        page = words(client_of(admin).get(reverse("icf:list")))
        assert "Replaced on 1 Jun 2026 by v2.0" in page
        assert "In force since 1 Jun 2026" in page
        assert "Takes effect on 21 Oct 2026" in page
        assert "Ended on 19 Oct 2026" in page

    def test_shows_struck_ones_on_demand(self, admin: User, site: Site) -> None:
        made = version(site, "v1.0-draft", date(2026, 2, 1))
        actions.strike_icf_version(by=admin, at=AT, version=made, reason="draft")
        client = client_of(admin)
        assert "v1.0-draft" not in words(client.get(reverse("icf:list")))
        assert "“draft”" in words(client.get(reverse("icf:list"), {"struck": "1"}))
        assert "Entered in error" in words(client.get(reverse("icf:version", args=[made.pk])))

    def test_costs_the_same_for_few_and_many(self, admin: User, site: Site) -> None:
        def queries() -> int:
            client = client_of(admin)
            with CaptureQueriesContext(connection) as captured:
                client.get(reverse("icf:list"))
            return len(captured)

        version(site, "v0.1", date(2026, 2, 1))
        once = queries()
        for count in range(20):
            version(approved_site(f"{10 + count % 3}"), f"v{count}.9", date(2026, 2, 1 + count))
        assert queries() == once

    def test_strikes_with_a_reason(self, admin: User, site: Site) -> None:
        made = version(site, "v1.0", date(2026, 2, 1))
        assert send(client_of(admin), "icf:strike", made.pk).status_code == 422
        assert send(client_of(admin), "icf:strike", made.pk, reason="draft").status_code == 303
        made.refresh_from_db()
        assert made.is_struck
