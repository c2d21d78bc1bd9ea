"""What may be signed, by whom, and what a signature stands on (design: "Signature")."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from axes.models import AccessAttempt

from screening.actions.queries import ask_query, close_query
from screening.actions.records import open_screening, submit
from screening.actions.review import return_record
from screening.actions.signing import reopen, sign_eligibility
from screening.models import AnswerRevision, Evaluation, ScreeningRecord, ScreeningStep, VoidedSignature
from screening.refusals import ContentChanged
from screening.reviewing.content import Standing, signature_standing
from screening.reviewing.selectors import for_review, voided_signatures_of
from tests.factories import AT, PASSWORD, person, site_ready
from tests.integration.screening.worked import ANYWHERE, World, handed_in, opened, ready
from trial_portal.accounts.models import Delegation
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants.models import Consent, ConsentWithdrawal, Identity
from trial_portal.signatures.models import Signature

pytestmark = pytest.mark.django_db


def standing(world: World) -> Standing:
    return signature_standing(for_review(ANYWHERE).get(pk=world.record.pk), AT + timedelta(days=9)).standing


def test_subject_1_is_signed_as_eligible() -> None:
    world = ready()
    evaluation = world.sign()
    world.record.refresh_from_db()
    assert (world.record.status, world.record.subject, world.record.decided) == ("eligible", "eligible", 20)
    assert (evaluation.kind, evaluation.subject, evaluation.by) == ("signed", "eligible", world.investigator)
    signature = evaluation.signature
    assert signature.meaning == "Confirmed eligible"
    assert (signature.record_type, signature.record_id) == ("screening_screeningrecord", world.record.pk)
    assert signature.content["subject"] == "eligible"
    step = ScreeningStep.objects.latest("id")
    assert (step.action, step.source, step.target) == ("sign eligible", "submitted", "eligible")
    assert standing(world) is Standing.VALID


def test_the_birth_date_is_not_in_what_is_signed() -> None:
    evaluation = ready().sign()
    assert "birth_date" not in evaluation.signature.content["items"]
    assert "birth_date" not in evaluation.items
    assert evaluation.age


def test_subject_3_is_signed_as_a_screen_failure() -> None:
    world = ready("SUBJ-03")
    with pytest.raises(Refused, match="computed as not eligible"):
        world.sign("eligible")
    world.sign("screen_failure")
    world.record.refresh_from_db()
    assert (world.record.status, world.record.waiting_since) == ("screen_failure", None)
    assert Signature.objects.get().meaning == "Confirmed not eligible"


def test_not_eligible_is_signed_only_when_computed_so() -> None:
    world = ready()
    with pytest.raises(Refused, match="computed as eligible"):
        world.sign("screen_failure")
    assert Evaluation.objects.filter(kind="signed").count() == 0


def test_pending_cannot_be_signed() -> None:
    world = handed_in("SUBJ-02")
    world.judge_as("SUBJ-02")
    world.confirm()
    for decision in ("eligible", "screen_failure"):
        with pytest.raises(Refused, match="not decided yet"):
            world.sign(decision)


def test_only_what_is_submitted_is_signed() -> None:
    world = opened("SUBJ-01")
    with pytest.raises(Refused, match="In progress"):
        world.sign()


@pytest.mark.parametrize("missing", ["judgement", "confirmations", "query"])
def test_refused_while_something_is_missing(missing: str) -> None:
    world = handed_in()
    if missing != "judgement":
        world.judge_as("SUBJ-01")
    if missing != "confirmations":
        world.confirm()
    if missing == "query":
        ask_query(by=world.investigator, at=AT, record=world.record, criterion="E9", question="Which day?")
    says = {"judgement": "Answer your judgement", "confirmations": "Confirm the clinical", "query": "Close the queries"}
    with pytest.raises(Refused, match=says[missing]):
        world.sign()


def test_a_judgement_that_a_failure_waits_for_is_missing_too() -> None:
    world = handed_in("SUBJ-03")
    world.confirm()
    with pytest.raises(Refused, match="Answer your judgement"):
        world.sign("screen_failure")


def test_a_confirmation_of_other_values_is_none() -> None:
    world = ready()
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look at E8 again.")
    world.save("E8", reason_code="typing", chronic_other="unknown")
    world.save("E8", reason_code="typing", chronic_other="no")
    world.submit()
    world.sign()
    world = ready_again(world)
    with pytest.raises(Refused, match="Confirm the clinical findings of E3"):
        world.sign("screen_failure")


def ready_again(world: World) -> World:
    """Opened again, one finding changed, handed in."""
    reopen(by=world.coordinator, at=AT, record=world.record, reason="Found in the letter.")
    world.save("E3", reason_code="source", respiratory_failure="yes")
    world.submit()
    return world


def test_who_entered_current_answers_cannot_sign() -> None:
    world = ready()
    return_record(by=world.investigator, at=AT, record=world.record, reason="I know more of this.")
    coordinator, world.coordinator = world.coordinator, world.investigator
    world.save("E12", reason_code="source", abuse_history="unknown")
    world.save("E12", reason_code="source", abuse_history="no")
    world.submit()
    world.coordinator = coordinator
    with pytest.raises(Refused, match="another investigator has to sign"):
        world.sign()
    world.sign(by=person("investigator", world.site))


def test_own_judgement_does_not_count() -> None:
    world = ready()
    assert world.investigator.pk not in world.review().entered_by
    assert world.review().entered_by == {world.coordinator.pk}


def test_who_opened_the_attempt_entered_the_day_of_the_visit() -> None:
    world = ready()
    ScreeningRecord.objects.update(opened_by=world.investigator)
    with pytest.raises(Refused, match="another investigator has to sign"):
        world.sign()


def test_an_answer_that_somebody_else_replaced_does_not_count() -> None:
    world = ready()
    for by in (world.investigator, world.coordinator):
        AnswerRevision.objects.create(record=world.record, item="abuse_history", old="no", new="no", revision=1, by=by)
    world.sign()


def test_a_delegation_that_ended_yesterday_does_not_sign() -> None:
    world = ready()
    yesterday = date(2026, 10, 19)
    Delegation.objects.filter(user=world.investigator).update(until=yesterday)
    with pytest.raises(NotPermitted):
        world.sign()
    Delegation.objects.filter(user=world.investigator).update(until=yesterday + timedelta(days=1))
    world.sign()


def test_without_the_task_nobody_signs() -> None:
    world = ready()
    Delegation.objects.filter(user=world.investigator).update(tasks=["assess_skin"])
    with pytest.raises(NotPermitted, match="sign eligibility"):
        world.sign()


@pytest.mark.parametrize("role", ["coordinator", "admin", "monitor"])
def test_other_roles_do_not_sign(role: str) -> None:
    world = ready()
    with pytest.raises(NotPermitted):
        world.sign(by=person(role, world.site))


def test_an_investigator_of_another_site_does_not_sign() -> None:
    world = ready()
    with pytest.raises(NotPermitted):
        world.sign(by=person("investigator", site_ready("77")))


@pytest.mark.parametrize("password", ["wrong", ""])
def test_a_wrong_password_is_refused_and_counted(password: str) -> None:
    world = ready()
    with pytest.raises(Refused) as refused:
        world.sign(password=password)
    assert refused.value.field == "password"
    assert AccessAttempt.objects.count() == 1
    assert Signature.objects.count() == 0


def test_a_changed_answer_refuses_and_says_what_changed() -> None:
    world = ready()
    page = world.review()
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look at E12 again.")
    world.save("E12", reason="The letter says so.", reason_code="source", abuse_ongoing="yes")
    world.submit()
    with pytest.raises(ContentChanged) as refused:
        world.sign(shown=page)
    assert refused.value.message.startswith("Not signed: E12 changed from Clear to Excludes at ")
    assert refused.value.message.endswith("after you opened this page. See the change.")
    assert [change.criterion for change in refused.value.changes] == ["E12", "E12"]
    assert "→ yes, Chen Yulan" in refused.value.changes[1].says.lower().replace("chen yulan", "Chen Yulan")
    assert Signature.objects.count() == 0


def test_changed_and_changed_back_is_a_change() -> None:
    world = ready()
    page = world.review()
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look at E12 again.")
    world.save("E12", reason_code="typing", abuse_ongoing="unknown")
    world.save("E12", reason_code="typing", abuse_ongoing="no")
    world.submit()
    with pytest.raises(ContentChanged):
        world.sign(shown=page)


def test_a_query_asked_meanwhile_is_a_change() -> None:
    world = ready()
    page = world.review()
    query = ask_query(by=world.investigator, at=AT, record=world.record, criterion="E9", question="Which day?")
    close_query(by=world.investigator, at=AT, query=query)
    with pytest.raises(ContentChanged, match="Queries were asked"):
        world.sign(shown=page)


def test_a_corrected_birth_date_is_a_change() -> None:
    world = ready()
    page = world.review()
    Identity.objects.update(birth_date="1981")
    with pytest.raises(ContentChanged, match="birth date was corrected"):
        world.sign(shown=page)


def test_another_digest_is_refused_without_what_was_seen() -> None:
    world = ready()
    with pytest.raises(ContentChanged, match="not what this page showed"):
        sign_eligibility(
            by=world.investigator, at=AT, record=world.record, decision="eligible", password=PASSWORD, digest="0" * 64
        )


# -- afterwards --------------------------------------------------------------------------------------------------------


def test_opening_again_needs_a_reason_and_voids() -> None:
    world = ready()
    evaluation = world.sign()
    with pytest.raises(Refused, match="Say why"):
        reopen(by=world.coordinator, at=AT, record=world.record, reason=" ")
    reopen(by=world.coordinator, at=AT, record=world.record, reason="The biopsy report came.")
    world.record.refresh_from_db()
    assert world.record.status == "in_progress"
    voided = VoidedSignature.objects.get()
    assert (voided.evaluation, voided.reason, voided.by) == (evaluation, "The biopsy report came.", world.coordinator)
    assert ScreeningStep.objects.latest("id").action == "reopen"
    assert standing(world) is Standing.VOIDED


def test_no_answer_of_a_signed_record_changes_before_it_is_opened_again() -> None:
    world = ready()
    world.sign()
    with pytest.raises(Refused, match="Eligible"):
        world.save("E12", reason="It is so.", reason_code="source", abuse_ongoing="yes")
    with pytest.raises(Refused, match="Eligible"):
        world.judge(e7_investigator="yes", reason_code="new")
    with pytest.raises(Refused, match="Eligible"):
        world.confirm()


def test_the_signer_is_told_until_it_is_signed_again() -> None:
    world = ready()
    world.sign()
    assert not voided_signatures_of(world.investigator).exists()
    reopen(by=world.coordinator, at=AT, record=world.record, reason="The biopsy report came.")
    assert voided_signatures_of(world.investigator).count() == 1
    assert not voided_signatures_of(world.coordinator).exists()
    submit(by=world.coordinator, at=AT, record=world.record)
    world.sign()
    assert not voided_signatures_of(world.investigator).exists()
    assert standing(world) is Standing.VALID
    assert Evaluation.objects.filter(kind="signed").count() == 2


def test_an_enrolled_record_is_not_opened_again() -> None:
    world = ready()
    world.sign()
    ScreeningRecord.objects.update(status="enrolled")
    with pytest.raises(Refused, match="is enrolled"):
        reopen(by=world.coordinator, at=AT, record=world.record, reason="The biopsy report came.")


def test_a_failure_is_not_opened_again_once_a_later_attempt_is() -> None:
    world = ready("SUBJ-03")
    world.sign("screen_failure")
    open_screening(by=world.coordinator, at=AT, participant=world.record.participant, screening_date=date(2026, 10, 16))
    with pytest.raises(Refused, match="later attempt"):
        reopen(by=world.coordinator, at=AT, record=world.record, reason="The biopsy report came.")


def test_others_do_not_open_it_again() -> None:
    world = ready()
    world.sign()
    for role in ("admin", "monitor"):
        with pytest.raises(NotPermitted):
            reopen(by=person(role), at=AT, record=world.record, reason="The biopsy report came.")


def test_a_copied_signature_is_not_valid() -> None:
    world, other = ready(), handed_in(code="02")
    signature = world.sign().signature
    signed = Evaluation.objects.get(kind="signed")
    signature.pk, signature.record_id = None, other.record.pk
    signature.save(force_insert=True)
    Evaluation.objects.create(
        **{f.attname: getattr(signed, f.attname) for f in Evaluation._meta.fields if f.name not in ("id", "record")}
        | {"record_id": other.record.pk, "signature_id": signature.pk}
    )
    assert standing(other) is Standing.BROKEN
    assert standing(world) is Standing.VALID


def test_what_the_registry_changes_afterwards_shows() -> None:
    world = ready()
    world.sign()
    Identity.objects.update(birth_date="1981")
    assert standing(world) is Standing.DIFFERS
    Identity.objects.update(birth_date="1980")
    assert standing(world) is Standing.VALID
    ConsentWithdrawal.objects.create(
        participant=world.record.participant, withdrawn_on=date(2026, 10, 21), recorded_by=world.coordinator
    )
    assert standing(world) is Standing.DIFFERS


def test_a_struck_consent_shows() -> None:
    world = ready()
    world.sign()
    Consent.objects.update(struck_at=AT, struck_by=world.coordinator, struck_reason="Another person's.")
    found = signature_standing(for_review(ANYWHERE).get(pk=world.record.pk), AT)
    assert found.standing is Standing.DIFFERS
    assert found.differences
