"""The page of one participant: coded; who they are on demand and logged; everything struck and late visible."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import AT, person
from tests.integration.participants.pages import PERSON, boxes, client_of, send, typed, words
from tests.integration.participants.world import TODAY, approved_site, consent, coordinator_of, register, version
from trial_portal.accounts.models import Site, User
from trial_portal.participants import actions
from trial_portal.participants.models import Consent, Identity, IdentityShown, Participant, PossibleDuplicate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_noon")]
PAGE = "participants:participant"
CANARY = {"name": "Canary Quill", "birth_date": "1961-07-19", "phone": "0791 5550 1717", "email": "c.quill@example.cn"}
NEVER = ("Canary", "Quill", "1961-07-19", "19 Jul", "5550", "example.cn")


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


@pytest.fixture
def participant(by: User, site: Site) -> Participant:
    return register(by, site, **CANARY)


def shown(user: User, participant: Participant, query: str = "") -> str:
    return words(client_of(user).get(reverse(PAGE, args=[participant.number]) + query))


class TestThePage:
    def test_is_coded(self, by: User, participant: Participant) -> None:
        page = shown(by, participant)
        assert "S-01-0001" in page
        assert "Born 1961" in page
        assert not [canary for canary in NEVER if canary in page]

    def test_shows_each_consent_with_version_moment_zone_and_late_entry(
        self, by: User, site: Site, participant: Participant
    ) -> None:
        v1, v2 = version(site, "v1.0", date(2026, 2, 1)), version(site, "v2.0", date(2026, 6, 1))
        consent(by, participant, v2, date(2026, 10, 14), time(10, 20))
        consent(by, participant, v1, TODAY, time(9, 0), confirmed_version=True, copy_given=False)
        Consent.objects.update(recorded_at=AT)
        page = shown(by, participant)
        assert "14 Oct 2026, 10:20 Asia/Shanghai · The patient" in page
        assert "v2.0 (Chinese) In force that day" in page
        assert "v1.0 (Chinese) Not in force that day" in page
        assert f"20 Oct 2026, 14:00 (Asia/Shanghai) {by} · 6 days later" in page
        assert "No copy given" in page
        assert "Consent on a version not in force" in page
        assert "v1.0 (Chinese) was replaced on 1 Jun 2026 by v2.0 (Chinese)" in page

    def test_hides_a_struck_consent_until_it_is_asked_for(self, by: User, site: Site, participant: Participant) -> None:
        given = consent(by, participant, version(site, "v1.0", date(2026, 2, 1)))
        actions.strike_consent(by=by, at=AT, consent=given, reason="another patient's form")
        assert "No consent is recorded." in shown(by, participant)
        assert "Show 1 consent entered in error" in shown(by, participant)
        page = shown(by, participant, "?struck=1")
        assert f"Entered in error struck by {by}: “another patient's form”" in page

    def test_shows_withdrawal_and_history(self, by: User, site: Site, participant: Participant) -> None:
        consent(by, participant, version(site, "v1.0", date(2026, 2, 1)))
        actions.withdraw_consent(by=by, at=AT, participant=participant, withdrawn_on=TODAY, reason_given="moves away")
        page = shown(by, participant)
        assert "Withdrew consent on 20 Oct 2026 moves away" in page
        assert "Consent recorded, of 14 Oct 2026" in page
        assert "Registered" in page

    def test_entered_in_error_offers_nothing_more(self, by: User, participant: Participant) -> None:
        actions.strike_participant(by=by, at=AT, participant=participant, reason="typed twice")
        page = shown(by, participant)
        assert "Nothing more is recorded here" in page
        assert "Record consent" not in page
        assert "Mark as entered in error" not in page

    def test_costs_the_same_however_much_happened(self, by: User, site: Site, participant: Participant) -> None:
        icf = version(site, "v1.0", date(2026, 2, 1))

        def queries() -> int:
            client = client_of(by)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(reverse(PAGE, args=[participant.number])).status_code == 200
            return len(captured)

        consent(by, participant, icf)
        once = queries()
        for hour in range(8):
            consent(by, participant, icf, clock=time(hour, 0))
        for count in range(5):
            register(by, site, name=f"Person {count} of five")
        assert queries() == once <= 15


class TestButtons:
    @pytest.mark.parametrize(
        ("role", "offered"),
        [
            ("coordinator", {"Show identity", "Record consent", "Mark as entered in error"}),
            ("investigator", {"Show identity", "Record consent", "Mark as entered in error"}),
            ("admin", set()),
            ("monitor", set()),
        ],
    )
    def test_are_those_the_person_may_press(
        self, site: Site, participant: Participant, role: str, offered: set[str]
    ) -> None:
        page = shown(person(role, site), participant)
        every = {"Show identity", "Record consent", "Mark as entered in error"}
        assert {button for button in every if button in page} == offered


class TestWhoTheyAre:
    def test_opens_in_place_and_is_logged(self, by: User, participant: Participant) -> None:
        response = send(client_of(by), "participants:identity", participant.number)
        page = words(response)
        assert "Canary Quill" in page
        assert "1961-07-19" in page
        assert "History" in page
        assert response.headers["Cache-Control"] == "no-store"
        assert IdentityShown.objects.get().by == by

    def test_is_a_piece_of_the_page_for_htmx(self, by: User, participant: Participant) -> None:
        client = client_of(by)
        response = client.post(
            reverse("participants:identity", args=[participant.number]), headers={"HX-Request": "true"}
        )
        assert "Canary Quill" in words(response)
        assert "<html" not in response.content.decode()

    def test_is_not_opened_by_an_address(self, by: User, participant: Participant) -> None:
        assert client_of(by).get(reverse("participants:identity", args=[participant.number])).status_code == 405
        assert not IdentityShown.objects.exists()

    @pytest.mark.parametrize("role", ["admin", "monitor"])
    def test_is_shown_to_neither_admin_nor_monitor(self, site: Site, participant: Participant, role: str) -> None:
        for somebody in (person(role), person(role, site)):
            response = send(client_of(somebody), "participants:identity", participant.number)
            assert response.status_code == 403
            assert not [canary for canary in NEVER if canary in words(response)]
        assert not IdentityShown.objects.exists()


class TestCorrecting:
    def data(self, by: User, participant: Participant, **changed: str) -> dict[str, str]:
        page = client_of(by).get(reverse("participants:identity-change", args=[participant.number]))
        kept = {name: typed(page, name) for name in ("name", "phone", "email", "record_number", "national_id")}
        token = {"token": page.context["form"]["token"].value(), "told": ""}
        born = boxes("birth_date", participant.identity.birth_date)
        return PERSON | born | kept | token | {"reason": "misread"} | changed

    def test_starts_from_what_is_stored_and_saves(self, by: User, participant: Participant) -> None:
        data = self.data(by, participant, name="Canary Quillon")
        response = send(client_of(by), "participants:identity-change", participant.number, **data)
        assert response.status_code == 303
        assert Identity.objects.get().name == "Canary Quillon"
        assert Identity.objects.get().phone == CANARY["phone"]
        assert IdentityShown.objects.count() == 2

    def test_says_what_is_wrong_and_keeps_what_was_typed(self, by: User, participant: Participant) -> None:
        data = self.data(by, participant, name="Canary Quillon", reason="", email="nonsense")
        response = send(client_of(by), "participants:identity-change", participant.number, **data)
        assert response.status_code == 422
        assert "Say why" in words(response)
        assert "Write the e-mail address like" in words(response)
        assert typed(response, "name") == "Canary Quillon"
        assert Identity.objects.get().name == "Canary Quill"

    def test_is_not_for_somebody_who_may_not_register(self, site: Site, by: User, participant: Participant) -> None:
        by.delegations.update(tasks=["obtain_consent"])
        client = client_of(by)
        address = reverse("participants:identity-change", args=[participant.number])
        assert client.get(address).status_code == client.post(address).status_code == 403


class TestAPossibleDuplicate:
    @pytest.fixture
    def pair(self, by: User, site: Site, participant: Participant) -> PossibleDuplicate:
        other = approved_site("02")
        register(
            coordinator_of(other),
            other,
            name="Canary Quill",
            birth_date="1961-07-19",
            national_id="CANARY-ID",
            confirmed=True,
            explanation="twins",
        )
        twin = register(
            by,
            site,
            name="Wang Fang",
            birth_date="1990",
            national_id="CANARY-ID",
            confirmed=True,
            explanation="id misread",
        )
        return PossibleDuplicate.objects.get(participant=twin)

    def test_at_another_site_tells_no_more_than_that(self, by: User, site: Site, pair: PossibleDuplicate) -> None:
        for page in (
            shown(by, pair.participant),
            words(client_of(by).get(reverse("participants:duplicate", args=[pair.participant.number, pair.pk]))),
        ):
            assert "nother site" in page
            assert "S-02" not in page
            assert "national id" not in page
            assert "Hospital 02" not in page

    def test_is_resolved_by_an_investigator(self, by: User, site: Site, pair: PossibleDuplicate) -> None:
        where = ("participants:duplicate", pair.participant.number, pair.pk)
        assert send(client_of(by), *where, same="no", reason="x").status_code == 403
        investigator = client_of(person("investigator", site))
        empty = send(investigator, *where)
        assert empty.status_code == 422
        assert "Choose Yes or No." in words(empty)
        assert send(investigator, *where, same="no", reason="id card seen again").status_code == 303
        pair.refresh_from_db()
        assert pair.same is False
        assert "Another person: “id card seen again”" in shown(by, pair.participant)

    def test_is_found_under_its_own_participant_alone(
        self, by: User, participant: Participant, pair: PossibleDuplicate
    ) -> None:
        address = reverse("participants:duplicate", args=[participant.number, pair.pk])
        assert client_of(by).get(address).status_code == 404


class TestAnotherSitesParticipant:
    def test_does_not_exist_at_any_address(self, by: User, site: Site, participant: Participant) -> None:
        given = consent(by, participant, version(site, "v1.0", date(2026, 2, 1)))
        register(by, site, name="Canary Quill", birth_date="1961-07-19", confirmed=True, explanation="twins")
        pair = PossibleDuplicate.objects.get()
        Participant.objects.filter(pk=participant.pk).update(status="consented")
        stranger = client_of(coordinator_of(approved_site("02")))
        for name, *rest in (
            ("participant",),
            ("identity-change",),
            ("strike",),
            ("consent-add",),
            ("consent-strike", given.pk),
            ("withdraw",),
        ):
            address = reverse(f"participants:{name}", args=[participant.number, *rest])
            assert stranger.get(address).status_code == 404, name
            if name != "participant":
                assert stranger.post(address, {"reason": "x"}).status_code == 404, name
        assert send(stranger, "participants:identity", participant.number).status_code == 404
        address = reverse("participants:duplicate", args=[pair.participant.number, pair.pk])
        assert stranger.get(address).status_code == 404

    def test_looks_like_one_that_was_never_there(self, participant: Participant) -> None:
        stranger = client_of(coordinator_of(approved_site("02")))
        there = stranger.get(reverse(PAGE, args=[participant.number]))
        nowhere = stranger.get(reverse(PAGE, args=["S-09-0001"]))
        assert there.status_code == nowhere.status_code == 404
        assert words(there) == words(nowhere)

    def test_is_not_found_by_any_of_its_facts(self, participant: Participant) -> None:
        stranger = client_of(coordinator_of(approved_site("02")))
        for asked in ({"number": "S-01-0001"}, {"name": "Canary Quill"}, boxes("birth_date", "1961-07-19")):
            response = send(stranger, "participants:find", **asked)
            assert "Nobody at your sites has exactly this" in words(response)
            assert "S-01-0001" not in words(response).replace("S-01-0001", "", 0) or "number" in asked
