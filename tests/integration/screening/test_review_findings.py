"""Look at these first: what is not clear, and what is clear but carries something (ui.md, Anatomy 4)."""

from __future__ import annotations

import pytest

from screening.actions.review import return_record
from screening.cards import CLEAR, EXCLUDES
from screening.models import ResultSet, ScreeningRecord, SourceDocument
from screening.reviewing.blocks import ranges
from screening.reviewing.findings import Finding, clear, findings
from tests.factories import AT
from tests.integration.screening.worked import World, handed_in, opened

pytestmark = pytest.mark.django_db


def found(world: World) -> dict[str, Finding]:
    return {finding.criterion.id: finding for finding in findings(world.review())}


def titles(world: World, criterion: str) -> list[str]:
    return [note.title for note in found(world)[criterion].notes]


def test_a_clean_case_has_nothing_to_look_at() -> None:
    review = handed_in().review()
    assert findings(review) == []
    waiting = {"I3", "E7", "E11"}
    assert {result.criterion.id for result in clear(review)} == set(review.loaded.marks) - waiting


def test_advice_alone_is_no_reason_to_look() -> None:
    review = handed_in().review()
    assert any(flag.kind == "warning" for flag in review.loaded.evaluation.flags("E4"))
    assert "E4" not in {finding.criterion.id for finding in findings(review)}


def test_what_excludes_stands_first_then_what_is_undecided() -> None:
    world = opened("SUBJ-03")
    world.save("I3", reason_code="source", iim_heliotrope="unknown", iim_gottron_papules="unknown")
    world.save("E9", reason_code="source", hz_ever="unknown")
    order = [(finding.criterion.id, finding.mark) for finding in findings(world.review())]
    assert order[0] == ("E3", EXCLUDES)
    assert [id for id, _mark in order[1:]] == ["I3", "E9"]


def test_an_unknown_that_decides_nothing_is_said_to() -> None:
    world = opened("SUBJ-01")
    world.save("I3", reason_code="source", iim_neck_flexors_weaker="unknown")
    world.submit()
    world.judge_as("SUBJ-01")
    finding = found(world)["I3"]
    assert finding.mark == CLEAR
    assert finding.notes[0].says == "Unknown: neck flexors weaker. The outcome does not depend on it."


def test_a_repeat_after_an_excluding_value_is_shown_with_both_results() -> None:
    world = handed_in()
    earlier = ResultSet.objects.create(
        record=world.record,
        examination="cbc",
        specimen_date="2026-10-05",
        values={"wbc_value": "2.8", "wbc_unit": "10^9/L"},
        source="LIS report",
        recorded_by=world.coordinator,
    )
    finding = found(world)["E3"]
    assert [note.title for note in finding.notes] == ["Repeat after an excluding value"]
    assert "2.8 ×10⁹/L" in finding.notes[0].says
    assert "12 Oct 2026 is used" in finding.notes[0].says
    assert [(row.title, row.used) for row in finding.evidence.results] == [
        ("Blood count 12 Oct 2026", True),
        ("Blood count 5 Oct 2026", False),
    ]
    ResultSet.objects.filter(pk=earlier.pk).update(struck_at=AT, struck_by=world.coordinator, struck_reason="Other.")
    assert "E3" not in found(world)


def test_an_answer_changed_from_an_excluding_one_is_shown() -> None:
    world = opened("SUBJ-01")
    world.save("E12", reason_code="source", abuse_ongoing="yes")
    world.save("E12", reason="Read the letter again.", reason_code="typing", abuse_ongoing="no")
    note = found(world)["E12"].notes[0]
    assert note.title == "Changed from an excluding answer"
    assert "yes → no, Chen Yulan" in note.says
    assert "Read the letter again." in note.says
    assert note.says.endswith("With the earlier answer this criterion would exclude.")


def test_a_change_after_handing_in_is_shown() -> None:
    world = handed_in()
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look again.")
    world.save("E12", reason_code="source", abuse_history="unknown")
    world.save("E12", reason_code="source", abuse_history="no")
    assert set(titles(world, "E12")) == {"Changed after it was handed in"}


def test_a_change_before_handing_in_that_excluded_nothing_is_not() -> None:
    world = opened("SUBJ-01")
    world.save("E12", reason_code="typing", abuse_history="unknown")
    world.save("E12", reason_code="typing", abuse_history="no")
    world.submit()
    assert "E12" not in found(world)


def test_unusual_values_are_shown() -> None:
    world = handed_in()
    ResultSet.objects.filter(examination="cbc").update(
        values={
            "wbc_value": "5.2",
            "wbc_unit": "10^9/L",
            "anc_value": "3.1",
            "anc_unit": "10^9/L",
            "hgb_value": "235",
            "hgb_unit": "g/L",
            "plt_value": "210",
            "plt_unit": "10^9/L",
            "cbc_routine_care": "yes",
        }
    )
    assert "Unusual value, confirmed when it was entered" in titles(world, "E3")


def test_old_evidence_is_shown_once() -> None:
    world = opened("SUBJ-01")
    world.save("E7", hrct_date="2024-01-10")
    world.submit()
    assert titles(world, "E7") == ["Old evidence"]


def test_a_value_that_the_protocol_does_not_take_is_shown() -> None:
    world = handed_in()
    ScreeningRecord.objects.update(answers=world.record.answers | {"abuse_history": "perhaps"})
    assert titles(world, "E12") == ["Value that the protocol refuses"]


def test_evidence_names_documents_and_who_entered() -> None:
    world = handed_in("SUBJ-03")
    SourceDocument.objects.create(
        record=world.record, criteria=["E3", "E4"], title="Report", location="Ward", recorded_by=world.coordinator
    )
    SourceDocument.objects.create(
        record=world.record,
        criteria=["E3"],
        title="Struck",
        location="Ward",
        recorded_by=world.coordinator,
        struck_at=AT,
        struck_by=world.coordinator,
    )
    evidence = found(world)["E3"].evidence
    assert [document.title for document in evidence.documents] == ["Report"]
    assert ("Haemoglobin", "85 g/L") in evidence.values
    assert [name for name, _day in evidence.entered] == ["Chen Yulan"]


def test_ranges_of_a_report_in_words() -> None:
    report = {"activity_min": 20, "activity_max": 24, "damage_min": 3, "damage_max": 3, "complete": False}
    assert list(ranges(report)) == ["activity 20–24", "damage 3"]
    assert list(ranges({"score": 8.8, "damage_min": None, "damage_max": None})) == []
