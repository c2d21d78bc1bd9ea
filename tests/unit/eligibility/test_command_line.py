"""The command line: what it says of each line, that it loses none, and what it refuses."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from screening.eligibility.__main__ import LONGEST_LINE, main
from tests.spec.chapter import cases

ROOT = Path(__file__).parents[3]
PERSON = cases("subjects")[0]["items"]


def run(*lines, arguments=(), env=None):
    """The exit code, the results line by line, and what was said beside them."""
    sent = b"".join(line if isinstance(line, bytes) else f"{line}\n".encode() for line in lines)
    done = subprocess.run(
        [sys.executable, "-m", "screening.eligibility", *arguments],
        input=sent,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, **(env or {})},
        timeout=60,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr.decode()


def line(id="P1", **changes):
    return json.dumps({"id": id, "items": PERSON | changes})


def problems(**changes):
    code, (result,), _ = run(line(**changes))
    assert code == 0
    return result["problems"], result


class TestResult:
    def test_has_the_fixed_form(self):
        code, (result,), said = run(line())

        assert (code, said) == (0, "")
        assert list(result) == ["id", "protocol", "subject", "criteria", "instruments", "problems"]
        assert result["id"] == "P1"
        assert result["protocol"] == "lenalidomide-dm/1.0"
        assert result["subject"] == "eligible"
        assert list(result["criteria"]) == [f"I{n}" for n in range(1, 6)] + [f"E{n}" for n in range(1, 16)]
        assert set(result["criteria"]["E3"]) == {"outcome", "reasons", "needs"}
        assert set(result["instruments"]["iim"]) == {"column", "score", "probability", "category", "subgroup"}
        assert result["problems"] == []

    def test_comes_in_the_order_of_the_lines(self):
        _, results, _ = run(*(line(id=f"P{n}") for n in range(50)))

        assert [result["id"] for result in results] == [f"P{n}" for n in range(50)]

    def test_instruments_are_null_without_their_items(self):
        _, (result,), _ = run('{"id": "P1", "items": {}}')

        assert result["instruments"] == {"iim": None, "cdasi": None}
        assert result["subject"] == "pending"

    def test_reasons_hold_the_values(self):
        _, (result,), _ = run(line(plt_value="96"))

        assert result["criteria"]["E3"]["reasons"] == [
            "Platelets 96 ×10⁹/L on 2026-10-12 are below 100 ×10⁹/L, so this exclusion applies."
        ]


class TestBadLine:
    @pytest.mark.parametrize(
        ("bad", "says"),
        [
            ("{", "line 2: not JSON"),
            ("", "line 2: empty"),
            ("   ", "line 2: empty"),
            ("[]", "line 2: write an object"),
            ("null", "line 2: write an object"),
            ('"P1"', "line 2: write an object"),
            ('{"items": {}}', 'line 2: give the person an "id"'),
            ('{"id": null, "items": {}}', 'line 2: give the person an "id"'),
            ('{"id": true, "items": {}}', 'line 2: give the person an "id"'),
            ('{"id": 2, "items": {}}', 'line 2: give the person an "id" as text'),
            ('{"id": "P2"}', "line 2: give the answers"),
            ('{"id": "P2", "items": []}', "line 2: give the answers"),
            ('{"id": "P2", "items": {"hbsag": "positive", "hbsag": "negative"}}', "line 2: “hbsag” is there twice"),
            ('{"id": "P2", "id": "P3", "items": {}}', "line 2: “id” is there twice"),
            (b"\xff\xfe\n", "line 2: not UTF-8"),
            ("[" * 200_000, "line 2: not JSON"),
            ('{"id": "P2", "items": {"x": "' + "a" * LONGEST_LINE + '"}}', "line 2: longer than"),
        ],
        ids=lambda value: str(value)[:40],
    )
    def test_is_reported_on_its_line_and_the_stream_goes_on(self, bad, says):
        code, results, said = run(line(id="P1"), bad, line(id="P3"))

        assert code == 1
        assert said == ""
        assert [result.get("id") for result in results] == ["P1", None, "P3"]
        assert set(results[1]) == {"id", "error"}
        assert results[1]["error"].startswith(says)
        assert results[2]["subject"] == "eligible"

    def test_a_name_twice_among_very_many_is_found_at_once(self):
        """Counting each name anew took minutes on one long line."""
        names = [f"a{number}" for number in (*range(200_000), 199_999)]

        code, results, _ = run('{"id": "P1", "items": {' + ", ".join(f'"{name}": 1' for name in names) + "}}")

        assert (code, results) == (1, [{"id": None, "error": results[0]["error"]}])
        assert "“a199999” is there twice" in results[0]["error"]

    def test_a_long_line_is_read(self):
        code, (result,), _ = run(line(x="a" * 5_000_000))

        assert (code, result["id"], result["subject"]) == (0, "P1", "eligible")

    def test_a_last_line_without_an_end_is_read(self):
        code, results, _ = run(line().encode())

        assert code == 0
        assert results[0]["subject"] == "eligible"

    def test_a_byte_order_mark_is_no_error(self):
        code, results, _ = run(b"\xef\xbb\xbf" + line().encode())

        assert code == 0
        assert results[0]["subject"] == "eligible"

    def test_a_lone_surrogate_comes_back_as_it_went_in(self):
        code, results, _ = run('{"id": "\\ud800", "items": {}}')

        assert code == 0
        assert results[0]["id"] == "\ud800"

    def test_no_lines_are_no_error(self):
        assert run() == (0, [], "")


class TestBadValue:
    """Each is reported under its item and is missing, which never is an answer."""

    @pytest.mark.parametrize(
        ("item", "value", "criterion", "says"),
        [
            ("cbc_date", "2026-02-30", "E3", "is not a date"),
            ("cbc_date", "2026-10", "E3", "has no day"),
            ("wbc_unit", "g/L", "E3", "is not one of"),
            ("hgb_unit", "g%", "E3", "is not one of"),
            ("hgb_value", "8.5", "E3", "check the value and its unit"),
            ("plt_value", 210, "E3", "decimal digits as text"),
            ("plt_value", "NaN", "E3", "decimal digits as text"),
            ("iim_age_at_onset", "45", "I3", "without quotes"),
            ("iim_age_at_onset", 45.0, "I3", "without quotes"),
            ("iim_age_at_onset", True, "I3", "without quotes"),
            ("cdasi_activity_total", 101, "I4", "outside 0 to 100"),
            ("hz_ever", "YES", "E9", "is not one of"),
            ("hbsag", ["positive"], "E4", "is not one of"),
            ("treatments", {}, "I4", "list of rows"),
            ("consent_date", "2027-01-01", "I2", "is after the day of evaluation"),
        ],
    )
    def test_is_a_problem_of_its_item(self, item, value, criterion, says):
        found, result = problems(**{item: value})

        assert [problem["item"] for problem in found] == [item]
        assert says in found[0]["message"]
        assert result["subject"] != "eligible"
        assert result["criteria"][criterion]["outcome"] == "undetermined"

    def test_nan_is_a_problem_of_its_item(self):
        _, (result,), _ = run('{"id": "P1", "items": {"plt_value": NaN, "iim_age_at_onset": Infinity}}')

        assert [problem["item"] for problem in result["problems"]] == ["plt_value", "iim_age_at_onset"]

    def test_a_number_of_any_length_is_a_problem_of_its_item(self):
        _, (result,), _ = run('{"id": "P1", "items": {"iim_age_at_onset": ' + "9" * 5000 + "}}")

        assert result["id"] == "P1"
        assert [problem["item"] for problem in result["problems"]] == ["iim_age_at_onset"]

    def test_an_unknown_item_is_named(self):
        found, _ = problems(hz_evr="yes")

        assert found == [{"item": "hz_evr", "message": "There is no such item in this protocol: correct its name."}]


class TestCall:
    def test_settings_come_from_a_file(self, tmp_path):
        file = tmp_path / "settings.json"
        file.write_text('{"VALID_CBC": 2}')

        _, (result,), _ = run(line(), arguments=["--settings", str(file)])

        assert result["criteria"]["E3"]["outcome"] == "undetermined"

    @pytest.mark.parametrize("content", ['{"VALID_CBC": "2"}', '{"VALID_CB": 2}', "[]", "{", None])
    def test_settings_that_cannot_be_used_stop_it_before_the_first_line(self, tmp_path, content):
        file = tmp_path / "settings.json"
        if content is not None:
            file.write_text(content)

        code, results, said = run(line(), arguments=["--settings", str(file)])

        assert (code, results) == (2, [])
        assert "error:" in said

    def test_a_trial_that_is_not_there(self):
        code, _, said = run(line(), env={"TRIAL_PROTOCOL": "no_such_trial"})

        assert code == 2
        assert "there is no such folder" in said

    def test_a_reader_that_stops_early_is_no_crash(self):
        feed = "".join(line(id=f"P{n}") + "\n" for n in range(2000))
        done = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m screening.eligibility | head -n 1"],
            input=feed.encode(),
            capture_output=True,
            cwd=ROOT,
            timeout=60,
        )

        assert json.loads(done.stdout)["id"] == "P0"
        assert done.stderr == b""

    def test_each_result_is_there_as_soon_as_its_line_is(self):
        with subprocess.Popen(
            [sys.executable, "-m", "screening.eligibility"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process:
            process.stdin.write(f"{line()}\n".encode())
            process.stdin.flush()
            first = json.loads(process.stdout.readline())
            process.stdin.close()

        assert first["subject"] == "eligible"


def test_runs_in_this_process_too(monkeypatch, capfdbinary):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(f"{line()}\nx\n".encode())))

    assert main([]) == 1
    assert len(capfdbinary.readouterr().out.splitlines()) == 2
