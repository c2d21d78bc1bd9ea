"""I1: male, or female neither pregnant nor nursing. Section I1 of the criteria specification.

Baseline: a man. ``woman`` is one of childbearing potential with a negative test on the day of screening, 2026-10-15.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from tests.spec.chapter import MET, NOT_MET, PROTOCOL, UNDETERMINED, outcome, reasons, result, vectors

WOMAN = {
    "sex_at_birth": "female",
    "known_pregnant": "no",
    "childbearing_potential": "yes",
    "pregnancy_test_result": "negative",
    "pregnancy_test_date": "2026-10-15",
    "breastfeeding": "no",
}
NO_TEST = {"pregnancy_test_result": None, "pregnancy_test_date": None}
HYSTERECTOMY = {"childbearing_potential": "no", "no_childbearing_reason": "hysterectomy"}
REASONS = [
    "hysterectomy",
    "bilateral_oophorectomy",
    "postmenopausal_24_months",
    "ovarian_failure",
    "xy_turner_uterine_agenesis",
]


def woman(settings=None, /, **changes):
    return outcome("I1", settings, **WOMAN | changes)


def flags(**changes):
    items = vectors("I1")[0]["items"] | WOMAN | {"consent_date": "2026-10-14"} | changes
    return [(raised.kind.value, raised.items) for raised in evaluate(PROTOCOL, items).flags("I1")]


class TestSex:
    def test_man(self):
        assert outcome("I1") == MET

    def test_answers_left_from_a_corrected_sex_are_not_evaluated(self):
        left = {"known_pregnant": "yes", "pregnancy_test_result": "positive", "breastfeeding": "yes"}

        assert outcome("I1", pregnancy_test_date="2026-10-15", **left) == MET

    def test_man_needs_no_screening_date(self):
        assert outcome("I1", screening_date=None) == MET

    @pytest.mark.parametrize("sex", ["other_unknown", None, "unknown"])
    @pytest.mark.parametrize("known", ["yes", "no"])
    def test_other_unknown_or_missing_is_open_whatever_else_is_answered(self, sex, known):
        assert woman(sex_at_birth=sex, known_pregnant=known) == UNDETERMINED


class TestKnownPregnancy:
    def test_yes_beats_a_negative_test(self):
        assert woman(known_pregnant="yes") == NOT_MET

    def test_yes_beats_no_childbearing_potential(self):
        assert woman(known_pregnant="yes", **HYSTERECTOMY | NO_TEST) == NOT_MET

    @pytest.mark.parametrize("known", ["no", "unknown", None])
    def test_anything_else_leaves_it_to_a_usable_negative_test(self, known):
        assert woman(known_pregnant=known) == MET

    @pytest.mark.parametrize("known", ["no", "unknown", None])
    def test_anything_else_leaves_it_to_a_usable_negative_test_also_after_menopause(self, known):
        assert woman(known_pregnant=known, **HYSTERECTOMY) == MET

    @pytest.mark.parametrize(("known", "expected"), [("no", MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)])
    def test_must_be_denied_where_no_test_is_needed(self, known, expected):
        assert woman(known_pregnant=known, **HYSTERECTOMY | NO_TEST) == expected


class TestResult:
    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            ("negative", MET),
            ("positive", NOT_MET),
            ("indeterminate", UNDETERMINED),
            ("not_done", UNDETERMINED),
            (None, UNDETERMINED),
            ("neg", UNDETERMINED),
        ],
    )
    def test_of_childbearing_potential(self, found, expected):
        assert woman(pregnancy_test_result=found) == expected

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            ("negative", MET),
            ("positive", NOT_MET),
            ("indeterminate", UNDETERMINED),
            ("not_done", MET),
            (None, MET),
        ],
    )
    def test_not_of_childbearing_potential(self, found, expected):
        assert woman(pregnancy_test_result=found, **HYSTERECTOMY) == expected

    @pytest.mark.parametrize("kind", ["serum_hcg", "urine_hcg", None])
    def test_kind_of_test_is_informational(self, kind):
        assert woman(pregnancy_test_type=kind) == MET


class TestWindow:
    """VALID_PREG 7 days before to POST 28 days after screening, both ends usable."""

    @pytest.mark.parametrize(
        ("day", "usable"),
        [
            ("2026-10-07", False),
            ("2026-10-08", True),
            ("2026-10-16", True),
            ("2026-11-12", True),
            ("2026-11-13", False),
        ],
    )
    def test_default(self, day, usable):
        assert woman(pregnancy_test_date=day) == (MET if usable else UNDETERMINED)
        assert woman(pregnancy_test_date=day, pregnancy_test_result="positive") == (NOT_MET if usable else UNDETERMINED)

    @pytest.mark.parametrize(
        ("settings", "day", "expected"),
        [
            ({"VALID_PREG": 3}, "2026-10-11", UNDETERMINED),
            ({"VALID_PREG": 3}, "2026-10-12", MET),
            ({"VALID_PREG": 0}, "2026-10-15", MET),
            ({"POST": 0}, "2026-10-15", MET),
            ({"POST": 0}, "2026-10-16", UNDETERMINED),
            ({"ENROLL_VALID_PREG": 0}, "2026-10-08", MET),
        ],
    )
    def test_settings(self, settings, day, expected):
        assert woman(settings, pregnancy_test_date=day) == expected

    @pytest.mark.parametrize(("day", "expected"), [("2025-10-15", MET), ("2025-10-14", UNDETERMINED)])
    def test_a_test_more_than_365_days_before_screening_is_refused(self, day, expected):
        assert woman({"VALID_PREG": 400}, pregnancy_test_date=day) == expected

    @pytest.mark.parametrize(("today", "expected"), [("2026-10-16", MET), ("2026-10-15", UNDETERMINED)])
    def test_a_test_in_the_future_is_refused(self, today, expected):
        assert woman(evaluation_date=today, pregnancy_test_date="2026-10-16") == expected


class TestStale:
    @pytest.mark.parametrize("day", ["2026-10-07", "2026-11-13", "2026-10", "2025-10-14", None])
    def test_negative_is_as_if_missing(self, day):
        assert woman(pregnancy_test_date=day) == UNDETERMINED
        assert woman(pregnancy_test_date=day, **HYSTERECTOMY) == MET

    @pytest.mark.parametrize("found", ["positive", "indeterminate"])
    @pytest.mark.parametrize("day", ["2026-10-07", "2026-11-13", "2026-10", "2025-10-14", None])
    def test_positive_or_indeterminate_is_not_forgotten(self, found, day):
        assert woman(pregnancy_test_result=found, pregnancy_test_date=day) == UNDETERMINED
        assert woman(pregnancy_test_result=found, pregnancy_test_date=day, **HYSTERECTOMY) == UNDETERMINED

    def test_known_pregnancy_beats_a_stale_negative_test(self):
        assert woman(known_pregnant="yes", pregnancy_test_date="2026-10-07") == NOT_MET


class TestChildbearingPotential:
    @pytest.mark.parametrize("reason", REASONS)
    def test_accepted_reason(self, reason):
        assert woman(childbearing_potential="no", no_childbearing_reason=reason, **NO_TEST) == MET

    @pytest.mark.parametrize("reason", ["other", None, "menopause"])
    def test_other_reason_or_none_counts_as_childbearing(self, reason):
        assert woman(childbearing_potential="no", no_childbearing_reason=reason, **NO_TEST) == UNDETERMINED
        assert woman(childbearing_potential="no", no_childbearing_reason=reason) == MET

    @pytest.mark.parametrize("potential", ["yes", "unknown", None])
    def test_a_reason_alone_is_not_enough(self, potential):
        given = {"childbearing_potential": potential, "no_childbearing_reason": "hysterectomy"}

        assert woman(**given | NO_TEST) == UNDETERMINED
        assert woman(**given) == MET


class TestBreastfeeding:
    @pytest.mark.parametrize(
        ("answer", "expected"), [("no", MET), ("yes", NOT_MET), ("unknown", UNDETERMINED), (None, UNDETERMINED)]
    )
    def test_answer(self, answer, expected):
        assert woman(breastfeeding=answer) == expected

    def test_yes_decides_though_pregnancy_is_open(self):
        assert woman(breastfeeding="yes", **NO_TEST) == NOT_MET

    def test_pregnancy_decides_though_breastfeeding_is_open(self):
        assert woman(breastfeeding=None, pregnancy_test_result="positive") == NOT_MET


class TestMissing:
    def test_no_screening_date_leaves_the_test_unusable(self):
        assert woman(screening_date=None) == UNDETERMINED
        assert woman(screening_date=None, pregnancy_test_result="positive") == UNDETERMINED

    def test_no_screening_date_is_needed_without_a_test(self):
        assert woman(screening_date=None, **HYSTERECTOMY | NO_TEST) == MET

    def test_nothing_answered(self):
        nothing = dict.fromkeys(WOMAN) | {"sex_at_birth": "female"}

        assert woman(**nothing) == UNDETERMINED


class TestFlags:
    """Warned: no childbearing potential, younger than 50, and no surgical reason. Consent on 2026-10-14."""

    @pytest.mark.parametrize(("born", "raised"), [("1976-10-15", True), ("1976-10-14", False)])
    def test_younger_than_50(self, born, raised):
        found = flags(childbearing_potential="no", no_childbearing_reason="postmenopausal_24_months", birth_date=born)

        assert [kind for kind, _ in found] == ["warning"] * raised

    def test_from_birth(self):
        answers = {"childbearing_potential": "no", "no_childbearing_reason": "other"}

        assert flags(**answers, birth_date="2026-10-14") == flags(**answers, birth_date="1996-01-01") != []

    @pytest.mark.parametrize("reason", [*REASONS, "other"])
    def test_surgical_reason(self, reason):
        found = flags(childbearing_potential="no", no_childbearing_reason=reason, birth_date="1996-01-01")

        assert bool(found) == (reason not in ("hysterectomy", "bilateral_oophorectomy"))

    def test_names_its_items(self):
        [(_, items)] = flags(childbearing_potential="no", no_childbearing_reason="other", birth_date="1996-01-01")

        assert {"childbearing_potential", "no_childbearing_reason", "birth_date"} <= set(items)

    @pytest.mark.parametrize("changes", [{"childbearing_potential": "yes"}, {"sex_at_birth": "male"}])
    def test_only_for_a_woman_said_not_to_be_of_childbearing_potential(self, changes):
        given = {"childbearing_potential": "no", "no_childbearing_reason": "other", "birth_date": "1996-01-01"}

        assert flags(**given | changes) == []


class TestReasons:
    def test_breastfeeding(self):
        assert reasons("I1", **WOMAN | {"breastfeeding": "yes"}) == (
            "Breastfeeding: yes, so this criterion is not met.",
        )

    def test_positive_test(self):
        assert reasons("I1", **WOMAN | {"pregnancy_test_result": "positive"}) == (
            "Pregnancy test result: positive, so this criterion is not met.",
        )

    @pytest.mark.parametrize("found", ["negative", "positive"])
    @pytest.mark.parametrize(
        ("dates", "said", "needs"),
        [
            (
                {"pregnancy_test_date": "2026-10-07"},
                "repeat the pregnancy test: 2026-10-07 is before 2026-10-08, the first day accepted",
                "pregnancy_test_date",
            ),
            ({"pregnancy_test_date": None}, "enter the date of the pregnancy test", "pregnancy_test_date"),
            ({"screening_date": None}, "enter the date of the screening visit", "screening_date"),
        ],
    )
    def test_a_test_that_is_not_usable(self, found, dates, said, needs):
        open_one = result("I1", **WOMAN | {"pregnancy_test_result": found} | dates)

        assert open_one.sentences == (f"Cannot be decided yet: {said}.",)
        assert open_one.needs == (needs,)

    def test_an_indeterminate_test_is_repeated(self):
        assert reasons("I1", **WOMAN | {"pregnancy_test_result": "indeterminate"}) == (
            "Cannot be decided yet: repeat the pregnancy test: it is indeterminate.",
        )

    @pytest.mark.parametrize("test", [NO_TEST, {"pregnancy_test_date": "2026-10-07"}])
    def test_pregnancy_that_only_has_to_be_denied(self, test):
        open_one = result("I1", **WOMAN | HYSTERECTOMY | test | {"known_pregnant": None})

        assert open_one.sentences == ("Cannot be decided yet: answer “Is she known to be pregnant?”.",)
        assert open_one.needs == ("known_pregnant",)

    @pytest.mark.parametrize(
        ("potential", "reason", "needed"),
        [
            ("yes", None, ()),
            ("no", None, ("no_childbearing_reason",)),
            ("no", "other", ("no_childbearing_reason",)),
            ("unknown", "hysterectomy", ("childbearing_potential",)),
            (None, None, ("childbearing_potential",)),
        ],
    )
    def test_what_is_needed_without_a_test(self, potential, reason, needed):
        given = {"childbearing_potential": potential, "no_childbearing_reason": reason}

        open_one = result("I1", **WOMAN | NO_TEST | given)

        assert open_one.needs == ("pregnancy_test_result", "pregnancy_test_date", *needed)
