"""The worksheet on a page of its own: cells, ranges, the score that is wanted, with and without htmx."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from screening.actions.records import open_screening
from screening.cards import cards_of
from screening.eligibility.items import Sheet
from screening.models import AnswerRevision, ResultSet, ScreeningRecord
from tests.factories import consented, person, site_ready
from tests.integration.screening.typing_in import HTMX, PARTS, address, now, signed_in
from trial_portal.accounts.models import User

pytestmark = pytest.mark.django_db
AT = now()
CARD, EXAMINATION, ITEM = next(
    (card, examination, item)
    for card in cards_of(settings.PROTOCOL).values()
    for examination in card.examinations
    for item in examination.values
    if isinstance(item.kind, Sheet)
)
NAME = ITEM.name


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


def post(browser: Client, record: ScreeningRecord, cells: dict[str, str], **more: Any) -> Any:
    record.refresh_from_db()
    day = dict(
        zip((f"{EXAMINATION.date.name}-{part}" for part in PARTS), str(record.screening_date).split("-"), strict=True)
    )
    data = {"revision": str(record.revision), **day} | {f"{NAME}-{cell}": value for cell, value in cells.items()}
    return browser.post(address(record, "sheet", NAME), data | more.pop("also", {}), **more)


def text(response: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()))


def test_cells_are_saved_and_none_is_chosen_before(record: ScreeningRecord, browser: Client) -> None:
    page = text(browser.get(address(record, "sheet", NAME)))
    assert page.count(" checked") == 0
    assert f'name="{NAME}-malar-ery" value="2"' in page
    saved = post(browser, record, {"malar-ery": "2", "gh_ery": "1", "gh_papules": "yes"})
    assert saved.status_code == 303
    row = ResultSet.objects.get()
    assert row.values[NAME] == {"areas": {"malar": {"ery": 2}}, "gh_ery": 1, "gh_papules": "yes"}
    page = text(browser.get(saved["Location"]))
    assert len(re.findall(r"<input[^>]* checked", page)) == 3


def test_more_cells_need_no_reason_a_changed_one_does(record: ScreeningRecord, browser: Client) -> None:
    post(browser, record, {"malar-ery": "2"})
    assert post(browser, record, {"malar-scale": "1"}).status_code == 303
    changed = post(browser, record, {"malar-ery": "3"})
    assert changed.status_code == 422
    page = text(changed)
    assert "Malar, redness" in page
    assert "<del>2</del>" in page
    assert "<ins>3</ins>" in page
    assert post(browser, record, {"malar-ery": "3"}, also={"reason_code": "source"}).status_code == 303
    assert ResultSet.objects.get().values[NAME]["areas"]["malar"] == {"ery": 3, "scale": 1}
    assert AnswerRevision.objects.filter(item=NAME, reason_code="source").count() == 1


def test_rest_of_a_row_is_filled_with_zeros_of_its_own(record: ScreeningRecord, browser: Client) -> None:
    post(browser, record, {"arm-ery": "1"})
    post(browser, record, {}, also={f"{NAME}-arm-zero": "1"})
    assert ResultSet.objects.get().values[NAME]["areas"]["arm"] == {
        "ery": 1, "scale": 0, "ero": 0, "poik": 0, "calc": 0
    }  # fmt: skip


def test_totals_are_ranges_and_carry_the_wanted_score(record: ScreeningRecord, browser: Client) -> None:
    answer = post(browser, record, {"malar-ery": "3", "scalp-ery": "3", "arm-ery": "3", "v_neck-ery": "3"}, **HTMX)
    assert answer.status_code == 200
    page = text(answer)
    assert 'id="form-I4"' in page
    assert re.search(r'Activity <span class="p-figure">12</span>–100 <span class="p-muted">of 100', page)
    assert re.search(r'Damage <span class="p-figure">0</span>–32 <span class="p-muted">of 32', page)
    assert "I4 asks for 12 or more." in page
    assert re.search(r"3–6 <small class=\"p-muted\">/ 6</small>", page)
    assert "0 of 15 areas complete" in page


def test_wrong_cell_is_named(record: ScreeningRecord, browser: Client) -> None:
    refused = post(browser, record, {"malar-ery": "9", "arm-ery": "1"})
    assert refused.status_code == 422
    assert "Malar, redness: “9” is not taken. Choose one of 0, 1, 2, 3." in text(refused)
    assert re.search(rf'name="{NAME}-arm-ery" value="1"[^>]* checked', text(refused))
    assert ResultSet.objects.count() == 0


def test_date_is_asked_while_there_is_none(record: ScreeningRecord, browser: Client) -> None:
    assert f'name="{EXAMINATION.date.name}-year"' in text(browser.get(address(record, "sheet", NAME)))
    post(browser, record, {"malar-ery": "1"})
    assert f'name="{EXAMINATION.date.name}-year"' not in text(browser.get(address(record, "sheet", NAME)))


def test_done_leads_back_to_the_card(record: ScreeningRecord, browser: Client) -> None:
    done = post(browser, record, {"malar-ery": "1"}, also={"done": "yes"})
    assert done["Location"] == address(record, "record") + f"#{CARD.id}"


def test_two_people_fill_different_cells(record: ScreeningRecord, browser: Client) -> None:
    post(browser, record, {"malar-ery": "1"})
    key = str(ResultSet.objects.get().pk)
    zhou = signed_in(person("coordinator", record.participant.site, printed_name="Zhou Min"))
    also = {f"{EXAMINATION.name}-set": key}
    post(zhou, record, {"arm-ery": "2"}, also=also)
    assert post(browser, record, {"scalp-ery": "3"}, also={**also, "revision": "1"}).status_code == 303
    assert ResultSet.objects.get().values[NAME]["areas"] == {
        "malar": {"ery": 1}, "arm": {"ery": 2}, "scalp": {"ery": 3}
    }  # fmt: skip
    clash = post(browser, record, {"arm-ery": "0"}, also={**also, "revision": "1"})
    assert clash.status_code == 422
    assert "Zhou Min changed" in text(clash)


def test_monitor_reads_the_worksheet(record: ScreeningRecord, browser: Client) -> None:
    post(browser, record, {"malar-ery": "2"})
    monitor = signed_in(person("monitor"))
    page = text(monitor.get(address(record, "sheet", NAME)))
    assert "Save the worksheet" not in page
    assert post(monitor, record, {"malar-ery": "1"}).status_code == 403
    assert browser.get(address(record, "sheet", "hgb_value")).status_code == 404
