"""Withdrawal of consent: a row of its own, undone only by a consent signed later."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import AT, person
from tests.integration.participants.world import TODAY, approved_site, consent, coordinator_of, register, version
from trial_portal.accounts.models import Site, User
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants import actions, selectors
from trial_portal.participants.models import ConsentWithdrawal, IcfVersion, Participant, ParticipantStep

pytestmark = pytest.mark.django_db
V2, V3 = date(2026, 6, 1), date(2026, 10, 19)
Versions = dict[str, IcfVersion]


@pytest.fixture
def site() -> Site:
    return approved_site("01")


@pytest.fixture
def by(site: Site) -> User:
    return coordinator_of(site)


@pytest.fixture
def participant(by: User, site: Site) -> Participant:
    return register(by, site)


@pytest.fixture
def versions(site: Site) -> Versions:
    return {label: version(site, label, since) for label, since in (("v2.0", V2), ("v3.0", V3))}


def status(participant: Participant) -> str:
    return Participant.objects.get(pk=participant.pk).status


class TestWithdrawing:
    def withdraw(self, by: User, participant: Participant, on: date = TODAY, said: str = "") -> ConsentWithdrawal:
        return actions.withdraw_consent(by=by, at=AT, participant=participant, withdrawn_on=on, reason_given=said)

    def test_is_a_row_of_its_own(self, by: User, participant: Participant, versions: Versions) -> None:
        consent(by, participant, versions["v2.0"])

        self.withdraw(by, participant, date(2026, 10, 18), "moves to another city")

        row = ConsentWithdrawal.objects.get()
        assert (row.withdrawn_on, row.reason_given, row.recorded_by) == (
            date(2026, 10, 18),
            "moves to another city",
            by,
        )
        assert status(participant) == "withdrawn"
        assert selectors.first_consent(participant) is not None
        assert ParticipantStep.objects.latest("id").event_date == date(2026, 10, 18)

    @pytest.mark.parametrize("day", [date(2026, 10, 13), TODAY + timedelta(1)])
    def test_is_not_before_the_consent_and_not_in_the_future(
        self, by: User, participant: Participant, versions: Versions, day: date
    ) -> None:
        consent(by, participant, versions["v2.0"], date(2026, 10, 14))
        with pytest.raises(Refused) as refused:
            self.withdraw(by, participant, day)
        assert refused.value.field == "withdrawn_on"

    def test_needs_a_consent(self, by: User, participant: Participant, versions: Versions) -> None:
        with pytest.raises(Refused, match="no consent to withdraw"):
            self.withdraw(by, participant)
        consent(by, participant, versions["v2.0"])
        self.withdraw(by, participant)
        with pytest.raises(Refused, match="no consent to withdraw"):
            self.withdraw(by, participant)

    def test_is_undone_only_by_a_consent_signed_later(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        consent(by, participant, versions["v2.0"], date(2026, 10, 14))
        self.withdraw(by, participant, V3)
        consent(by, participant, versions["v2.0"], date(2026, 10, 16))
        assert status(participant) == "withdrawn"
        consent(by, participant, versions["v3.0"], V3)
        assert status(participant) == "withdrawn"
        again = consent(by, participant, versions["v3.0"], TODAY)
        assert status(participant) == "consented"
        actions.strike_consent(by=by, at=AT, consent=again, reason="wrong file")
        assert status(participant) == "withdrawn"

    def test_is_taken_from_somebody_who_records_consent_at_the_site(
        self, by: User, site: Site, participant: Participant, versions: Versions
    ) -> None:
        consent(by, participant, versions["v2.0"])
        for other in (coordinator_of(approved_site("02")), person("admin", site), person("monitor")):
            with pytest.raises(NotPermitted):
                self.withdraw(other, participant)

    def test_a_reason_that_says_who_it_is_is_refused(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        consent(by, participant, versions["v2.0"])
        with pytest.raises(Refused) as refused:
            self.withdraw(by, participant, said="Li Hua was called and said no")
        assert refused.value.field == "reason_given"
        assert status(participant) == "consented"


class TestStrikingAWithdrawal:
    @pytest.fixture
    def withdrawal(self, by: User, participant: Participant, versions: Versions) -> ConsentWithdrawal:
        consent(by, participant, versions["v2.0"])
        return actions.withdraw_consent(by=by, at=AT, participant=participant, withdrawn_on=TODAY)

    def test_lets_the_consent_stand_again_and_keeps_the_row(self, by: User, withdrawal: ConsentWithdrawal) -> None:
        actions.strike_withdrawal(by=by, at=AT, withdrawal=withdrawal, reason="entered for the wrong participant")
        participant = withdrawal.participant
        assert status(participant) == "consented"
        assert list(selectors.withdrawals_of(participant)) == []
        row = selectors.all_withdrawals_of(participant).get()
        assert (row.is_struck, row.struck_by, row.struck_reason) == (True, by, "entered for the wrong participant")
        assert ParticipantStep.objects.latest("id").action == "strike_withdrawal"

    def test_is_done_once(self, by: User, withdrawal: ConsentWithdrawal) -> None:
        actions.strike_withdrawal(by=by, at=AT, withdrawal=withdrawal, reason="wrong person")
        with pytest.raises(Refused, match="struck already"):
            actions.strike_withdrawal(by=by, at=AT, withdrawal=withdrawal, reason="wrong person")

    def test_needs_a_reason_and_the_permission(self, by: User, withdrawal: ConsentWithdrawal) -> None:
        with pytest.raises(Refused):
            actions.strike_withdrawal(by=by, at=AT, withdrawal=withdrawal, reason=" ")
        with pytest.raises(NotPermitted):
            actions.strike_withdrawal(by=person("monitor"), at=AT, withdrawal=withdrawal, reason="wrong person")
        assert status(withdrawal.participant) == "withdrawn"
