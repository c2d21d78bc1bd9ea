"""Every form of the registry: what is refused and how it is said; nothing typed is lost, nothing is saved half."""

from __future__ import annotations

import logging
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests.factories import AT, person
from tests.integration.participants.pages import PERSON, boxes, client_of, hidden, send, typed, words
from tests.integration.participants.world import TODAY, approved_site, consent, coordinator_of, register, version
from trial_portal.accounts.models import Site, User
from trial_portal.audit.models import AuditEvent
from trial_portal.participants.models import (
    Consent,
    ConsentWithdrawal,
    Deviation,
    Identity,
    Participant,
    PossibleDuplicate,
    PrescreeningEntry,
    ScreeningCounter,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
REGISTER, CONSENT = "participants:register", "participants:consent-add"


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


@pytest.fixture
def participant(by: User, site: Site) -> Participant:
    return register(by, site)


class TestRegistering:
    def test_gives_a_number_and_opens_the_page(self, by: User) -> None:
        response = send(client_of(by), REGISTER, **PERSON, **boxes("approached_on", "2026-10-12"))
        assert response.status_code == 303
        assert response.headers["Location"] == reverse("participants:participant", args=["S-01-0001"])
        assert PrescreeningEntry.objects.get().participant.number == "S-01-0001"

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"name": ""}, "Enter the name."),
            ({"name": "x" * 201}, "at most 200 characters"),
            ({"name": "a\x00b"}, "Null characters"),
            ({"sex_at_birth": ""}, "Choose the sex at birth."),
            ({"sex_at_birth": "robot"}, "robot"),
            (boxes("birth_date", ""), "Enter the birth date."),
            (boxes("birth_date", "1979-02-30"), "there is no such day"),
            ({"birth_date-year": "79"}, "four digits"),
            ({"birth_date-month": ""}, "enter year, month and day as numbers"),
            (boxes("birth_date", "2026-10-21"), "lies in the future"),
            ({"email": "nonsense"}, "Write the e-mail address like"),
            (boxes("approached_on", "2026-10-21"), "21 Oct 2026 lies in the future; today is 20 Oct 2026"),
            (boxes("approached_on", "2026-10"), "enter the year, the month and the day"),
        ],
    )
    def test_refuses_at_the_field_and_keeps_what_was_typed(self, by: User, wrong: dict[str, str], says: str) -> None:
        data = PERSON | {"phone": "0791 1234 5678"} | wrong
        response = send(client_of(by), REGISTER, **data)
        assert response.status_code == 422
        assert says in words(response)
        assert typed(response, "phone") == "0791 1234 5678"
        for name, value in wrong.items():
            if name in ("name", "email", "birth_date-year", "birth_date-month") and "\x00" not in value:
                assert typed(response, name) == value
        assert not Participant.objects.exists()
        assert not Identity.objects.exists()
        assert not PrescreeningEntry.objects.exists()
        assert not ScreeningCounter.objects.exists()

    def test_refuses_a_field_it_does_not_know(self, by: User) -> None:
        response = send(client_of(by), REGISTER, **PERSON, status="consented")
        assert response.status_code == 422
        assert "does not know the field status" in words(response)
        assert not Participant.objects.exists()

    def test_tells_of_a_possible_duplicate_before_it_saves(self, by: User, participant: Participant) -> None:
        client = client_of(by)
        first = send(client, REGISTER, **PERSON)
        assert first.status_code == 422
        assert "This person may be in the registry already" in words(first)
        assert reverse("participants:participant", args=[participant.number]) in first.content.decode()
        assert typed(first, "name") == "Li Hua"

        told = {"told": hidden(first, "told")}
        without = send(client, REGISTER, **PERSON | told)
        assert without.status_code == 422
        assert "Say why this is another person." in words(without)
        assert Participant.objects.count() == 1

        third = send(client, REGISTER, **PERSON | told, explanation="twins, both seen")
        assert third.status_code == 303
        assert PossibleDuplicate.objects.get().explanation == "twins, both seen"

    def test_counts_no_confirmation_of_what_was_not_told(self, by: User, participant: Participant) -> None:
        for told in ("", "yes", "0" * 20):
            response = send(client_of(by), REGISTER, **PERSON | {"told": told}, explanation="twins", confirmed="yes")
            assert response.status_code == 422
        assert Participant.objects.count() == 1

    def test_tells_of_another_site_no_more_than_that(self, by: User) -> None:
        other = approved_site("02")
        register(coordinator_of(other), other)
        page = words(send(client_of(by), REGISTER, **PERSON))
        assert "This person is already known at another site." in page
        assert "S-02" not in page
        assert "same name" not in page

    def test_asks_for_the_site_where_there_are_several(self, by: User) -> None:
        elsewhere, strange = approved_site("02"), approved_site("03")
        coordinator_of(elsewhere).delegations.update(user=by)
        client = client_of(by)
        assert "Choose the site." in words(send(client, REGISTER, **PERSON))
        assert send(client, REGISTER, **PERSON, site=str(strange.pk)).status_code == 422
        assert send(client, REGISTER, **PERSON, site=str(elsewhere.pk)).status_code == 303
        assert Participant.objects.get().number == "S-02-0001"

    def test_at_a_site_without_approval_says_so(self, by: User, site: Site) -> None:
        site.approvals.update(expires_on=TODAY - timedelta(1))
        response = send(client_of(by), REGISTER, **PERSON)
        assert response.status_code == 422
        assert "no approval in force today" in words(response)

    @pytest.mark.parametrize("role", ["admin", "monitor"])
    def test_is_closed_to_admin_and_monitor(self, site: Site, role: str) -> None:
        assert client_of(person(role, site)).get(reverse(REGISTER)).status_code == 403
        assert send(client_of(person(role)), REGISTER, **PERSON).status_code == 403


class TestRecordingConsent:
    @pytest.fixture(autouse=True)
    def versions(self, site: Site) -> None:
        self.v1 = version(site, "v1.0", date(2026, 2, 1))
        self.v2 = version(site, "v2.0", date(2026, 6, 1))

    def data(self, by: User, **changed: Any) -> dict[str, Any]:
        return {
            "version": str(self.v2.pk),
            **boxes("signed_on", "2026-10-14"),
            "signed_time": "10:20",
            "signed_by": "patient",
            "held_by": str(by.pk),
            "copy_given": "yes",
            "told": "",
        } | changed

    def test_saves_what_happened(self, by: User, participant: Participant) -> None:
        assert send(client_of(by), CONSENT, participant.number, **self.data(by)).status_code == 303
        given = Consent.objects.get()
        assert (given.version, given.signed_on, str(given.signed_time), given.copy_given, given.version_valid) == (
            self.v2,
            date(2026, 10, 14),
            "10:20:00",
            True,
            True,
        )

    def test_chooses_nothing_beforehand_and_offers_the_version_in_force_first(
        self, by: User, participant: Participant
    ) -> None:
        page = client_of(by).get(reverse(CONSENT, args=[participant.number])).content.decode()
        form = page[page.index("<form", page.index('class="p-head"')) :]
        assert "checked" not in form
        assert form.index("v2.0 (Chinese) · in force since 1 Jun 2026") < form.index("Another version was signed")
        assert form.index("Another version was signed") < form.index("v1.0 (Chinese) · replaced on 1 Jun 2026 by v2.0")

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            ({"version": ""}, "Choose the version that was signed."),
            ({"version": "999999"}, "999999"),
            (boxes("signed_on", ""), "Enter the day of signing."),
            (boxes("signed_on", "2026-10-21"), "lies in the future"),
            ({"signed_time": "25:00"}, "Write the time with 24 hours"),
            ({**boxes("signed_on", "2026-10-20"), "signed_time": "14:01"}, "it is 14:00 at this site"),
            (boxes("signed_on", "1979-03-01"), "born in 1979"),
            ({"signed_by": ""}, "Choose who signed."),
            ({"held_by": ""}, "Choose who held the discussion."),
            ({"copy_given": ""}, "Choose Yes or No."),
            ({"version_valid": "yes"}, "does not know the field version_valid"),
        ],
    )
    def test_refuses_at_the_field_and_keeps_what_was_typed(
        self, by: User, participant: Participant, wrong: dict[str, str], says: str
    ) -> None:
        response = send(client_of(by), CONSENT, participant.number, **self.data(by, **wrong))
        assert response.status_code == 422
        assert says in words(response)
        assert typed(response, "signed_time") == wrong.get("signed_time", "10:20")
        assert not Consent.objects.exists()
        assert not Deviation.objects.exists()

    def test_takes_the_time_with_or_without_its_colon(self, by: User, participant: Participant) -> None:
        send(client_of(by), CONSENT, participant.number, **self.data(by, signed_time="0930"))
        assert str(Consent.objects.get().signed_time) == "09:30:00"

    def test_on_a_wrong_version_names_the_right_one_and_keeps_everything(
        self, by: User, participant: Participant
    ) -> None:
        client, data = client_of(by), self.data(by, version=str(self.v1.pk))
        told = send(client, CONSENT, participant.number, **data)
        assert told.status_code == 422
        assert "On 14 Oct 2026 the version in force was v2.0 (Chinese)" in words(told)
        assert typed(told, "signed_time") == "10:20"
        chosen = [box for box in re.findall(r"<input[^>]*>", told.content.decode()) if " checked" in box]
        assert any('name="version"' in box and f'value="{self.v1.pk}"' in box for box in chosen)
        assert any('name="copy_given"' in box and 'value="yes"' in box for box in chosen)
        assert not Consent.objects.exists()

        done = send(client, CONSENT, participant.number, **data | {"told": hidden(told, "told")})
        assert done.status_code == 303
        assert Consent.objects.get().version_valid is False
        assert Deviation.objects.get().kind == "icf_version"

    def test_confirmed_for_one_day_is_not_confirmed_for_another(self, by: User, participant: Participant) -> None:
        client, data = client_of(by), self.data(by, version=str(self.v1.pk))
        told = hidden(send(client, CONSENT, participant.number, **data), "told")
        moved = data | boxes("signed_on", "2026-10-15") | {"told": told}
        again = send(client, CONSENT, participant.number, **moved)
        assert again.status_code == 422
        assert "On 15 Oct 2026" in words(again)
        assert hidden(again, "told") != told

    def test_without_any_version_says_what_is_missing(self, by: User, site: Site, participant: Participant) -> None:
        site.icf_versions.update(struck_at=AT)
        page = words(client_of(by).get(reverse(CONSENT, args=[participant.number])))
        assert "This site has no ICF version." in page

    def test_of_another_sites_version_is_refused(self, by: User, participant: Participant) -> None:
        theirs = version(approved_site("02"), "v2.0", date(2026, 6, 1))
        response = send(client_of(by), CONSENT, participant.number, **self.data(by, version=str(theirs.pk)))
        assert response.status_code == 422
        assert not Consent.objects.exists()


class TestReasons:
    """Striking and withdrawing: each asks why, or may."""

    def test_striking_a_participant_asks_why(self, by: User, participant: Participant) -> None:
        client = client_of(by)
        empty = send(client, "participants:strike", participant.number)
        assert empty.status_code == 422
        assert "Say why" in words(empty)
        named = send(client, "participants:strike", participant.number, reason="Li Hua was here before")
        assert named.status_code == 422
        assert typed(named, "reason") == "Li Hua was here before"
        assert Participant.objects.get().status == "registered"
        assert send(client, "participants:strike", participant.number, reason="typed twice").status_code == 303
        assert Participant.objects.get().status == "struck"
        assert AuditEvent.objects.latest("id").reason == "typed twice"

    def test_striking_a_consent_asks_why(self, by: User, site: Site, participant: Participant) -> None:
        given = consent(by, participant, version(site, "v1.0", date(2026, 2, 1)))
        where = ("participants:consent-strike", participant.number, given.pk)
        assert send(client_of(by), *where, reason=" ").status_code == 422
        assert send(client_of(by), *where, reason="wrong file").status_code == 303
        assert Participant.objects.get().status == "registered"

    def test_a_consent_is_struck_under_its_own_participant_alone(
        self, by: User, site: Site, participant: Participant
    ) -> None:
        given = consent(by, participant, version(site, "v1.0", date(2026, 2, 1)))
        other = register(by, site, name="Wang Fang")
        where = ("participants:consent-strike", other.number, given.pk)
        assert send(client_of(by), *where, reason="x").status_code == 404

    def test_withdrawing_asks_for_the_day_alone(self, by: User, site: Site, participant: Participant) -> None:
        consent(by, participant, version(site, "v1.0", date(2026, 2, 1)))
        where = ("participants:withdraw", participant.number)
        empty = send(client_of(by), *where, **boxes("withdrawn_on", ""), reason_given="moves away")
        assert empty.status_code == 422
        assert "Enter the day of the withdrawal." in words(empty)
        assert typed(empty, "reason_given") == "moves away"
        assert not ConsentWithdrawal.objects.exists()
        done = send(client_of(by), *where, **boxes("withdrawn_on", TODAY), reason_given="")
        assert done.status_code == 303
        assert Participant.objects.get().status == "withdrawn"

    @pytest.mark.parametrize("name", ["strike", "withdraw", "consent-add"])
    def test_are_asked_of_nobody_who_may_not(self, site: Site, participant: Participant, name: str) -> None:
        address = reverse(f"participants:{name}", args=[participant.number])
        for somebody in (person("admin", site), person("monitor")):
            client = client_of(somebody)
            assert client.get(address).status_code == client.post(address).status_code == 403


class TestFinding:
    def test_needs_one_fact(self, by: User) -> None:
        response = send(client_of(by), "participants:find", number=" ")
        assert response.status_code == 422
        assert "Enter the number, the name" in words(response)

    @pytest.mark.parametrize(
        "asked",
        [{"number": "s-01-0001"}, {"name": "LI HUA"}, boxes("birth_date", "1979-03-02"), {"record_number": "mr1"}],
    )
    def test_finds_exactly(self, by: User, site: Site, asked: dict[str, str]) -> None:
        register(by, site, record_number="MR-1")
        page = words(send(client_of(by), "participants:find", **asked))
        assert "1 participant found" in page
        assert "S-01-0001" in page

    @pytest.mark.parametrize("role", ["admin", "monitor"])
    def test_is_for_those_who_may_see_identities(self, site: Site, role: str) -> None:
        client = client_of(person(role, site))
        assert client.get(reverse("participants:find")).status_code == 403
        assert send(client, "participants:find", name="Li Hua").status_code == 403


def test_no_log_line_holds_an_identity(
    by: User, site: Site, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = client_of(by)
    canary = PERSON | {
        "name": "Canary Quill",
        "phone": "0791 5550 1717",
        "email": "c.quill@example.cn",
        "record_number": "MRN-CANARY",
        "national_id": "360102196107191717",
    }
    send(client, REGISTER, **canary | {"name": ""})
    send(client, REGISTER, **canary, nonsense="x")
    assert send(client, REGISTER, **canary).status_code == 303
    send(client, REGISTER, **canary)
    send(client, "participants:identity", "S-01-0001")
    send(client, "participants:find", name="Canary Quill", record_number="MRN-CANARY")
    send(client, "participants:strike", "S-01-0001", reason="Canary Quill was here before")
    out = "".join(capfd.readouterr()) + caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    assert "request_finished" in out
    for never in ("Canary", "canary", "5550 1717", "c.quill", "360102196107191717"):
        assert never not in out
