"""Consent as it happened: on the right version or not; the day in the site's zone; struck; withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from tests.factories import AT, UserFactory, person
from tests.integration.participants.world import TODAY, approved_site, consent, coordinator_of, register, version
from trial_portal.accounts.models import Delegation, Site, User
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants import actions, selectors
from trial_portal.participants.models import (
    Consent,
    Deviation,
    IcfVersion,
    Participant,
    ParticipantStep,
)
from trial_portal.participants.refusals import WrongVersion

pytestmark = pytest.mark.django_db
V1, V2, V3 = date(2026, 2, 1), date(2026, 6, 1), date(2026, 10, 19)
"""When v1.0, v2.0 and v3.0 take effect."""


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
def versions(site: Site) -> dict[str, IcfVersion]:
    made = {label: version(site, label, since) for label, since in (("v1.0", V1), ("v2.0", V2), ("v3.0", V3))}
    return made | {"en": version(site, "v2.0", V2, language="en")}


Versions = dict[str, IcfVersion]


def status(participant: Participant) -> str:
    return Participant.objects.get(pk=participant.pk).status


class TestTheVersionInForce:
    @pytest.mark.parametrize(
        ("day", "label"),
        [
            (V1 - timedelta(1), None),
            (V1, "v1.0"),
            (V2 - timedelta(1), "v1.0"),
            (V2, "v2.0"),
            (V3 - timedelta(1), "v2.0"),
            (V3, "v3.0"),
            (date(2027, 1, 1), "v3.0"),
        ],
    )
    def test_is_the_latest_begun(self, site: Site, versions: Versions, day: date, label: str | None) -> None:
        found = selectors.icf_in_force(site, "zh", day)
        assert (found.label if found else None) == label
        assert [v.label for v in selectors.versions_of(site).in_force(day) if v.language == "zh"] == (
            [label] if label else []
        )

    def test_is_each_languages_own(self, site: Site, versions: Versions) -> None:
        in_force = selectors.versions_of(site).in_force(V3)
        assert {(v.language, v.label) for v in in_force} == {("zh", "v3.0"), ("en", "v2.0")}

    def test_ends_after_its_last_day_and_the_one_before_does_not_come_back(
        self, site: Site, versions: Versions
    ) -> None:
        IcfVersion.objects.filter(pk=versions["v2.0"].pk).update(expires_on=date(2026, 6, 30))
        assert selectors.icf_in_force(site, "zh", date(2026, 6, 30)) == versions["v2.0"]
        assert selectors.icf_in_force(site, "zh", date(2026, 7, 1)) is None

    def test_is_not_one_entered_in_error(self, site: Site, versions: Versions) -> None:
        IcfVersion.objects.filter(pk=versions["v2.0"].pk).update(struck_at=AT)
        assert selectors.icf_in_force(site, "zh", V2) == versions["v1.0"]

    def test_of_two_on_one_day_is_the_one_entered_last(self, site: Site, versions: Versions) -> None:
        corrected = version(site, "v3.0a", V3)
        assert selectors.icf_in_force(site, "zh", V3) == corrected

    def test_is_the_sites_own(self, versions: Versions) -> None:
        assert selectors.icf_in_force(approved_site("02"), "zh", V3) is None


class TestOnTheRightVersion:
    def test_is_valid_and_makes_the_participant_consented(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        given = consent(by, participant, versions["v2.0"], date(2026, 10, 14), time(10, 20))

        assert (given.version_valid, status(participant)) == (True, "consented")
        assert not Deviation.objects.exists()
        step = ParticipantStep.objects.latest("id")
        assert (step.action, step.source, step.target, step.event_date) == (
            "record_consent",
            "registered",
            "consented",
            date(2026, 10, 14),
        )
        assert AuditEvent.objects.filter(table="participants_consent").get().actor == by.username

    def test_a_version_of_the_other_language_is_judged_by_its_own(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        assert consent(by, participant, versions["en"], V3).version_valid

    def test_in_its_last_hour_is_valid(self, by: User, participant: Participant, versions: Versions) -> None:
        """23:59 in Nanchang on 18 Oct is 15:59 UTC; a minute later v3.0 is in force."""
        at = datetime(2026, 10, 18, 16, 0, tzinfo=UTC)
        assert consent(by, participant, versions["v2.0"], V3 - timedelta(1), time(23, 59), at=at).version_valid
        assert consent(by, participant, versions["v3.0"], V3, time(0, 0), at=at).version_valid


class TestOnAWrongVersion:
    @pytest.mark.parametrize(
        ("label", "day", "says", "right"),
        [
            ("v1.0", date(2026, 10, 14), "v1.0 (Chinese) was replaced on 1 Jun 2026 by v2.0 (Chinese).", "v2.0"),
            ("v2.0", V3, "v2.0 (Chinese) was replaced on 19 Oct 2026 by v3.0 (Chinese).", "v3.0"),
            ("v3.0", V3 - timedelta(1), "v3.0 (Chinese) takes effect on 19 Oct 2026.", "v2.0"),
            ("en", V1, "v2.0 (English) takes effect on 1 Jun 2026.", None),
        ],
    )
    def test_is_refused_by_naming_the_right_one(
        self, by: User, participant: Participant, versions: Versions, label: str, day: date, says: str, right: str
    ) -> None:
        with pytest.raises(WrongVersion) as refused:
            consent(by, participant, versions[label], day)

        assert refused.value.message.startswith(says)
        assert refused.value.right == (versions[right] if right else None)
        assert f"{right or 'v1.0'} (Chinese)" in refused.value.message
        assert refused.value.field == "version"
        assert not Consent.objects.exists()
        assert status(participant) == "registered"

    def test_expired_is_refused_too(self, by: User, participant: Participant, versions: Versions) -> None:
        IcfVersion.objects.filter(label="v3.0").update(expires_on=V3)
        with pytest.raises(WrongVersion, match="ended on 19 Oct 2026"):
            consent(by, participant, versions["v3.0"], TODAY)

    def test_with_none_in_force_says_so(self, by: User, participant: Participant, site: Site) -> None:
        early = version(site, "v1.0", V3)
        with pytest.raises(WrongVersion, match="no version was in force") as refused:
            consent(by, participant, early, V3 - timedelta(1))
        assert refused.value.right is None

    def test_once_confirmed_is_kept_as_it_happened(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        given = consent(by, participant, versions["v1.0"], V3, confirmed_version=True)

        assert (given.version_valid, given.version, status(participant)) == (False, versions["v1.0"], "consented")
        deviation = Deviation.objects.get()
        assert (deviation.kind, deviation.consent, deviation.happened_on, deviation.discovered_on) == (
            "icf_version",
            given,
            V3,
            TODAY,
        )
        assert "v1.0 (Chinese)" in deviation.what
        assert "v3.0 (Chinese)" in deviation.what

    def test_a_right_version_is_valid_even_when_confirmed(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        assert consent(by, participant, versions["v3.0"], V3, confirmed_version=True).version_valid
        assert not Deviation.objects.exists()

    def test_the_token_stands_for_version_and_day(self, by: User, participant: Participant, versions: Versions) -> None:
        def token(label: str, day: date) -> str:
            with pytest.raises(WrongVersion) as refused:
                consent(by, participant, versions[label], day)
            return refused.value.token

        tokens = {token("v1.0", V3), token("v2.0", V3), token("v1.0", TODAY)}
        assert len(tokens) == 3
        assert token("v1.0", V3) in tokens


class TestTheMoment:
    NIGHT = datetime(2026, 10, 19, 17, 30, tzinfo=UTC)
    """01:30 on 20 October in Nanchang."""

    def test_is_the_sites_day_after_midnight(self, by: User, participant: Participant, versions: Versions) -> None:
        assert consent(by, participant, versions["v3.0"], TODAY, time(1, 30), at=self.NIGHT)
        with pytest.raises(Refused) as refused:
            consent(by, participant, versions["v3.0"], TODAY + timedelta(1), None, at=self.NIGHT)
        assert refused.value.field == "signed_on"

    def test_at_a_site_where_it_is_still_yesterday(self, by: User, participant: Participant) -> None:
        Site.objects.update(time_zone="Europe/Berlin")
        v1 = version(Site.objects.get(), "v1.0", V1)
        with pytest.raises(Refused) as refused:
            consent(by, participant, v1, TODAY, None, at=self.NIGHT)
        assert refused.value.field == "signed_on"
        assert consent(by, participant, v1, TODAY - timedelta(1), time(19, 30), at=self.NIGHT)

    def test_a_minute_from_now_is_the_future(self, by: User, participant: Participant, versions: Versions) -> None:
        with pytest.raises(Refused) as refused:
            consent(by, participant, versions["v3.0"], TODAY, time(1, 31), at=self.NIGHT)
        assert refused.value.field == "signed_time"

    @pytest.mark.parametrize("born", ["2026-02-02", "2026-02", "2026"])
    def test_is_not_before_the_birth(self, by: User, site: Site, versions: Versions, born: str) -> None:
        child = register(by, site, name="Wang Fang", birth_date=born)
        with pytest.raises(Refused) as refused:
            consent(by, child, versions["v1.0"], V1)
        assert refused.value.field == "signed_on"


class TestWhoHeldTheDiscussion:
    def test_was_delegated_for_it_at_the_site_on_that_day(
        self, by: User, site: Site, participant: Participant, versions: Versions
    ) -> None:
        day = date(2026, 10, 14)
        doctor = person("investigator", site)
        held = Delegation.objects.filter(user=doctor)
        for starts, until, tasks, right in [
            (day, day, ["obtain_consent"], True),
            (day + timedelta(1), None, ["obtain_consent"], False),
            (V1, day - timedelta(1), ["obtain_consent"], False),
            (V1, None, ["enter_data"], False),
        ]:
            held.update(starts_on=starts, until=until, tasks=tasks)
            if right:
                assert consent(by, participant, versions["v2.0"], day, held_by=doctor)
                continue
            with pytest.raises(Refused) as refused:
                consent(by, participant, versions["v2.0"], day, time(11), held_by=doctor)
            assert refused.value.field == "held_by"
            assert by.printed_name in refused.value.message

    def test_may_have_left_since(self, by: User, site: Site, participant: Participant, versions: Versions) -> None:
        doctor = person("investigator", site)
        Delegation.objects.filter(user=doctor).update(until=date(2026, 10, 15))
        User.objects.filter(pk=doctor.pk).update(is_active=False)
        assert consent(by, participant, versions["v2.0"], date(2026, 10, 14), held_by=doctor)

    @pytest.mark.parametrize("other", ["elsewhere", "admin", "proposed"])
    def test_is_nobody_else(
        self, by: User, site: Site, participant: Participant, versions: Versions, other: str
    ) -> None:
        people: dict[str, Any] = {
            "elsewhere": lambda: coordinator_of(approved_site("02")),
            "admin": lambda: person("admin", site),
            "proposed": lambda: person("investigator", site),
        }
        somebody = people[other]()
        if other == "proposed":
            Delegation.objects.filter(user=somebody).update(status="proposed")
        with pytest.raises(Refused):
            consent(by, participant, versions["v2.0"], held_by=somebody)


class TestAnEntry:
    def test_is_taken_from_somebody_who_records_consent_at_the_site(
        self, by: User, site: Site, participant: Participant, versions: Versions
    ) -> None:
        for other in (
            coordinator_of(approved_site("02")),
            person("admin", site),
            person("monitor", site),
            UserFactory(),
        ):
            with pytest.raises(NotPermitted):
                consent(other, participant, versions["v2.0"], held_by=by)

    def test_is_not_taken_on_another_sites_version(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        theirs = version(approved_site("02"), "v2.0", V2)
        with pytest.raises(Refused, match="not one of this site"):
            consent(by, participant, theirs)

    def test_is_not_taken_twice(self, by: User, participant: Participant, versions: Versions) -> None:
        consent(by, participant, versions["v2.0"])
        with pytest.raises(Refused, match="recorded already"):
            consent(by, participant, versions["v2.0"])
        assert Consent.objects.count() == 1

    def test_is_not_taken_for_somebody_entered_in_error(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        actions.strike_participant(by=by, at=AT, participant=participant, reason="typed twice")
        with pytest.raises(Refused, match="entered in error"):
            consent(by, participant, versions["v2.0"])


class TestTheFirstConsent:
    def test_is_the_first_valid_one(self, by: User, participant: Participant, versions: Versions) -> None:
        wrong = consent(by, participant, versions["v1.0"], date(2026, 10, 12), confirmed_version=True)
        assert selectors.first_consent(participant) == wrong
        late = consent(by, participant, versions["v2.0"], date(2026, 10, 14), time(11))
        right = consent(by, participant, versions["v2.0"], date(2026, 10, 14), time(10))
        again = consent(by, participant, versions["v3.0"], TODAY)
        assert selectors.first_consent(participant) == right
        for struck, then in ((right, late), (late, again), (again, wrong), (wrong, None)):
            actions.strike_consent(by=by, at=AT, consent=struck, reason="wrong file")
            assert selectors.first_consent(participant) == then

    def test_with_a_time_comes_before_one_without(self, by: User, participant: Participant, versions: Versions) -> None:
        consent(by, participant, versions["v2.0"], clock=None)
        timed = consent(by, participant, versions["v2.0"], clock=time(23, 0))
        assert selectors.first_consent(participant) == timed


class TestStriking:
    def test_leaves_the_participant_registered_when_none_is_left(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        first, second = consent(by, participant, versions["v2.0"]), consent(by, participant, versions["v3.0"], V3)

        actions.strike_consent(by=by, at=AT, consent=first, reason="another patient's form")
        assert status(participant) == "consented"
        actions.strike_consent(by=by, at=AT, consent=second, reason="another patient's form")
        assert status(participant) == "registered"

        first.refresh_from_db()
        assert (first.struck_by, first.struck_at, first.struck_reason) == (by, AT, "another patient's form")
        assert Consent.objects.count() == 2
        assert {row.reason for row in AuditEvent.objects.filter(operation="UPDATE", table="participants_consent")} == {
            "another patient's form"
        }

    def test_is_done_once_and_by_somebody_of_the_site(
        self, by: User, site: Site, participant: Participant, versions: Versions
    ) -> None:
        given = consent(by, participant, versions["v2.0"])
        for other in (coordinator_of(approved_site("02")), person("monitor", site)):
            with pytest.raises(NotPermitted):
                actions.strike_consent(by=other, at=AT, consent=given, reason="x")
        actions.strike_consent(by=by, at=AT, consent=given, reason="wrong file")
        with pytest.raises(Refused, match="struck already"):
            actions.strike_consent(by=by, at=AT, consent=given, reason="again")

    def test_lets_the_same_consent_be_entered_again(
        self, by: User, participant: Participant, versions: Versions
    ) -> None:
        given = consent(by, participant, versions["v2.0"])
        actions.strike_consent(by=by, at=AT, consent=given, reason="wrong holder")
        assert consent(by, participant, versions["v2.0"])
