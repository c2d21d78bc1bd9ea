"""Judging, confirming, asking, returning: what each holds to (design: "The way through")."""

from __future__ import annotations

from datetime import timedelta

import pytest

from screening.actions.answers import Typed
from screening.actions.queries import answer_query, ask_query, close_query
from screening.actions.records import submit
from screening.actions.review import confirm, judge, return_record
from screening.models import AnswerRevision, Confirmation, Query, ScreeningStep
from screening.refusals import Conflict, NeedsReason, NotTaken
from screening.reviewing.blocks import awaited, groups, questions
from screening.reviewing.missing import missing
from screening.reviewing.selectors import for_review, not_clear, waiting_for_review
from tests.factories import AT, person, site_ready
from tests.integration.screening.worked import ANYWHERE, World, handed_in, opened, ready
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.refusals import NotPermitted, Refused

pytestmark = pytest.mark.django_db


# -- judgement ---------------------------------------------------------------------------------------------------------


def test_a_judgement_is_saved_as_an_answer_with_its_history() -> None:
    world = handed_in()
    world.judge(e7_investigator="no")
    row = AnswerRevision.objects.get(item="e7_investigator")
    assert (row.old, row.new, row.by) == (None, "no", world.investigator)
    world.record.refresh_from_db()
    assert world.record.answers["e7_investigator"] == "no"
    assert world.record.outcomes.get(criterion="E7").mark == "ok"


@pytest.mark.parametrize("role", ["coordinator", "admin", "monitor"])
def test_only_investigators_judge_confirm_return_and_ask(role: str) -> None:
    world = handed_in()
    other = person(role, world.site)
    with pytest.raises(NotPermitted):
        world.judge(by=other, e7_investigator="no")
    with pytest.raises(NotPermitted):
        world.confirm(by=other)
    with pytest.raises(NotPermitted):
        return_record(by=other, at=AT, record=world.record, reason="Look again.")
    with pytest.raises(NotPermitted):
        ask_query(by=other, at=AT, record=world.record, criterion="E9", question="Which day?")


def test_an_investigator_of_another_site_does_not_judge() -> None:
    world = handed_in()
    with pytest.raises(NotPermitted):
        world.judge(by=person("investigator", site_ready("77")), e7_investigator="no")


def test_only_a_submitted_record_is_judged() -> None:
    world = opened("SUBJ-01")
    with pytest.raises(Refused, match="In progress"):
        world.judge(e7_investigator="no")


def test_a_changed_judgement_asks_why() -> None:
    world = handed_in()
    world.judge(e11_investigator="no")
    with pytest.raises(NeedsReason):
        world.judge(e11_investigator="yes", e11_rationale="Unstable since last week.")
    world.judge(reason_code="new", e11_investigator="yes", e11_rationale="Unstable since last week.")
    row = AnswerRevision.objects.filter(item="e11_investigator").latest("id")
    assert (row.old, row.new, row.reason_code) == ("no", "yes", "new")


def test_a_judgement_against_the_answers_needs_its_rationale() -> None:
    world = handed_in()
    with pytest.raises(NotTaken) as refused:
        world.judge(e7_investigator="yes")
    assert list(refused.value.problems) == ["e7_rationale"]
    assert not AnswerRevision.objects.filter(item="e7_investigator").exists()
    world.judge(e7_investigator="yes", e7_rationale="New infiltrates in the HRCT.")
    assert world.review().loaded.items["e7_rationale"] == "New infiltrates in the HRCT."


def test_a_rationale_does_not_say_who_the_participant_is() -> None:
    world = handed_in()
    with pytest.raises(Refused) as refused:
        world.judge(e7_investigator="yes", e7_rationale="Li Hua has new infiltrates.")
    assert refused.value.field == "e7_rationale"


def test_nothing_but_judgement_is_entered_there() -> None:
    world = handed_in()
    with pytest.raises(Refused, match="does not ask for"):
        world.judge(abuse_history="yes")


def test_what_is_not_asked_is_not_judged() -> None:
    world = handed_in()
    with pytest.raises(Refused, match="does not ask for this judgement"):
        world.judge(ltbi_investigator_excludes="no")


def test_two_investigators_who_judge_differently_are_told() -> None:
    world = handed_in()
    page = world.review().record.revision
    world.judge(by=person("investigator", world.site, printed_name="Dr Wang"), e11_investigator="no")
    typed = Typed(page, {"e11_investigator": "yes", "e11_rationale": "Unstable."})
    with pytest.raises(Conflict) as met:
        judge(by=world.investigator, at=AT, record=world.record, typed=typed)
    assert (met.value.clashes[0].saved, met.value.clashes[0].by) == ("no", "Dr Wang")


def test_only_what_a_criterion_waits_for_is_asked() -> None:
    main, other = questions(handed_in().review())
    assert [question.item.name for question in main] == [
        "iim_no_better_explanation",
        "e7_investigator",
        "e11_investigator",
    ]
    assert [question.item.name for question in other] == ["mi_risk_investigator_excludes"]


def test_a_judgement_is_not_awaited_before_its_facts_are_there() -> None:
    world = opened("SUBJ-01", skip=("E7",))
    assert "e7_investigator" not in {item.name for _id, item in awaited(world.review().loaded)}
    assert "e11_investigator" in {item.name for _id, item in awaited(world.review().loaded)}


# -- confirmation ------------------------------------------------------------------------------------------------------


def test_confirmations_keep_the_values_that_were_shown() -> None:
    world = handed_in()
    world.confirm("E3")
    row = Confirmation.objects.get()
    assert row.values == {
        "respiratory_failure": "no",
        "peripheral_neuropathy": "no",
        "other_severe_concomitant_disease": "no",
    }
    assert (row.criterion, row.by) == ("E3", world.investigator)


def test_the_same_again_is_not_written_twice() -> None:
    world = handed_in()
    world.confirm("E3")
    world.confirm("E3")
    assert Confirmation.objects.count() == 1


def test_a_confirmation_ceases_to_hold_when_a_value_changes_and_says_which() -> None:
    world = handed_in()
    world.confirm("E3")
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look again.")
    world.save("E3", reason_code="source", respiratory_failure="yes")
    group = next(group for group in groups(world.review()) if group.criterion.id == "E3")
    assert not group.confirmed
    assert group.changed == "Respiratory failure: no → yes"


def test_values_that_changed_under_the_page_are_not_confirmed() -> None:
    world = handed_in()
    shown = {group.criterion.id: group.digest for group in groups(world.review()) if group.criterion.id == "E3"}
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look again.")
    world.save("E3", reason_code="source", respiratory_failure="unknown")
    world.submit()
    with pytest.raises(Refused, match="findings of E3 changed"):
        confirm(by=world.investigator, at=AT, record=world.record, shown=shown)


def test_nothing_ticked_is_said() -> None:
    world = handed_in()
    with pytest.raises(Refused, match="Tick the findings"):
        confirm(by=world.investigator, at=AT, record=world.record, shown={})


def test_a_criterion_without_findings_has_nothing_to_confirm() -> None:
    world = opened("SUBJ-01", skip=("E3",))
    assert "E3" not in {group.criterion.id for group in groups(world.review())}


# -- queries and return ------------------------------------------------------------------------------------------------


def asked(world: World) -> Query:
    return ask_query(by=world.investigator, at=AT, record=world.record, criterion="E9", question="Which day in July?")


def test_a_query_lives_from_question_to_answer_to_closed() -> None:
    world = handed_in()
    query = asked(world)
    return_record(by=world.investigator, at=AT, record=world.record)
    with pytest.raises(Refused, match="Answer the queries on E9 first"):
        submit(by=world.coordinator, at=AT, record=world.record)
    answer_query(by=world.coordinator, at=AT, query=query, answer="On the 17th.")
    submit(by=world.coordinator, at=AT, record=world.record)
    close_query(by=world.investigator, at=AT, query=query)
    query.refresh_from_db()
    assert (query.answer, query.answered_by, query.closed_by) == ("On the 17th.", world.coordinator, world.investigator)


def test_each_step_of_a_query_is_taken_once() -> None:
    world = handed_in()
    query = asked(world)
    answer_query(by=world.coordinator, at=AT, query=query, answer="On the 17th.")
    with pytest.raises(Refused, match="answered already"):
        answer_query(by=world.coordinator, at=AT, query=query, answer="On the 18th.")
    close_query(by=world.investigator, at=AT, query=query)
    for again in (
        lambda: close_query(by=world.investigator, at=AT, query=query),
        lambda: answer_query(by=world.coordinator, at=AT, query=query, answer="On the 18th."),
    ):
        with pytest.raises(Refused, match="closed already"):
            again()


def test_a_query_has_a_question_on_a_criterion_and_no_name_in_it() -> None:
    world = handed_in()
    for criterion, question, field in (
        ("E99", "Which day?", "criterion"),
        ("E9", "  ", "question"),
        ("E9", "Did Li Hua tell the day?", "question"),
    ):
        with pytest.raises(Refused) as refused:
            ask_query(by=world.investigator, at=AT, record=world.record, criterion=criterion, question=question)
        assert refused.value.field == field


def test_the_coordinator_does_not_close_and_nobody_without_the_task_answers() -> None:
    world = handed_in()
    query = asked(world)
    with pytest.raises(NotPermitted):
        close_query(by=world.coordinator, at=AT, query=query)
    with pytest.raises(NotPermitted):
        answer_query(by=person("monitor", world.site), at=AT, query=query, answer="On the 17th.")


def test_a_record_goes_back_with_a_query_or_a_reason() -> None:
    world = handed_in("SUBJ-02")
    with pytest.raises(Refused, match="Ask a query first, or say why"):
        return_record(by=world.investigator, at=AT, record=world.record)
    asked(world)
    return_record(by=world.investigator, at=AT, record=world.record)
    world.record.refresh_from_db()
    assert (world.record.status, world.record.waiting_since) == ("returned", None)
    step = ScreeningStep.objects.latest("id")
    assert (step.action, step.target, step.by) == ("return", "returned", world.investigator)


def test_a_query_that_was_answered_is_no_reason_to_return() -> None:
    world = handed_in()
    query = asked(world)
    answer_query(by=world.coordinator, at=AT, query=query, answer="On the 17th.")
    with pytest.raises(Refused, match="say why"):
        return_record(by=world.investigator, at=AT, record=world.record)


# -- lists -------------------------------------------------------------------------------------------------------------


def test_the_list_has_what_was_submitted_waiting_longest_first() -> None:
    world, other = handed_in(), opened("SUBJ-02", "01")
    submit(by=other.coordinator, at=AT - timedelta(days=2), record=other.record)
    opened("SUBJ-03", "01")
    rows = waiting_for_review(authority_of(world.investigator, AT))
    assert [row.pk for row in rows] == [other.record.pk, world.record.pk]


def test_another_site_is_not_on_the_list() -> None:
    world = handed_in()
    elsewhere = authority_of(person("investigator", site_ready("77")), AT)
    assert not waiting_for_review(elsewhere).exists()
    assert not for_review(elsewhere).filter(pk=world.record.pk).exists()
    assert not for_review(authority_of(world.coordinator, AT)).exists()


def test_not_clear_counts_what_is_not_the_investigators_alone() -> None:
    world, failed = handed_in(), handed_in("SUBJ-03")
    assert not_clear([world.record, failed.record]) == {world.record.pk: 0, failed.record.pk: 1}


def test_missing_names_the_place_of_each_thing() -> None:
    world = handed_in()
    asked(world)
    found = missing(world.review(), world.investigator)
    assert [thing.place for thing in found] == ["judgement", "confirm", "queries"]
    assert not missing(ready().review(), world.investigator)
    assert for_review(ANYWHERE).count() == 2
