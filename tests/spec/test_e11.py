"""E11: uncontrolled disease that the investigator holds to be an unacceptable risk. Sections 1.6 and E11.

Baseline: six systems answered no; the investigator has not answered.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result, vectors

SYSTEMS = [
    f"uncontrolled_{system}"
    for system in ("renal", "gastrointestinal", "endocrine", "pulmonary", "cardiac", "neurologic")
]
each_system = pytest.mark.parametrize("system", SYSTEMS)


def flags(**changes):
    items = vectors("E11")[0]["items"] | changes
    return [raised.kind.value for raised in evaluate(PROTOCOL, items).flags("E11")]


class TestInvestigator:
    @pytest.mark.parametrize(("opinion", "expected"), [("yes", MET), ("no", NOT_MET), (None, UNDETERMINED)])
    def test_decides(self, opinion, expected):
        assert outcome("E11", e11_investigator=opinion) == expected

    @each_system
    @pytest.mark.parametrize(("opinion", "expected"), [("yes", MET), ("no", NOT_MET), (None, UNDETERMINED)])
    def test_decides_also_with_a_system_ticked(self, system, opinion, expected):
        assert outcome("E11", e11_investigator=opinion, **{system: "yes"}) == expected

    @each_system
    @pytest.mark.parametrize("answer", ["unknown", None])
    @pytest.mark.parametrize(
        ("opinion", "expected"),
        [("yes", MET), ("no", UNDETERMINED), (None, UNDETERMINED)],
    )
    def test_no_counts_only_when_all_six_are_answered(self, system, answer, opinion, expected):
        assert outcome("E11", e11_investigator=opinion, **{system: answer}) == expected

    def test_yes_needs_nothing_else(self):
        assert outcome("E11", e11_investigator="yes", **dict.fromkeys(SYSTEMS)) == MET

    def test_no_with_all_systems_ticked_is_still_no(self):
        assert outcome("E11", e11_investigator="no", **dict.fromkeys(SYSTEMS, "yes")) == NOT_MET

    @pytest.mark.parametrize("answer", ["unknown", "YES", True])
    def test_answers_yes_or_no_and_nothing_else(self, answer):
        assert outcome("E11", e11_investigator=answer) == UNDETERMINED

    def test_alone_may_answer(self):
        criterion = PROTOCOL.criterion("E11")
        asked = {item.name: item.answered_by.value for item in criterion.asks}

        assert {name: asked[name] for name in SYSTEMS} == dict.fromkeys(SYSTEMS, "coordinator")
        assert asked["e11_investigator"] == "judgement"

    def test_needs_the_system_that_is_not_answered(self):
        assert result("E11", e11_investigator="no", uncontrolled_renal=None).needs == ("uncontrolled_renal",)


class TestFlags:
    def test_yes_with_no_system_ticked(self):
        assert flags(e11_investigator="yes") == ["consistency"]

    @each_system
    def test_yes_with_a_system_ticked(self, system):
        assert flags(e11_investigator="yes", **{system: "yes"}) == []

    @each_system
    @pytest.mark.parametrize("answer", ["unknown", None])
    def test_yes_with_none_ticked_and_one_not_answered(self, system, answer):
        assert flags(e11_investigator="yes", **{system: answer}) == ["consistency"]

    @each_system
    def test_no_with_a_system_ticked_needs_a_rationale(self, system):
        assert flags(e11_investigator="no", **{system: "yes"}) == ["rationale"]

    @each_system
    def test_a_system_ticked_needs_no_opinion_to_be_flagged_later(self, system):
        assert flags(e11_investigator=None, **{system: "yes"}) == []

    def test_no_with_no_system_ticked(self):
        assert flags(e11_investigator="no") == []
        assert flags(e11_investigator="no", uncontrolled_renal="unknown") == []


class TestReasons:
    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            (
                {},
                (
                    "Cannot be decided yet: the investigator answers “Might a current uncontrolled disease of these "
                    "systems place the person at unacceptable risk in this study?”."
                ),
            ),
            (
                {"e11_investigator": "yes"},
                "Investigator's opinion on uncontrolled disease: yes, so this exclusion applies.",
            ),
            (
                {"e11_investigator": "no", "uncontrolled_cardiac": None},
                "Cannot be decided yet: answer “Is there current uncontrolled cardiac disease?”.",
            ),
            (
                {"e11_investigator": "no", "uncontrolled_cardiac": "unknown"},
                (
                    "Cannot be decided yet: “Is there current uncontrolled cardiac disease?” is answered “unknown”: "
                    "find out."
                ),
            ),
        ],
    )
    def test_says_what_decided_or_what_to_do(self, changes, said):
        assert reasons("E11", **changes) == (said,)
