"""Which questions are asked of whom: an item is hidden once it is certain that it does not apply, never before.

The columns "depends" and "only if" of sections 2 and 3 of the criteria specification. Consent is on 2026-10-14.
"""

import pytest

from screening.eligibility.evaluation import evaluate
from screening.eligibility.items import Use
from screening.eligibility.logic import FALSE, TRUE, UNKNOWN
from tests.spec.chapter import PROTOCOL

FEMALE, MALE = {"sex_at_birth": "female"}, {"sex_at_birth": "male"}
HYSTERECTOMY = {"childbearing_potential": "no", "no_childbearing_reason": "hysterectomy"}
OF_A_WOMAN = ["known_pregnant", "childbearing_potential", "pregnancy_test_result", "pregnancy_test_type"]
OF_A_WOMAN += ["breastfeeding", "no_childbearing_reason", "pregnancy_test_date", "pregnancy_test_routine_care"]
OF_A_WOMAN += ["ppp_conditions_met"]
# Question → the one to which "yes" makes it apply.
AFTER_YES = {
    "iim_bx_endomysial": "iim_biopsy_done",
    "iim_bx_perimysial": "iim_biopsy_done",
    "iim_bx_perifascicular_atrophy": "iim_biopsy_done",
    "iim_bx_rimmed_vacuoles": "iim_biopsy_done",
    "nyha_class": "heart_failure",
    "hz_recurrent": "hz_ever",
    "hz_disseminated": "hz_ever",
    "hz_ophthalmic": "hz_ever",
    "hz_active_now": "hz_ever",
    "hz_last_lesion_date": "hz_ever",
    "abuse_ongoing": "abuse_history",
    "abuse_last_date": "abuse_history",
    "major_surgery_date": "major_surgery_ever",
    "live_vaccine_date": "live_vaccine_received",
    "tumors": "malignancy_ever",
}
ROUTINE_CARE = {
    "cbc_routine_care": "cbc_date",
    "cdasi_routine_care": "cdasi_date",
    "hbv_routine_care": "hbv_date",
    "hcv_routine_care": "hcv_date",
    "tb_routine_care": "tb_date",
    "hiv_test_routine_care": "hiv_test_date",
    "pregnancy_test_routine_care": "pregnancy_test_date",
}


def asked(name, **answers):
    """TRUE: it is asked. FALSE: it is hidden. UNKNOWN: asked too, since it may apply."""
    return evaluate(PROTOCOL, answers).applies(PROTOCOL.by_name[name])


def test_everything_else_is_asked_of_everybody():
    conditional = {item.name for item in PROTOCOL.items if item.applies is not None and item.use is Use.DECIDES}

    assert conditional == {
        *OF_A_WOMAN,
        *AFTER_YES,
        *ROUTINE_CARE,
        "contraception_agreed",
        "ltbi_investigator_excludes",
    }


class TestSex:
    @pytest.mark.parametrize("name", OF_A_WOMAN)
    @pytest.mark.parametrize("sex", ["female", "other_unknown", None])
    def test_of_a_woman_or_while_it_is_open(self, name, sex):
        assert asked(name, sex_at_birth=sex) is not FALSE

    @pytest.mark.parametrize("name", OF_A_WOMAN)
    @pytest.mark.parametrize("left", ["yes", "no"])
    def test_answers_left_from_a_corrected_sex_ask_nothing_of_a_man(self, name, left):
        test = {"pregnancy_test_result": "positive", "pregnancy_test_date": "2026-10-01"}

        assert asked(name, **MALE) is FALSE
        assert asked(name, **MALE, **test, childbearing_potential=left, consent_date="2026-10-14") is FALSE

    @pytest.mark.parametrize("name", ["known_pregnant", "childbearing_potential", "breastfeeding"])
    def test_of_every_woman(self, name):
        assert asked(name, **FEMALE) is TRUE

    @pytest.mark.parametrize(
        ("sex", "shown"), [("male", TRUE), ("female", FALSE), ("other_unknown", UNKNOWN), (None, UNKNOWN)]
    )
    def test_of_a_man(self, sex, shown):
        assert asked("contraception_agreed", sex_at_birth=sex) is shown


class TestChildbearingPotential:
    @pytest.mark.parametrize(
        ("potential", "shown"), [("no", TRUE), ("yes", FALSE), ("unknown", UNKNOWN), (None, UNKNOWN)]
    )
    def test_the_reason_is_asked_unless_there_is(self, potential, shown):
        assert asked("no_childbearing_reason", **FEMALE, childbearing_potential=potential) is shown

    @pytest.mark.parametrize(
        ("given", "shown"),
        [
            (HYSTERECTOMY, FALSE),
            (HYSTERECTOMY | {"no_childbearing_reason": "other"}, TRUE),
            (HYSTERECTOMY | {"no_childbearing_reason": None}, TRUE),
            (HYSTERECTOMY | {"childbearing_potential": "unknown"}, TRUE),
            (HYSTERECTOMY | {"childbearing_potential": "yes"}, TRUE),
        ],
    )
    def test_the_prevention_programme_is_asked_unless_it_is_excluded(self, given, shown):
        assert asked("ppp_conditions_met", **FEMALE, **given) is shown

    @pytest.mark.parametrize(
        ("found", "shown"),
        [("negative", TRUE), ("positive", TRUE), ("indeterminate", TRUE), ("not_done", FALSE), (None, UNKNOWN)],
    )
    def test_the_date_of_a_pregnancy_test_is_asked_unless_none_was_done(self, found, shown):
        assert asked("pregnancy_test_date", **FEMALE, pregnancy_test_result=found) is shown


@pytest.mark.parametrize(("name", "before"), AFTER_YES.items())
@pytest.mark.parametrize(("answer", "shown"), [("yes", TRUE), ("no", FALSE), ("unknown", UNKNOWN), (None, UNKNOWN)])
def test_what_follows_from_a_yes(name, before, answer, shown):
    assert asked(name, **{before: answer}) is shown


@pytest.mark.parametrize(
    ("found", "shown"),
    [("positive", TRUE), ("indeterminate", TRUE), ("negative", FALSE), ("not_done", FALSE), (None, UNKNOWN)],
)
def test_the_judgement_on_latent_tuberculosis(found, shown):
    assert asked("ltbi_investigator_excludes", igra=found) is shown


@pytest.mark.parametrize(("name", "date"), ROUTINE_CARE.items())
@pytest.mark.parametrize(("day", "shown"), [("2026-10-13", TRUE), ("2026-10-14", FALSE), (None, UNKNOWN)])
def test_routine_care_is_asked_of_a_result_dated_before_consent(name, date, day, shown):
    assert asked(name, **FEMALE, **{date: day}, consent_date="2026-10-14") is shown
    assert asked(name, **FEMALE, **{date: day}) is UNKNOWN
