"""Invented people for the property tests: eligible ones, and any number of their answers changed.

The values come from the items' own definitions, with dates and numbers near every limit of the specification, so that
a new item is tried without anybody thinking of it.
"""

from datetime import date, timedelta

from hypothesis import strategies as st

from screening.eligibility.items import Item, Rows, Sheet
from screening.eligibility.kinds import Choice, Date, Integer, Quantity, Time
from tests.spec.chapter import PROTOCOL, cases

CONSENT, SCREENING = date(2026, 10, 14), date(2026, 10, 15)
ITEMS = PROTOCOL.by_name

WOMAN = {name: value for name, value in cases("subjects")[0]["items"].items() if value is not None}
MAN = {
    name: value
    for name, value in WOMAN.items()
    if name not in ("known_pregnant", "childbearing_potential", "breastfeeding", "ppp_conditions_met")
    and not name.startswith("pregnancy_test")
} | {"sex_at_birth": "male", "contraception_agreed": "yes"}
HISTORY = {
    "hz_ever": "yes",
    "hz_last_lesion_date": "2019-03",
    "abuse_history": "yes",
    "abuse_last_date": "2024",
    "major_surgery_ever": "yes",
    "major_surgery_date": "2026-08-19",
    "live_vaccine_received": "yes",
    "live_vaccine_date": "2026-09-16",
    "malignancy_ever": "yes",
    "tumors": [
        {
            "diagnosis_date": "2023-03-01",
            "treatment_status": "completed",
            "treatment_completion_date": "2026-04-14",
            "disease_status": "ned",
            "relapse": "no",
        }
    ],
    "igra": "positive",
    "ltbi_investigator_excludes": "no",
    "heart_failure": "yes",
    "nyha_class": "II",
    "uncontrolled_renal": "yes",
    "cdasi_worksheet": {
        "areas": {"malar": {"ery": 3, "scale": 2, "ero": 1}, "arm": {"ery": 3, "scale": 2}},
        "gh_ery": 2,
    },
}
POSTMENOPAUSAL = {"childbearing_potential": "no", "no_childbearing_reason": "hysterectomy"}
ELIGIBLE = [
    WOMAN,
    MAN,
    WOMAN | HISTORY,
    {name: value for name, value in (WOMAN | POSTMENOPAUSAL).items() if not name.startswith("pregnancy_test")},
    {name: value for name, value in MAN.items() if not name.startswith("anc_")} | {"neut_percent": "60"},
    MAN | {"anti_hbc_total": "positive", "hbv_dna": "not_detected", "anti_hcv": "positive", "hcv_rna": "not_detected"},
]

# Days before screening at which some rule of the specification turns.
_TURNS = [0, 1, 2, 3, 7, 8, 14, 15, 28, 29, 56, 57, 90, 91, 92, 93, 183, 184, 365, 366, 367, 1826, 1827, 3000, 20000]
_DAYS = st.sampled_from(
    sorted({SCREENING - timedelta(days=sign * days) for days in _TURNS for sign in (1, -1) if sign > 0 or days < 60})
)


def _written(day: date, digits: int) -> str:
    return day.isoformat()[:digits]


def dates(*, partial: bool) -> st.SearchStrategy[str]:
    """Days near a limit, as far as they are known."""
    return st.builds(_written, _DAYS, st.sampled_from([10, 10, 7, 4] if partial else [10]))


def answers(item: Item) -> st.SearchStrategy[object]:
    """Accepted values of an item."""
    kind = item.kind
    if isinstance(kind, Choice):
        return st.sampled_from(sorted(kind.codes))
    if isinstance(kind, Date):
        return dates(partial=kind.partial)
    if isinstance(kind, Integer):
        return st.integers(kind.low, kind.high)
    if isinstance(kind, Quantity):
        near = ["0", "0.1", "1.49", "1.5", "2.99", "3.0", "5.27", "5.28", "8.5", "8.51", "40", "85", "86", "99", "100"]
        near += ["1499", "2999", "3000", "99999", "100000", "<1.5", "<100", ">100", ">2", "<86"]
        return st.sampled_from(near)
    if isinstance(kind, Time):
        return st.sampled_from(["00:00", "09:00", "09:30", "23:59"])
    if isinstance(kind, Rows):
        fields = {field.name: st.none() | answers(field) for field in kind.fields}
        return st.lists(st.fixed_dictionaries({}, optional=fields), max_size=3)
    if isinstance(kind, Sheet):
        cells = st.fixed_dictionaries({}, optional={cell.name: answers(cell) for cell in kind.measures})
        areas = st.dictionaries(st.sampled_from(sorted(kind.areas)), cells, max_size=4)
        return st.builds(
            lambda found, single: {"areas": found, **single},
            areas,
            st.fixed_dictionaries({}, optional={cell.name: answers(cell) for cell in kind.single}),
        )
    return st.sampled_from(["rituximab", "some text"])


@st.composite
def changes(draw: st.DrawFn, at_most: int = 6) -> dict[str, object]:
    """Some items with new answers, or with none."""
    names = draw(st.lists(st.sampled_from(sorted(ITEMS)), max_size=at_most, unique=True))
    return {name: draw(st.none() | answers(ITEMS[name])) for name in names}


def people(at_most: int = 6) -> st.SearchStrategy[dict[str, object]]:
    """Eligible people with some answers changed."""
    return st.builds(lambda base, changed: base | changed, st.sampled_from(ELIGIBLE), changes(at_most))


def without(items: dict[str, object], *names: str) -> dict[str, object]:
    """The answers without some of them."""
    return {name: value for name, value in items.items() if name not in names}
