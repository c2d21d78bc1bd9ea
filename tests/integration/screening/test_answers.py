"""Saving a card: what is written, what is refused, what is asked first (design: "Cards save by themselves")."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings

from screening.actions.answers import Typed, TypedSet, save_card
from screening.actions.records import open_screening, submit
from screening.models import AnswerRevision, CriterionOutcome, ResultSet, ScreeningRecord
from screening.refusals import Conflict, NeedsConfirming, NeedsReason, NotTaken
from screening.selectors import load
from tests.factories import AT, consented, person, site_ready
from trial_portal.accounts.models import User
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants.models import Participant

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 15)


@pytest.fixture
def coordinator() -> User:
    return person("coordinator", site_ready())


@pytest.fixture
def record(coordinator: User) -> ScreeningRecord:
    participant = consented(coordinator.delegations.get().site, on=date(2026, 10, 14))
    return open_screening(by=coordinator, at=AT, participant=participant, screening_date=DAY)


def save(record: ScreeningRecord, by: User, card: str, reason: str = "", **typed: object) -> ScreeningRecord:
    typed.setdefault("revision", record.revision)
    return save_card(by=by, at=AT, record=record, card_id=card, typed=Typed(**typed), reason=reason).record


CBC = {"cbc_date": "2026-10-13", "hgb_value": "120", "hgb_unit": "g/L"}


def test_first_answer_needs_no_reason(record: ScreeningRecord, coordinator: User) -> None:
    saved = save(record, coordinator, "E12", answers={"abuse_history": "no"})
    assert saved.answers == {"abuse_history": "no"}
    revision = AnswerRevision.objects.get()
    assert (revision.item, revision.old, revision.new, revision.by) == ("abuse_history", None, "no", coordinator)
    assert CriterionOutcome.objects.get(record=record, criterion="E12").outcome == "not_met"


def test_same_again_writes_nothing(record: ScreeningRecord, coordinator: User) -> None:
    saved = save(record, coordinator, "E12", answers={"abuse_history": "no"})
    again = save(saved, coordinator, "E12", answers={"abuse_history": "no"})
    assert again.revision == 1
    assert AnswerRevision.objects.count() == 1


def test_change_asks_why_and_shows_old_and_new(record: ScreeningRecord, coordinator: User) -> None:
    saved = save(record, coordinator, "E12", answers={"abuse_history": "no"})
    with pytest.raises(NeedsReason) as asked:
        save(saved, coordinator, "E12", answers={"abuse_history": "yes"})
    change = asked.value.changes[0]
    assert (change.item.name, change.old, change.new) == ("abuse_history", "no", "yes")
    saved.refresh_from_db()
    assert saved.answers == {"abuse_history": "no"}


def test_change_with_a_reason_is_kept(record: ScreeningRecord, coordinator: User) -> None:
    saved = save(record, coordinator, "E12", answers={"abuse_history": "no"})
    save(saved, coordinator, "E12", reason="typed wrong", answers={"abuse_history": "yes"}, reason_code="typing")
    latest = AnswerRevision.objects.latest("id")
    assert (latest.old, latest.new, latest.reason_code, latest.reason) == ("no", "yes", "typing", "typed wrong")


def test_clearing_a_saved_answer_is_a_change(record: ScreeningRecord, coordinator: User) -> None:
    saved = save(record, coordinator, "E12", answers={"abuse_history": "no"})
    with pytest.raises(NeedsReason):
        save(saved, coordinator, "E12", answers={"abuse_history": None})


def test_conflict_shows_both_values(record: ScreeningRecord, coordinator: User) -> None:
    save(record, coordinator, "E12", answers={"abuse_history": "no"})
    other = person("coordinator", record.participant.site, printed_name="Zhou Min")
    with pytest.raises(Conflict) as met:
        save(record, other, "E12", answers={"abuse_history": "yes"}, revision=0)
    clash = met.value.clashes[0]
    assert (clash.saved, clash.typed, clash.by) == ("no", "yes", coordinator.printed_name)


def test_different_cards_never_conflict(record: ScreeningRecord, coordinator: User) -> None:
    save(record, coordinator, "E12", answers={"abuse_history": "no"})
    saved = save(record, coordinator, "E13", answers={"major_surgery_planned": "no"}, revision=0)
    assert saved.answers == {"abuse_history": "no", "major_surgery_planned": "no"}


def test_refused_value_names_its_item(record: ScreeningRecord, coordinator: User) -> None:
    with pytest.raises(NotTaken) as refused:
        save(record, coordinator, "E12", answers={"abuse_last_date": "2027"})
    assert list(refused.value.problems) == ["abuse_last_date"]
    assert AnswerRevision.objects.count() == 0


def test_item_of_another_card_is_refused(record: ScreeningRecord, coordinator: User) -> None:
    with pytest.raises(Refused, match="does not ask for"):
        save(record, coordinator, "E12", answers={"heart_failure": "no"})


def test_judgement_is_not_entered_on_a_card(record: ScreeningRecord, coordinator: User) -> None:
    with pytest.raises(Refused, match="does not ask for"):
        save(record, coordinator, "E7", answers={"e7_investigator": "no"})


def test_result_set_is_kept_with_its_date_and_used(record: ScreeningRecord, coordinator: User) -> None:
    save(record, coordinator, "E3", sets={"cbc": TypedSet(None, CBC, "LIS report")})
    row = ResultSet.objects.get()
    assert (row.specimen_date, row.values["hgb_value"], row.source) == (date(2026, 10, 13), "120", "LIS report")
    loaded = load(ScreeningRecord.objects.select_related("participant__site", "participant__identity").get(), AT)
    assert loaded.items["hgb_value"] == "120"


def test_latest_specimen_is_used_and_all_are_kept(record: ScreeningRecord, coordinator: User) -> None:
    saved = save(record, coordinator, "E3", sets={"cbc": TypedSet(None, CBC)})
    older = {**CBC, "cbc_date": "2026-10-01", "hgb_value": "80"}
    saved = save(saved, coordinator, "E3", sets={"cbc": TypedSet(None, older)})
    assert ResultSet.objects.count() == 2
    assert load(saved, AT).items["hgb_value"] == "120"


def test_any_positive_hiv_test_on_file_is_never_forgotten(record: ScreeningRecord, coordinator: User) -> None:
    old = {"hiv_test_date": "2025-01-10", "hiv_test": "positive"}
    saved = save(record, coordinator, "E4", sets={"hiv": TypedSet(None, old)})
    new = {"hiv_test_date": "2026-10-10", "hiv_test": "negative"}
    saved = save(saved, coordinator, "E4", sets={"hiv": TypedSet(None, new)})
    assert load(saved, AT).items["hiv_ever_positive"] == "yes"


def test_unusual_value_is_confirmed_first(record: ScreeningRecord, coordinator: User) -> None:
    low = {**CBC, "hgb_value": "35"}
    with pytest.raises(NeedsConfirming) as asked:
        save(record, coordinator, "E3", sets={"cbc": TypedSet(None, low)})
    assert "hgb_value" in asked.value.unusual
    save(record, coordinator, "E3", sets={"cbc": TypedSet(None, low)}, confirmed=frozenset(asked.value.unusual))
    assert AnswerRevision.objects.get(item="hgb_value").confirmed


def test_value_beyond_the_hard_limit_is_refused(record: ScreeningRecord, coordinator: User) -> None:
    with pytest.raises(NotTaken) as refused:
        save(record, coordinator, "E3", sets={"cbc": TypedSet(None, {**CBC, "hgb_value": "8.5"})})
    assert "hgb_value" in refused.value.problems
    assert ResultSet.objects.count() == 0


def test_unit_without_its_number_is_no_answer(record: ScreeningRecord, coordinator: User) -> None:
    save(record, coordinator, "E3", sets={"cbc": TypedSet(None, {"hgb_unit": "g/L"})})
    assert ResultSet.objects.count() == 0


def test_nobody_else_saves(record: ScreeningRecord) -> None:
    for role in ("admin", "monitor"):
        with pytest.raises(NotPermitted):
            save(record, person(role), "E12", answers={"abuse_history": "no"})
    with pytest.raises(NotPermitted):
        save(record, person("coordinator", site_ready("77")), "E12", answers={"abuse_history": "no"})


def test_submitted_record_is_not_changed(record: ScreeningRecord, coordinator: User) -> None:
    submit(by=coordinator, at=AT, record=record)
    with pytest.raises(Refused, match="With investigator"):
        save(record, coordinator, "E12", answers={"abuse_history": "no"})


def test_protocol_version_is_pinned(record: ScreeningRecord) -> None:
    assert (record.protocol_label, record.protocol_digest) == (settings.PROTOCOL.label, settings.PROTOCOL.digest)
    assert CriterionOutcome.objects.filter(record=record).count() == len(settings.PROTOCOL.criteria)


def test_nothing_is_entered_once_no_consent_stands(record: ScreeningRecord, coordinator: User) -> None:
    Participant.objects.update(status=Participant.Status.REGISTERED)
    with pytest.raises(Refused, match="no consent that stands"):
        save(record, coordinator, "E12", answers={"abuse_history": "no"})
