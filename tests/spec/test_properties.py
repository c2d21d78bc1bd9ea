"""What holds for everybody, whoever they are: the engine fails closed, explains itself, and knows no order or chance.

Sections 1.1, 1.4 and 1.5 of the criteria specification.
"""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.eligibility.evaluation import Outcome, Subject, evaluate
from screening.eligibility.facts import Facts
from tests.spec.chapter import PROTOCOL
from tests.spec.exceptions import EXCEPTIONS
from tests.spec.people import ELIGIBLE, ITEMS, WOMAN, answers, people, without

SLOW = settings(suppress_health_check=[HealthCheck.too_slow])

BAD = st.sampled_from(
    [
        "", " ", "YES", "Yes", "y", "true", "None", "null", "nan", "-1", "1e3", "\uff11", "5,2", "≥100", "2026-02-30",
        "2026-13-01", "26-10-01", "2026-10-1", "20261001", "9999-12-31", "0001-01-01", "<", "yes ", "III ", "a" * 5000,
        True, False, -1, 10**30, 3.5, float("nan"), float("inf"), [], {}, [1], [None], {"a": 1}, [[]], [{"class": []}],
        {"areas": 3}, {"areas": {"malar": {"ery": "3"}}, "gh_ery": 9}, "\ud800", "\x00", b"yes", object(), ("yes",),
    ]
)  # fmt: skip


def outcomes(items):
    return {result.criterion.id: result.outcome for result in evaluate(PROTOCOL, items).results}


def permitted(items):
    return {result.criterion.id for result in evaluate(PROTOCOL, items).results if result.permits}


@pytest.mark.parametrize("person", ELIGIBLE, ids=range(len(ELIGIBLE)))
def test_the_people_it_starts_from_are_eligible(person):
    assert evaluate(PROTOCOL, person).subject is Subject.ELIGIBLE


@SLOW
@given(people(4))
def test_removing_an_answer_never_settles_a_criterion_in_favour(person):
    before = permitted(person)
    for name in person:
        won = permitted(without(person, name)) - before
        if name in EXCEPTIONS:
            won -= EXCEPTIONS[name].criteria
        assert not won, f"removing {name}={person[name]!r}"


@given(people(4), st.sampled_from(sorted(ITEMS)))
def test_removing_an_answer_never_turns_anyone_eligible(person, name):
    if name not in EXCEPTIONS and evaluate(PROTOCOL, person).subject is not Subject.ELIGIBLE:
        assert evaluate(PROTOCOL, without(person, name)).subject is not Subject.ELIGIBLE


@pytest.mark.parametrize("name", EXCEPTIONS)
def test_each_exception_is_one(name):
    exception = EXCEPTIONS[name]
    person = ELIGIBLE[exception.person] | exception.answers

    won = permitted(without(person, name)) - permitted(person)

    assert won
    assert won <= exception.criteria


@given(people(), st.sampled_from(sorted(ITEMS)), BAD)
def test_a_value_that_cannot_be_read_is_a_problem_and_missing(person, name, bad):
    evaluation = evaluate(PROTOCOL, person | {name: bad})

    if any(problem.item == name for problem in evaluation.problems) and name not in evaluation._facts.values:
        assert outcomes(person | {name: bad}) == outcomes(without(person, name))


@pytest.mark.parametrize("name", sorted(ITEMS))
@given(bad=st.sampled_from([3.5, True, object(), b"yes", float("nan"), -1, "no such answer " * 200]))
@settings(max_examples=10)
def test_a_wrongly_typed_value_is_refused_for_every_item(name, bad):
    evaluation = evaluate(PROTOCOL, WOMAN | {name: bad})

    assert [problem.item for problem in evaluation.problems if problem.item == name]
    assert outcomes(WOMAN | {name: bad}) == outcomes(without(WOMAN, name))


@given(people(), st.text() | st.integers(), st.none() | st.sampled_from(["yes", "no", 3]))
def test_an_item_that_does_not_exist_changes_nothing_and_is_reported(person, name, value):
    if name in ITEMS:
        return
    evaluation = evaluate(PROTOCOL, person | {name: value})

    assert len(evaluation.problems) - len(evaluate(PROTOCOL, person).problems) == (value is not None)
    assert outcomes(person | {name: value}) == outcomes(person)


@given(people())
def test_the_whole_follows_from_the_criteria(person):
    evaluation = evaluate(PROTOCOL, person)
    found = {result.criterion.id: result.outcome for result in evaluation.results}

    against = [id for id, outcome in found.items() if outcome is (Outcome.NOT_MET if id[0] == "I" else Outcome.MET)]
    open_ones = [id for id, outcome in found.items() if outcome is Outcome.UNDETERMINED]
    if against:
        assert evaluation.subject is Subject.INELIGIBLE
    else:
        assert evaluation.subject is (Subject.PENDING if open_ones else Subject.ELIGIBLE)


@given(people(), st.sampled_from(sorted(ITEMS)), st.data())
def test_nothing_outside_the_explanation_changes_an_outcome(person, name, data):
    other = person | {name: data.draw(st.none() | answers(ITEMS[name]))}
    changed = outcomes(other)

    for result in evaluate(PROTOCOL, person).results:
        if name not in result.items:
            assert changed[result.criterion.id] is result.outcome, result.sentences


@SLOW
@given(people())
def test_what_decided_decides_alone(person):
    for result in evaluate(PROTOCOL, person).results:
        alone = {name: value for name, value in person.items() if name in result.items}

        assert outcomes(alone)[result.criterion.id] is result.outcome, result.sentences


@given(people())
def test_every_outcome_has_a_reason_and_every_open_one_says_what_is_needed(person):
    for result in evaluate(PROTOCOL, person).results:
        assert result.sentences
        assert len(set(result.sentences)) == len(result.sentences)
        assert all(said[0] == said[0].upper() and said.endswith((".", "”.")) for said in result.sentences)
        assert bool(result.needs) is (result.outcome is Outcome.UNDETERMINED)
        assert set(result.needs) <= {item.name for item in result.criterion.asks}


class Watched(dict):
    """Values that note which of them are looked at."""

    def __init__(self, values):
        super().__init__(values)
        self.looked_at = set()

    def get(self, name, default=None):
        self.looked_at.add(name)
        return super().get(name, default)

    def __contains__(self, name):
        self.looked_at.add(name)
        return super().__contains__(name)


@given(people())
def test_a_condition_looks_at_nothing_that_it_does_not_list(person):
    values, _ = PROTOCOL.reader.read(person)
    for criterion in PROTOCOL.criteria:
        watched = Watched(values)
        criterion.condition.evaluate(Facts(watched, PROTOCOL.defaults))

        assert watched.looked_at <= {item.name for item in criterion.condition.reads}
    for instrument in PROTOCOL.instruments.values():
        watched = Watched(values)
        instrument.report(Facts(watched, PROTOCOL.defaults))

        assert watched.looked_at <= {item.name for item in instrument.reads}


@given(st.lists(people(), min_size=2, max_size=4), st.randoms())
def test_neither_order_nor_memory_changes_a_result(several, chance):
    first = [evaluate(PROTOCOL, person).as_json() for person in several]
    PROTOCOL.defaults.known.clear()
    for person, before in zip(several, first, strict=True):
        shuffled = list(person.items())
        chance.shuffle(shuffled)
        again = evaluate(PROTOCOL, dict(shuffled)).as_json()

        assert {key: value for key, value in again.items() if key != "problems"} == {
            key: value for key, value in before.items() if key != "problems"
        }


def days_of(text):
    """Every day that a partial date may be."""
    parts = [int(part) for part in text.split("-")]
    first = date(*(parts + [1] * (3 - len(parts))))
    last = (
        date(first.year + 1, 1, 1) if len(parts) == 1 else date(first.year + first.month // 12, first.month % 12 + 1, 1)
    )
    return [first + timedelta(days=n) for n in range((last - first).days)]


def of_every_day(criterion, person, name, text, *, anchor):
    """The outcome as 1.4 says: the one of all days up to the anchor if they agree, otherwise undetermined."""
    days = days_of(text)
    if anchor and days[0] <= anchor:
        days = [day for day in days if day <= anchor]
    found = {evaluate(PROTOCOL, person | {name: day.isoformat()}).result(criterion).outcome for day in days}
    return found.pop() if len(found) == 1 else Outcome.UNDETERMINED


HISTORIES = {
    "E9": ("hz_last_lesion_date", {"hz_ever": "yes"}, True),
    "E12": ("abuse_last_date", {"abuse_history": "yes"}, True),
    "E13": ("major_surgery_date", {"major_surgery_ever": "yes"}, False),
    "E14": ("live_vaccine_date", {"live_vaccine_received": "yes"}, True),
    "I2": ("birth_date", {}, False),
}
PARTIAL = st.builds(
    lambda year, month, digits: f"{year}-{month:02}"[:digits],
    st.sampled_from([2025, 2026, 2027]),
    st.integers(1, 12),
    st.sampled_from([4, 7, 7]),
)
SCREENINGS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize("criterion", HISTORIES)
@given(text=PARTIAL, screening=SCREENINGS, before=st.integers(0, 20))
@settings(max_examples=40)
def test_a_partial_date_is_every_day_of_it(criterion, text, screening, before):
    name, history, clipped = HISTORIES[criterion]
    consent = screening - timedelta(days=before)
    anchors = {"screening_date": screening.isoformat(), "consent_date": consent.isoformat(), "evaluation_date": None}
    person = WOMAN | history | anchors
    if criterion == "I2":
        text = f"{int(text[:4]) - 18 - 58 * (before % 2)}{text[4:]}"
    anchor = (consent if criterion == "E12" else screening) if clipped else None

    got = evaluate(PROTOCOL, person | {name: text}).result(criterion).outcome

    assert got is of_every_day(criterion, person, name, text, anchor=anchor)


@given(
    text=PARTIAL,
    field=st.sampled_from(["diagnosis_date", "treatment_completion_date", "last_relapse_date", "stable_since"]),
    back=st.sampled_from([0, 1, 4, 5, 6]),
    status=st.sampled_from(["completed", "ongoing", "not_required", "unknown"]),
    disease=st.sampled_from(["ned", "stable", "progressive", "unknown"]),
    screening=SCREENINGS,
)
@settings(max_examples=60)
def test_a_partial_tumour_date_is_every_day_of_it(text, field, back, status, disease, screening):
    text = f"{int(text[:4]) - back}{text[4:]}"
    tumour = {
        "diagnosis_date": "2012-03-01",
        "treatment_status": status,
        "treatment_completion_date": "2013-01-01",
        "disease_status": disease,
        "stable_since": "2013-01-01",
        "relapse": "yes",
        "last_relapse_date": "2014-01-01",
    }

    def outcome(day):
        answers = {"malignancy_ever": "yes", "tumors": [tumour | {field: day}], "evaluation_date": None}
        person = WOMAN | answers | {"screening_date": screening.isoformat()}
        return evaluate(PROTOCOL, person).result("E15").outcome

    days = days_of(text)
    days = [day for day in days if day <= screening] or days
    found = {outcome(day.isoformat()) for day in days}

    assert outcome(text) is (found.pop() if len(found) == 1 else Outcome.UNDETERMINED)


@given(start=PARTIAL, stop=st.none() | PARTIAL, screening=st.dates(date(2026, 6, 1), date(2027, 6, 1)))
@settings(max_examples=30)
def test_a_partial_treatment_is_every_course_it_may_have_been(start, stop, screening):
    def outcome(begin, end):
        row = {"class": "biologic", "start": begin, "stop": end, "ongoing": "no" if end else "yes"}
        dates = {"screening_date": screening.isoformat(), "cdasi_date": screening.isoformat(), "evaluation_date": None}
        return evaluate(PROTOCOL, WOMAN | dates | {"treatments": [row]}).result("I4").outcome

    begins = [day.isoformat() for day in days_of(start)]
    ends = [day.isoformat() for day in days_of(stop)] if stop else [None]
    if stop and begins[0] > ends[-1]:
        return
    # The first, the last and some days between: every pair of days of two years would be half a million people.
    pairs = [(b, e) for b in {*begins[::9], begins[-1]} for e in {*ends[::9], ends[-1]} if e is None or b <= e]
    found = {outcome(begin, end) for begin, end in pairs}
    got = outcome(start, stop)

    if len(found) > 1:
        assert got is Outcome.UNDETERMINED
    elif got is not Outcome.UNDETERMINED:
        assert got in found
    elif stop is None:
        exact = {outcome(begin, None) for begin in begins}
        assert len(exact) > 1
