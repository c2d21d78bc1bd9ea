"""Sentences as data."""

import pytest

from screening.eligibility.messages import Message, Text, render, render_in, sentence

VISIT = Text("item.visit", "the visit")
LATE = Text("late", "{what} is {days} days late")


def test_calling_a_text_makes_a_message():
    assert LATE(what="it", days=3) == Message("late", "{what} is {days} days late", (("what", "it"), ("days", 3)))


def test_english_with_words_numbers_and_other_messages():
    assert render(LATE(what="it", days=3)) == "it is 3 days late"
    assert render(LATE(what=VISIT(), days=0)) == "the visit is 0 days late"


@pytest.mark.parametrize(
    ("catalogue", "said"),
    [
        ({}, "the visit is 3 days late"),
        ({"late": "{what}推迟{days}天"}, "the visit推迟3天"),
        ({"late": "{what}推迟{days}天", "item.visit": "访视"}, "访视推迟3天"),
        ({"item.visit": "访视"}, "访视 is 3 days late"),
    ],
)
def test_another_language_says_in_english_what_its_catalogue_lacks(catalogue, said):
    assert render_in(LATE(what=VISIT(), days=3), catalogue) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("the visit", "The visit."),
        ("HBsAg: positive", "HBsAg: positive."),
        ("done.", "Done."),
        ("done?", "Done?"),
        ("done!", "Done!"),
        ("answer “done?”", "Answer “done?”."),
        ("x", "X."),
    ],
)
def test_a_sentence_has_a_capital_and_a_full_stop(text, said):
    assert sentence(Text("any", text)()) == said


def test_a_message_says_itself():
    late = LATE(what=VISIT(), days=3)

    assert late.text == render(late)
    assert late.sentence == sentence(late)
