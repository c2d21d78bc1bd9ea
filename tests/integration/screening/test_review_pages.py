"""The pages of review over HTTP: what they show, what they refuse, and that their cost does not grow."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from screening.actions.queries import ask_query
from screening.actions.review import return_record
from screening.models import AnswerRevision, Confirmation, Query, SourceDocument
from tests.factories import AT, PASSWORD, person, site_ready
from tests.integration.screening.worked import World, handed_in, ready
from trial_portal.accounts.models import User
from trial_portal.participants.models import Identity
from trial_portal.signatures.models import Signature

pytestmark = pytest.mark.django_db
POSTS = ("judge", "confirm", "ask", "return", "sign")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="trial_portal.accounts.backend.PortalBackend")
    return client


def address(world: World, name: str, *more: object) -> str:
    return reverse(f"review:{name}", args=[world.record.participant.number, world.record.attempt, *more])


def get(world: World, name: str = "record", by: User | None = None) -> HttpResponse:
    return client_of(by or world.investigator).get(address(world, name))


def post(world: World, name: str, data: dict[str, Any], by: User | None = None, *more: object) -> HttpResponse:
    return client_of(by or world.investigator).post(address(world, name, *more), data)


def words(page: HttpResponse) -> str:
    """The page as it is read."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def hidden(page: HttpResponse, action: str) -> dict[str, str]:
    """The hidden fields of the form with that address."""
    html = page.content.decode()
    form = next(part for part in html.split("<form")[1:] if f'action="{action}"' in part.split(">")[0])
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form.split("</form>")[0])
    return {name: unescape(value) for name, value in found if name != "csrfmiddlewaretoken"}


def block(world: World, page: HttpResponse | None = None) -> dict[str, str]:
    """The hidden fields of the two blocks."""
    return hidden(page or get(world), address(world, "judge"))


ANSWERS = {"iim_no_better_explanation": "yes", "e7_investigator": "no", "e11_investigator": "no"}


# -- three saves and a password ----------------------------------------------------------------------------------------


def test_a_clean_case_takes_three_saves_and_a_password() -> None:
    world = handed_in()
    page = get(world)
    assert "Nothing stands out" in words(page)
    assert 'type="password"' not in page.content.decode()

    saved = post(world, "judge", block(world) | ANSWERS)
    assert (saved.status_code, saved.url) == (303, address(world, "record") + "#confirm")

    page = get(world)
    shown = block(world, page)
    ticks = {name.replace("shown", "confirm"): "on" for name in shown if name.startswith("shown")}
    saved = post(world, "confirm", shown | ticks)
    assert (saved.status_code, saved.url) == (303, address(world, "record") + "#sign")
    assert Confirmation.objects.count() == len(ticks) == 7

    page = get(world)
    assert "before you sign" not in words(page)
    saved = post(world, "sign", hidden(page, address(world, "sign")) | {"password": PASSWORD})
    assert (saved.status_code, saved.url) == (303, address(world, "record"))
    world.record.refresh_from_db()
    assert world.record.status == "eligible"

    signature = Signature.objects.get()
    says = words(get(world))
    for part in (signature.printed_name, "Confirmed eligible", "Valid", "Investigator, site", signature.signed_at.year):
        assert str(part) in says


def test_one_filled_button_a_page_and_none_is_disabled() -> None:
    world = handed_in()
    for step in (lambda: None, lambda: world.judge_as("SUBJ-01"), world.confirm, world.sign):
        step()
        html = get(world).content.decode()
        assert html.count("btn-primary") <= 1
        assert "disabled" not in html
        assert "checked" not in html or world.record.revision


def test_the_filled_button_is_the_next_thing_to_do() -> None:
    def filled() -> str:
        found = re.search(r'<button class="btn btn-primary[^>]*>([^<]+)<', get(world).content.decode())
        return found[1] if found else ""

    world = handed_in()
    assert filled() == "Save your judgement"
    world.judge_as("SUBJ-01")
    assert filled() == "Sign as eligible"
    world = handed_in("SUBJ-03")
    assert filled() == "Sign as not eligible"


# -- judgement ---------------------------------------------------------------------------------------------------------


def test_a_judgement_against_the_answers_asks_for_its_rationale_and_keeps_what_was_chosen() -> None:
    world = handed_in()
    refused = post(world, "judge", block(world) | ANSWERS | {"e7_investigator": "yes"})
    assert refused.status_code == 422
    assert "Write the rationale." in words(refused)
    html = refused.content.decode()
    assert re.search(r'name="e7_investigator" value="yes"[^>]* checked', html)
    assert re.search(r'name="e11_investigator" value="no"[^>]* checked', html)
    assert re.search(r'<textarea name="e7_rationale"[^>]*aria-invalid="true"', html)
    assert not AnswerRevision.objects.filter(item__in=ANSWERS).exists()


def test_a_changed_judgement_asks_why_in_place() -> None:
    world = handed_in()
    world.judge(**ANSWERS)
    sent = block(world) | ANSWERS | {"e11_investigator": "yes", "e11_rationale": "Unstable since last week."}
    asked = post(world, "judge", sent)
    assert asked.status_code == 422
    assert "Why does your judgement change?" in words(asked)
    assert "no → becomes yes" in words(asked)
    lacking = post(world, "judge", sent | {"reason_code": "", "reason": ""})
    assert "Choose why the judgement changes." in words(lacking)
    lacking = post(world, "judge", sent | {"reason_code": "other", "reason": ""})
    assert "Say why in words." in words(lacking)
    saved = post(world, "judge", sent | {"reason_code": "new", "reason": ""})
    assert saved.status_code == 303


def test_saving_one_block_keeps_what_is_typed_in_the_other() -> None:
    world = handed_in()
    shown = block(world)
    page = post(world, "judge", shown | ANSWERS | {"confirm-E3": "on"})
    assert page.status_code == 200
    assert re.search(r'name="confirm-E3" checked', page.content.decode())
    assert AnswerRevision.objects.filter(item="e7_investigator").exists()
    page = post(world, "confirm", block(world) | {"confirm-E3": "on", "e5": ""})
    assert page.status_code == 422
    page = post(world, "confirm", block(world) | {"confirm-E3": "on", "mi_risk_investigator_excludes": "no"})
    assert page.status_code == 200
    assert re.search(r'name="mi_risk_investigator_excludes" value="no"[^>]* checked', page.content.decode())
    assert Confirmation.objects.get().criterion == "E3"


def test_what_somebody_else_judged_meanwhile_is_shown() -> None:
    world = handed_in()
    shown = block(world)
    world.judge(by=person("investigator", world.site, printed_name="Dr Wang"), e11_investigator="no")
    met = post(world, "judge", shown | {"e11_investigator": "yes", "e11_rationale": "Unstable."})
    assert met.status_code == 422
    assert "Dr Wang answered no, you chose yes" in words(met)


def test_nothing_ticked_and_unknown_fields_are_said() -> None:
    world = handed_in()
    assert "Tick the findings that you confirm." in words(post(world, "confirm", block(world)))
    strange = post(world, "judge", block(world) | {"abuse_history": "yes"})
    assert strange.status_code == 422
    assert "does not know the field abuse_history" in words(strange)


# -- queries and return ------------------------------------------------------------------------------------------------


def test_subject_2_goes_back_with_a_query() -> None:
    world = handed_in("SUBJ-02")
    asked = post(world, "ask", {"criterion": "E11", "question": "Is the renal disease controlled?"})
    assert (asked.status_code, asked.url) == (303, address(world, "record") + "#queries")
    gone = post(world, "return", {"reason": ""})
    assert (gone.status_code, gone.url) == (303, reverse("review:list"))
    world.record.refresh_from_db()
    assert world.record.status == "returned"
    assert "with the coordinator" in words(get(world))


def test_what_is_missing_to_ask_or_return_is_said_and_kept() -> None:
    world = handed_in()
    refused = post(world, "ask", {"criterion": "E9", "question": "Did Li Hua tell?"})
    assert refused.status_code == 422
    assert "says who the participant is" in words(refused)
    assert "Did Li Hua tell?" in words(refused)
    refused = post(world, "return", {"reason": ""})
    assert refused.status_code == 422
    assert "Ask a query first, or say why" in words(refused)


def test_a_query_is_closed_on_the_page() -> None:
    world = handed_in()
    query = ask_query(by=world.investigator, at=AT, record=world.record, criterion="E9", question="Which day?")
    assert post(world, "close-query", {}, None, query.pk).status_code == 303
    assert Query.objects.get().closed_by == world.investigator
    assert post(world, "close-query", {}, None, query.pk).status_code == 422
    assert post(world, "close-query", {}, None, query.pk + 1).status_code == 404


def test_a_query_of_another_record_is_not_there() -> None:
    world, other = handed_in(), handed_in("SUBJ-02")
    query = ask_query(by=other.investigator, at=AT, record=other.record, criterion="E9", question="Which day?")
    assert post(world, "close-query", {}, None, query.pk).status_code == 404


# -- signing -----------------------------------------------------------------------------------------------------------


def test_an_answer_changed_between_page_and_password_refuses_and_shows_what_changed() -> None:
    world = ready()
    sent = hidden(get(world), address(world, "sign")) | {"password": PASSWORD}
    return_record(by=world.investigator, at=AT, record=world.record, reason="Look at E12 again.")
    world.save("E12", reason="The letter says so.", reason_code="source", abuse_ongoing="yes")
    world.submit()
    refused = post(world, "sign", sent)
    assert refused.status_code == 422
    assert re.search(
        r"Not signed: E12 changed from Clear to Excludes at \d\d:\d\d, after you opened this page\.", words(refused)
    )
    assert 'href="#look-E12"' in refused.content.decode()
    assert 'id="look-E12"' in refused.content.decode()
    assert Signature.objects.count() == 0


def test_a_page_that_was_tampered_with_signs_nothing() -> None:
    world = ready()
    sent = hidden(get(world), address(world, "sign")) | {"password": PASSWORD}
    for wrong in ({"digest": "0" * 64}, {"digest": "0" * 64, "seen": "x"}, {"decision": "screen_failure"}):
        assert post(world, "sign", sent | wrong).status_code == 422
    assert Signature.objects.count() == 0


@pytest.mark.parametrize(("password", "says"), [("wrong", "This is not your password"), ("", "Enter your password")])
def test_a_wrong_or_missing_password_is_said_at_its_field(password: str, says: str) -> None:
    world = ready()
    refused = post(world, "sign", hidden(get(world), address(world, "sign")) | {"password": password})
    assert refused.status_code == 422
    assert says in words(refused)
    assert "aria-invalid" in refused.content.decode()
    assert password == "" or password not in refused.content.decode()


def test_pressing_sign_says_what_is_missing() -> None:
    world = handed_in()
    world.judge_as("SUBJ-01")
    refused = post(world, "sign", hidden(get(world), address(world, "sign")) | {"password": PASSWORD})
    assert "Not signed: Confirm the clinical findings of" in words(refused)


def test_who_entered_answers_is_told_and_gets_no_password_field() -> None:
    world = ready()
    AnswerRevision.objects.create(
        record=world.record, item="abuse_history", old="no", new="no", revision=1, by=world.investigator
    )
    page = get(world)
    assert "another investigator has to sign" in words(page)
    assert "You entered some of the answers" in words(page)
    assert 'type="password"' not in page.content.decode()


def test_a_signed_record_is_opened_again_with_a_reason() -> None:
    world = ready()
    world.sign()
    url = reverse("screening:reopen", args=[world.record.participant.number, world.record.attempt])
    for role in ("admin", "monitor"):
        assert client_of(person(role)).get(url).status_code == 403
    page = client_of(world.coordinator).get(url)
    assert "The signature ceases to hold" in words(page)
    assert client_of(world.coordinator).post(url, {"reason": ""}).status_code == 422
    assert client_of(world.coordinator).post(url, {"reason": "The biopsy report came."}).status_code == 303
    world.record.refresh_from_db()
    assert world.record.status == "in_progress"
    says = words(get(world))
    assert "Voided" in says
    assert "The biopsy report came." in says
    assert client_of(world.coordinator).get(url).status_code == 404


# -- reach -------------------------------------------------------------------------------------------------------------


def test_another_site_finds_nothing() -> None:
    world = ready()
    other = person("investigator", site_ready("77"))
    assert get(world, by=other).status_code == 404
    for name in POSTS:
        assert post(world, name, {}, other).status_code == 404
    assert world.record.participant.number not in words(client_of(other).get(reverse("review:list")))


@pytest.mark.parametrize("role", ["coordinator", "admin", "monitor"])
def test_other_roles_do_not_come_in(role: str) -> None:
    world = ready()
    other = person(role, world.site)
    assert get(world, by=other).status_code == 403
    for name in POSTS:
        assert post(world, name, {}, other).status_code == 403
    assert client_of(other).get(reverse("review:list")).status_code == 403


def test_addresses_of_posts_lead_back_to_the_page() -> None:
    world = ready()
    for name in POSTS:
        assert get(world, name).url == address(world, "record")


def test_the_page_is_coded() -> None:
    world = handed_in()
    Identity.objects.update(birth_date="1980-02-29", record_number="MRN778899", phone="13912345678")
    for page in (get(world), client_of(world.investigator).get(reverse("review:list"))):
        html = page.content.decode()
        for canary in ("Li Hua", "1980-02-29", "29 Feb 1980", "MRN778899", "13912345678"):
            assert canary not in html


# -- cost --------------------------------------------------------------------------------------------------------------


def cost(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_page_costs_the_same_however_much_is_on_file() -> None:
    world = handed_in()
    client = client_of(world.investigator)
    before = cost(client, address(world, "record"))
    other = person("coordinator", world.site)
    for number in range(5):
        ask_query(by=world.investigator, at=AT, record=world.record, criterion="E9", question=f"Question {number}?")
        SourceDocument.objects.create(
            record=world.record, criteria=["E3"], title="Report", location="Ward", recorded_by=world.coordinator
        )
        AnswerRevision.objects.create(
            record=world.record, item="abuse_history", old="no", new="no", revision=1, by=other
        )
    assert cost(client, address(world, "record")) == before
    assert before <= 20


def test_the_list_costs_the_same_with_more_rows() -> None:
    world = handed_in()
    client = client_of(world.investigator)
    before = cost(client, reverse("review:list"))
    for _number in range(3):
        handed_in("SUBJ-03")
    assert cost(client, reverse("review:list")) == before
    assert before <= 10


def test_the_list_filters() -> None:
    world, failed = handed_in(), handed_in("SUBJ-03")
    client, url = client_of(world.investigator), reverse("review:list")
    numbers = [world.record.participant.number, failed.record.participant.number]
    assert all(number in words(client.get(url)) for number in numbers)
    page = words(client.get(url, {"subject": "ineligible"}))
    assert numbers[1] in page
    assert numbers[0] not in page
    page = words(client.get(url, {"number": numbers[0]}))
    assert numbers[0] in page
    assert numbers[1] not in page
    assert "No record that waits matches" in words(client.get(url, {"number": "S-99-9999"}))
    assert client.get(url, {"subject": "nobody"}).status_code == 422
    assert "No record waits for review" in words(client_of(person("investigator", site_ready("77"))).get(url))
