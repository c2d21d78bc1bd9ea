"""Bad input on every card: 422, a message at the field that says what to do, all typed text kept, nothing saved."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from screening.actions.records import open_screening
from screening.cards import Card, cards_of
from screening.eligibility.items import Item, Rows, Sheet
from screening.eligibility.kinds import Choice, Date, Integer, Quantity, Time, Words
from screening.models import AnswerRevision, ResultSet, ScreeningRecord, SourceDocument
from tests.conftest import FULL
from tests.factories import consented, person, site_ready
from tests.integration.screening.typing_in import HTMX, address, now, post_card, signed_in
from trial_portal.accounts.models import User

pytestmark = pytest.mark.django_db
AT = now()
CARDS = [card for card in cards_of(settings.PROTOCOL).values() if card.entered]


@pytest.fixture
def coordinator() -> User:
    return person("coordinator", site_ready())


@pytest.fixture
def record(coordinator: User) -> ScreeningRecord:
    site = coordinator.delegations.get().site
    participant = consented(site, on=site.day(AT) - timedelta(days=1))
    return open_screening(by=coordinator, at=AT, participant=participant, screening_date=site.day(AT))


@pytest.fixture
def browser(coordinator: User) -> Client:
    return signed_in(coordinator)


def bad(item: Item) -> list[tuple[dict[str, str], str]]:
    """What a field must not take, with what it says."""
    kind, name = item.kind, item.name
    if isinstance(kind, Choice):
        return [({name: "perhaps"}, "Reports here are in|Choose one of these")]
    if isinstance(kind, Date):
        future = {f"{name}-year": "2190", f"{name}-month": "01", f"{name}-day": "01"}
        no_day = {f"{name}-year": "2026", f"{name}-month": "02", f"{name}-day": "30"}
        letters = {f"{name}-year": "20x6", f"{name}-month": "2", f"{name}-day": "3"}
        two = {f"{name}-year": "26", f"{name}-month": "02", f"{name}-day": "3"}
        return [
            (future, "is after the day of evaluation"),
            (no_day, "there is no such day as 2026-02-30. Check the year"),
            (letters, "enter year, month and day as numbers"),
            (two, "there is no such day"),
            *([] if kind.partial else [({f"{name}-year": "2020"}, "enter the year, the month and the day")]),
        ]
    if isinstance(kind, Integer):
        return [
            ({name: "twelve"}, "“twelve” is not a whole number. Enter digits only"),
            ({name: "4.5"}, "is not a whole number"),
            ({name: str(kind.high + 1)}, f"{kind.high + 1} is above {kind.high}, the most this field accepts"),
        ]
    if isinstance(kind, Quantity):
        return [
            ({name: "5,2"}, "“5,2” is not a number as reported. Write digits with a point"),
            ({name: "high"}, "“high” is not a number as reported"),
            ({name: "999999"}, "the most this field accepts"),
        ]
    if isinstance(kind, Time):
        return [({name: "25:00"}, "“25:00” is not a time. Write hours and minutes")]
    if isinstance(kind, Words):
        return [({name: "x" * (kind.limit + 1)}, f"Shorten the text to {kind.limit} characters")]
    if isinstance(kind, Rows):
        fields = [(field, sent, says) for field in kind.fields for sent, says in bad(field)]
        total = {f"{name}-TOTAL_FORMS": "1"}
        return [({**total, **{f"{name}-0-{key}": v for key, v in sent.items()}}, says) for _f, sent, says in fields]
    assert isinstance(kind, Sheet)
    cell, single = kind.measures[0], kind.single[0]
    area = next(iter(kind.areas))
    return [
        ({f"{name}-{area}-{cell.name}": "7"}, "“7” is not taken. Choose one of 0, 1"),
        ({f"{name}-{single.name}": "red"}, "“red” is not taken. Choose one of 0, 1"),
    ]


@pytest.mark.parametrize("card", CARDS, ids=[card.id for card in CARDS])
def test_bad_input_is_refused_at_its_field(card: Card, record: ScreeningRecord, browser: Client) -> None:
    tried: set[tuple[type, bool]] = set()
    for item in card.entered:
        known = (type(item.kind), item in card.proof)
        if known in tried and not FULL:
            continue
        tried.add(known)
        for sent, says in bad(item):
            response = post_card(browser, record, card.id, sent, **HTMX)
            page = html.unescape(re.sub(r"\s+", " ", response.content.decode()))
            assert response.status_code == 422, (item.name, sent)
            assert re.search(says, page), (item.name, sent, says)
            assert error_of(page, item), (item.name, "the message stands at its field")
            for name, value in sent.items():
                kept = isinstance(item.kind, Sheet) or value in page
                assert kept or "TOTAL_FORMS" in name or value == "perhaps", (name, value)
    assert AnswerRevision.objects.count() == 0
    assert ResultSet.objects.count() == 0


def error_of(page: str, item: Item) -> bool:
    """Whether something is said at the question of an item; of a hidden unit, at its number."""
    at = [match.start() for match in re.finditer(r'class="msg"', page)]
    if isinstance(item.kind, Choice) and f'id="ask-{item.name}"' not in page:
        return bool(at)
    start = page.index(f'id="ask-{item.name}"')
    following = re.search(r'id="ask-(?!' + re.escape(item.name) + ")", page[start:])
    end = start + following.start() if following else len(page)
    return any(start < place < end for place in at)


@pytest.mark.parametrize("how", [{}, HTMX], ids=["whole page", "htmx"])
def test_one_bad_value_keeps_all_others_typed(record: ScreeningRecord, browser: Client, how: dict[str, str]) -> None:
    sent = {"hgb_value": "abc", "wbc_value": "5.2", "heart_failure": "yes", "cbc-source": "LIS"}
    response = post_card(browser, record, "E3", sent, **how)
    page = response.content.decode()
    assert response.status_code == 422
    for value in ('value="abc"', 'value="5.2"', 'value="LIS"'):
        assert value in page
    assert re.search(r'name="heart_failure" value="yes"[^>]* checked', page)
    assert 'aria-invalid="true"' in page
    assert AnswerRevision.objects.count() == 0


@pytest.mark.parametrize(
    ("card", "sent"),
    [
        ("E3", {"neuropathy_cause": "as Li Hua told"}),
        ("E3", {"neuropathy_cause": "call 13800138000"}),
        ("E3", {"neuropathy_cause": "write to a@b.cn"}),
        ("E15", {"malignancy_ever": "yes", "tumors-TOTAL_FORMS": "1", "tumors-0-site_histology": "breast, Li Hua"}),
    ],
    ids=["name", "telephone", "e-mail", "in a row"],
)
def test_answer_in_words_says_nobodys_name(
    record: ScreeningRecord, browser: Client, card: str, sent: dict[str, str]
) -> None:
    response = post_card(browser, record, card, sent, **HTMX)
    assert response.status_code == 422
    assert "Coded pages show it" in response.content.decode()
    assert AnswerRevision.objects.count() == 0


def test_measured_values_in_words_are_no_telephone(record: ScreeningRecord, browser: Client) -> None:
    assert post_card(browser, record, "I3", {"mmt8_by_muscle": "10 10 9 8 10 10 10 8"}, **HTMX).status_code == 200
    assert AnswerRevision.objects.get().new == "10 10 9 8 10 10 10 8"


@pytest.mark.parametrize("text", ["9" * 5000, "²", "-1", "\0"])
@pytest.mark.parametrize("name", ["cbc-set", "revision", "revision-seen", "cbc_date-year", "cbc_date-day"])
def test_what_a_form_sends_back_may_be_anything(record: ScreeningRecord, browser: Client, name: str, text: str) -> None:
    sent = {"clash": "heart_failure", "choose-heart_failure": "mine", name: text}
    assert post_card(browser, record, "E3", sent).status_code in (303, 422)
    assert ResultSet.objects.count() == 0


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\0" * 20 + b"\0\0\0\0IEND\xaeB`\x82"
PDF = b"%PDF-1.7\n...\nstartxref\n12\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 30 + b"\xff\xd9"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("a.pdf", PDF, "application/pdf"), ("a.png", PNG, "image/png"), ("photo.exe", JPEG, "image/jpeg")],
    ids=["pdf", "png", "jpeg"],
)
def test_file_is_taken_for_what_it_is(
    record: ScreeningRecord, browser: Client, name: str, content: bytes, kind: str
) -> None:
    sent = {"title": "Blood count report", "criteria": ["E3"], "file": SimpleUploadedFile(name, content)}
    assert browser.post(address(record, "document-add", "E3"), sent).status_code == 303
    document = SourceDocument.objects.get()
    assert (document.content_type, document.size) == (kind, len(content))
    response = browser.get(address(record, "document", document.pk))
    assert b"".join(response.streaming_content) == content
    assert (response["Content-Type"], response["X-Content-Type-Options"]) == (kind, "nosniff")
    assert "no-store" in response["Cache-Control"]
    assert "Blood count report" in browser.get(address(record, "record")).content.decode()


def test_file_is_served_to_those_who_see_the_record(record: ScreeningRecord, browser: Client) -> None:
    sent = {"title": "Report", "criteria": ["E3"], "file": SimpleUploadedFile("a.pdf", PDF)}
    browser.post(address(record, "document-add", "E3"), sent)
    where = address(record, "document", SourceDocument.objects.get().pk)
    response = signed_in(person("monitor")).get(where)
    assert (response.status_code, b"".join(response.streaming_content)) == (200, PDF)
    assert signed_in(person("coordinator", site_ready("77"))).get(where).status_code == 404
    assert Client().get(where).status_code == 302


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"file": ("a.pdf", b"MZ not a pdf")}, "This file is not a whole PDF, PNG or JPEG, whatever its name says."),
        ({"file": ("a.pdf", PDF[:-10])}, "This file is not a whole PDF"),
        ({"file": ("a.png", b"")}, "This file is not a whole PDF"),
        ({"file": ("a.pdf", PDF + b"\0" * 10_485_760)}, "The file is larger than 10 MB."),
        ({}, "Choose a file, or say in words where the source lies"),
        ({"file": ("a.pdf", PDF), "location": "ward"}, "one of the two"),
        ({"location": "call 0791 8689 5555"}, "This text holds a long number"),
        ({"location": "folder of Li Hua"}, "This text says who the participant is"),
        ({"location": "ward", "title": ""}, "Say what it is"),
        ({"location": "ward", "criteria": []}, "Choose at least one criterion."),
        ({"location": "ward", "criteria": ["E99"]}, "E99"),
    ],
)
def test_source_that_is_not_taken(record: ScreeningRecord, browser: Client, sent: dict[str, object], says: str) -> None:
    data: dict[str, object] = {"title": "Report", "criteria": ["E3"], **sent}
    if isinstance(data.get("file"), tuple):
        data["file"] = SimpleUploadedFile(*data["file"])
    response = browser.post(address(record, "document-add", "E3"), data)
    assert response.status_code == 422
    assert says in html.unescape(response.content.decode())
    assert SourceDocument.objects.count() == 0


def test_source_is_struck_and_stays(record: ScreeningRecord, browser: Client) -> None:
    browser.post(address(record, "document-add", "E3"), {"title": "Report", "criteria": ["E3"], "location": "ward"})
    document = SourceDocument.objects.get()
    strike = address(record, "document-strike", document.pk)
    assert browser.post(strike, {"reason": ""}).status_code == 422
    assert browser.post(strike, {"reason": "Of another patient."}).status_code == 303
    assert "Of another patient." in browser.get(address(record, "record")).content.decode()
    assert browser.post(strike, {"reason": "again"}).status_code == 422
