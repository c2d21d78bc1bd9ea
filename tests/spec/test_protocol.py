"""The protocol as a whole: verbatim texts, one definition of everything, nothing of it outside its folder."""

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest

from screening.eligibility import document
from screening.eligibility.evaluation import evaluate
from screening.eligibility.items import AnsweredBy, Use
from screening.eligibility.protocol import Mark
from tests.spec.chapter import DATA, PROTOCOL, cases
from tests.spec.people import ELIGIBLE, without

ROOT = Path(__file__).parents[2]
PUBLISHED = {"lenalidomide-dm/1.0": "24424a09c5376b66b911a1826047b6ace0edd38170117b9b5f6bedb40c4f6839"}


class TestRecord:
    def test_texts_are_the_record_s_byte_for_byte(self):
        own = files("screening.protocols.lenalidomide_dm").joinpath("verbatim.json").read_bytes()

        assert own == (DATA / "verbatim.json").read_bytes()
        assert {criterion.id: criterion.text for criterion in PROTOCOL.criteria} == json.loads(own)

    def test_there_are_5_inclusion_and_15_exclusion_criteria_in_the_record_s_order(self):
        ids = [criterion.id for criterion in PROTOCOL.criteria]

        assert ids == [f"I{n}" for n in range(1, 6)] + [f"E{n}" for n in range(1, 16)]
        assert [criterion.exclusion for criterion in PROTOCOL.criteria] == [False] * 5 + [True] * 15

    def test_every_text_is_in_the_record_with_its_line_breaks_joined(self):
        record = (DATA / "registry-record.txt").read_text(encoding="utf-8").replace("\n", " ")

        for criterion in PROTOCOL.criteria:
            assert f"{criterion.id[1:]}. {criterion.text}" in record

    def test_every_fact_is_in_the_record_oddities_included(self):
        lines = (DATA / "registry-record.txt").read_text(encoding="utf-8").splitlines()

        assert all(value in lines for value in PROTOCOL.facts.values())
        assert PROTOCOL.facts["Lead Sponsor"] == "Jiangxi Provincial People's Hopital"
        assert set(PROTOCOL.oddities) <= set(PROTOCOL.facts)


class TestItems:
    def test_every_item_of_the_worked_cases_exists(self):
        used = {name for case in cases("vectors") + cases("subjects") for name in case["items"]}

        assert used <= set(PROTOCOL.by_name)

    def test_judgement_is_the_investigator_s_on_five_items(self):
        judged = {item.name for item in PROTOCOL.items if item.answered_by is AnsweredBy.JUDGEMENT}

        assert judged == {
            "e7_investigator",
            "e11_investigator",
            "iim_no_better_explanation",
            "mi_risk_investigator_excludes",
            "ltbi_investigator_excludes",
        }

    @pytest.mark.parametrize("name", ["birth_date", "sex_at_birth", "consent_date", "icf_version_valid"])
    def test_what_the_portal_knows_is_not_asked_again(self, name):
        assert PROTOCOL.by_name[name].answered_by is AnsweredBy.DERIVED

    @pytest.mark.parametrize(
        ("name", "question"),
        [
            ("hbv_routine_care", "Were the hepatitis B tests done in routine care, not for this study?"),
            ("tb_routine_care", "Were the tuberculosis tests done in routine care, not for this study?"),
            ("hiv_test_routine_care", "Was the HIV test done in routine care, not for this study?"),
        ],
    )
    def test_routine_care_is_asked_of_one_test_or_of_several(self, name, question):
        assert PROTOCOL.by_name[name].question == question

    def test_only_a_positive_hiv_test_is_remembered_for_ever(self):
        remembered = [
            (examination.name, part.value.name, part.code, part.history.name, part.answer)
            for examination in PROTOCOL.examinations
            for part in examination.remembers
        ]

        assert remembered == [("hiv", "hiv_test", "positive", "hiv_ever_positive", "yes")]

    def test_proof_and_advice_are_read_by_no_criterion(self):
        read = {item for criterion in PROTOCOL.criteria for item in criterion.condition.reads}

        assert {item.name for item in read if item.use is not Use.DECIDES} == set()

    def test_advice_is_named_so_and_asked_by_no_criterion(self):
        asked = {item for criterion in PROTOCOL.criteria for item in criterion.asks}

        for item in PROTOCOL.items:
            assert (item.use is Use.ADVISORY) is item.name.startswith("adv_")
            assert (item in asked) is not item.name.startswith("adv_") or item.name == "evaluation_date"

    @pytest.mark.parametrize(
        "item", PROTOCOL.asked_by(Use.PROOF) + PROTOCOL.asked_by(Use.ADVISORY), ids=lambda i: i.name
    )
    def test_informational_items_change_no_outcome(self, item):
        before = [result.outcome for result in evaluate(PROTOCOL, ELIGIBLE[0]).results]

        for value in {"yes", "no", "unknown", "positive", "2026-10-01", "some text", 5, "5"}:
            changed = without(ELIGIBLE[0], item.name) | {item.name: value}
            assert [result.outcome for result in evaluate(PROTOCOL, changed).results] == before

    def test_labels_fit_into_a_sentence(self):
        for item in PROTOCOL.items:
            assert item.label
            assert not item.label.endswith((".", "?", ":"))
            assert item.question == "" or item.question.endswith("?")


class TestSettings:
    def test_every_setting_of_a_rule_is_a_default_and_marked_so(self):
        for criterion in PROTOCOL.criteria:
            if criterion.condition.settings:
                assert {note.mark for note in criterion.notes} & {Mark.DEFAULT, Mark.INTERPRETATION}

    def test_settings_that_no_rule_reads_are_the_gate_s_and_the_form_s(self):
        read = {name for criterion in PROTOCOL.criteria for name in criterion.condition.settings}
        flagged = {name for criterion in PROTOCOL.criteria for flag in criterion.flags for name in flag.when.settings}

        assert set(PROTOCOL.defaults) - read - flagged == {
            "ENROLL_VALID_PREG",
            "ENROLL_VALID_CBC",
            "LAB_UNITS",
            "PERMITTED_BACKGROUND",
        }

    def test_defaults_are_those_of_the_specification(self):
        assert {name: value for name, value in PROTOCOL.defaults.items() if name.startswith("VALID_")} == {
            "VALID_CBC": 14,
            "VALID_PREG": 7,
            "VALID_CDASI": 14,
            "VALID_HBV": 90,
            "VALID_HCV": 90,
            "VALID_HIV": 90,
            "VALID_TB": 90,
            "VALID_EXAM": 28,
            "VALID_IMAGING_PFT": 90,
        }
        assert {name: value for name, value in PROTOCOL.defaults.items() if not name.startswith("VALID_")} == {
            "POST": 28,
            "ENROLL_VALID_PREG": 7,
            "ENROLL_VALID_CBC": 28,
            "LAB_UNITS": ("10^9/L", "g/L"),
            "TX_GAP_DAYS": 14,
            "TX_RECENCY_DAYS": 28,
            "TX_QUALIFYING": ("systemic_corticosteroid", "immunosuppressant", "biologic", "jak_inhibitor"),
            "DEPOT_MONTHS": {"rituximab": 6},
            "CDASI_COMPONENT": "activity",
            "IIM_MIN_CATEGORY": "probable",
            "ACCEPT_JDM_ADULT": False,
            "IIM_BIOPSY_COLUMN": "when_done",
            "MI_RF_MODE": "strict",
            "PERMITTED_BACKGROUND": (),
        }

    @pytest.mark.parametrize("name", [name for name, value in PROTOCOL.defaults.items() if type(value) is int])
    def test_days_are_from_0_to_3660(self, name):
        for days in (0, 3660):
            assert PROTOCOL.configure({name: days})[name] == days
        for days in (-1, 3661):
            with pytest.raises(ValueError, match="is not 0 to 3660 days"):
                PROTOCOL.configure({name: days})

    @pytest.mark.parametrize("item", ["wbc_unit", "anc_unit", "hgb_unit", "plt_unit"])
    def test_every_unit_that_is_read_may_be_turned_on(self, item):
        for unit in PROTOCOL.by_name[item].codes:
            assert PROTOCOL.configure({"LAB_UNITS": [unit]})["LAB_UNITS"] == [unit]


class TestOneDefinition:
    def test_nothing_outside_the_folder_names_a_criterion_or_an_item_of_this_trial(self):
        # What comes from registry, consent and visit bears the field's own names, there as here.
        general = {item for item in PROTOCOL.items if item.answered_by is AnsweredBy.DERIVED}
        general |= {examination.anchor for examination in PROTOCOL.examinations}
        names = [item.name for item in PROTOCOL.items if item not in general]
        names += [criterion.id for criterion in PROTOCOL.criteria]
        named = re.compile(rf"""["'](?:{"|".join(map(re.escape, names))})["']""")
        folders = [ROOT / name for name in ("screening", "enrollment", "trial_portal", "templates")]
        sources = [path for folder in folders if folder.exists() for path in folder.rglob("*") if path.is_file()]

        for path in sources:
            own = "lenalidomide_dm" in path.parts or path.suffix not in (".py", ".html", ".txt", ".js")
            assert own or not named.findall(path.read_text(encoding="utf-8")), path

    def test_labels_and_questions_are_each_one_item_s(self):
        labels = [item.label for item in PROTOCOL.items]
        questions = [item.question for item in PROTOCOL.items if item.question]

        assert sorted(labels) == sorted(set(labels))
        assert sorted(questions) == sorted(set(questions))


@pytest.mark.notices_any_change
class TestPublished:
    def test_a_published_version_says_what_it_said(self):
        """If this fails, it says something else than what was approved: make a new version with a new label."""
        assert PUBLISHED[PROTOCOL.label] == PROTOCOL.digest

    def test_the_page_is_what_the_code_says(self, monkeypatch):
        monkeypatch.chdir(ROOT)

        assert document.main(["--check"]) == 0

    def test_a_stale_page_is_noticed(self, monkeypatch, tmp_path, capsys):
        monkeypatch.chdir(tmp_path)

        assert document.main(["--check"]) == 1
        assert document.main([]) == 0
        assert document.main(["--check"]) == 0
        page = tmp_path / "docs/protocol/lenalidomide_dm.md"
        page.write_text(page.read_text(encoding="utf-8").replace("84", "85").replace("90 days", "91 days"), "utf-8")
        assert document.main(["--check"]) == 1
        assert "run python3 -m screening.eligibility.document" in capsys.readouterr().err


def test_the_page_has_every_text_question_setting_and_note():
    page = "\n".join(document.lines(PROTOCOL))

    for criterion in PROTOCOL.criteria:
        assert f"### {criterion.id} — {criterion.title}\n\n> {criterion.text}\n" in page
        assert all(note.text in page for note in criterion.notes)
    assert all(f"| `{setting.name}` |" in page for setting in PROTOCOL.settings)
    assert all(f"`{item.name}`" in page or item.label in page for item in PROTOCOL.items if item.use is not Use.DECIDES)
    assert all(f"| `{item.name}` |" in page for item in PROTOCOL.items if item.use is Use.DECIDES and _asked(item))


def _asked(item):
    return any(item in criterion.asks for criterion in PROTOCOL.criteria)
