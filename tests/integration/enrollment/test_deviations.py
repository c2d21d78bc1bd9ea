"""Deviations: recorded by investigators of the site, listed, reported, never changed."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.actions import record_deviation, report_deviation
from enrollment.models import DeviationReport
from tests.factories import AT, consented, person, site_ready
from tests.integration.enrollment.moment import stop_the_clock
from trial_portal.accounts.models import User
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants.models import Deviation, Participant

pytestmark = pytest.mark.django_db
FACTS = {
    "kind": "other",
    "what": "The chest X-ray was done before consent.",
    "happened_on": date(2026, 10, 12),
    "discovered_on": date(2026, 10, 19),
}


@pytest.fixture
def investigator(monkeypatch: pytest.MonkeyPatch) -> User:
    stop_the_clock(monkeypatch)
    return person("investigator", site_ready())


@pytest.fixture
def participant(investigator: User) -> Participant:
    return consented(site_ready())


def typed(of: Participant, **changed: str) -> dict[str, str]:
    days = {
        "happened_on-year": "2026", "happened_on-month": "10", "happened_on-day": "12",
        "discovered_on-year": "2026", "discovered_on-month": "10", "discovered_on-day": "19",
    }  # fmt: skip
    facts = {"participant": of.number, "kind": "other", "criterion": "", "what": str(FACTS["what"])}
    return facts | days | changed


def test_an_investigator_records_one_and_it_is_listed(
    client: Client, investigator: User, participant: Participant
) -> None:
    client.force_login(investigator)
    answer = client.post(reverse("deviations:add"), typed(participant, criterion="E3"))
    assert (answer.status_code, answer.url) == (303, reverse("deviations:list"))
    text = client.get(reverse("deviations:list")).content.decode()
    assert participant.number in text
    assert "The chest X-ray was done before consent." in text
    assert participant.number in client.get(reverse("deviations:list"), {"criterion": "E3"}).content.decode()
    assert participant.number not in client.get(reverse("deviations:list"), {"criterion": "I4"}).content.decode()
    page = client.get(reverse("participants:participant", args=[participant.number])).content.decode()
    assert "The chest X-ray was done before consent." in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"what": " "}, "Say what happened."),
        ({"kind": "icf_version"}, "Select a valid choice"),
        ({"participant": "S-99-9999"}, "There is no such participant at your site."),
        ({"happened_on-day": "25"}, "25 Oct 2026 lies in the future."),
        ({"happened_on-day": "20"}, "It cannot be discovered before it happened."),
        ({"what": "Li Hua came late"}, "This text says who the participant is."),
        ({"happened_on-month": "13"}, "there is no such day"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    client: Client, investigator: User, participant: Participant, changed: dict[str, str], says: str
) -> None:
    client.force_login(investigator)
    answer = client.post(reverse("deviations:add"), typed(participant, **changed))
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Deviation.objects.exists()


def test_nobody_else_records_one(client: Client, investigator: User, participant: Participant) -> None:
    for user in (person("coordinator", participant.site), person("admin"), person("monitor")):
        with pytest.raises(NotPermitted):
            record_deviation(by=user, at=AT, participant=participant, **FACTS)
        client.force_login(user)
        assert client.get(reverse("deviations:add")).status_code == 403
        assert "Record a deviation" not in client.get(reverse("deviations:list")).content.decode()
    with pytest.raises(NotPermitted):
        record_deviation(by=person("investigator", site_ready("77")), at=AT, participant=participant, **FACTS)


def test_to_whom_it_was_reported_is_added_once(client: Client, investigator: User, participant: Participant) -> None:
    deviation = record_deviation(by=investigator, at=AT, participant=participant, **FACTS)
    with pytest.raises(Refused, match="after this day"):
        report_deviation(by=investigator, at=AT, deviation=deviation, to="sponsor", reported_on=date(2026, 10, 18))
    client.force_login(investigator)
    url = reverse("deviations:report", args=[deviation.pk])
    day = {"reported_on-year": "2026", "reported_on-month": "10", "reported_on-day": "20"}
    assert client.post(url, {"to": "ethics_committee", **day}).status_code == 303
    assert client.post(url, {"to": "ethics_committee", **day}).status_code == 422
    assert DeviationReport.objects.get().reported_on == date(2026, 10, 20)
    assert "Ethics committee 2026-10-20" in client.get(reverse("deviations:list")).content.decode()
    client.force_login(person("investigator", site_ready("77")))
    assert client.get(url).status_code == 404
