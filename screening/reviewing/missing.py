"""What is missing before a record can be signed, each with the place on the page where it is mended.

Boundary: pure; the same list is shown on the page and refuses in the action.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.cards import INVESTIGATOR
from screening.eligibility.evaluation import Subject
from screening.reviewing.blocks import awaited, groups
from screening.reviewing.selectors import NOT_CLEAR, Review
from trial_portal.accounts.models import User

LOOK, JUDGE, CONFIRM, QUERIES = "look", "judgement", "confirm", "queries"
"""Ids of the places on the page."""


@dataclass(frozen=True)
class Missing:
    """One thing to do first: a sentence, and the id of the place on the page where it is done; "" for nowhere."""

    says: str
    place: str = ""


def missing(review: Review, signer: User) -> list[Missing]:
    """All that stands between this record and a signature of this person, in the order of the page."""
    found = [
        *_problems(review),
        *_judgement(review),
        *_pending(review),
        *_confirmations(review),
        *_queries(review),
    ]
    if signer.pk in review.entered_by:
        found.append(Missing(_("You entered current answers of this record: another investigator has to sign it.")))
    return found


def _problems(review: Review) -> Iterator[Missing]:
    names = list(dict.fromkeys(problem.item for problem in review.loaded.evaluation.problems))
    if names:
        by_name = review.loaded.protocol.by_name
        told = ", ".join(by_name[name].label if name in by_name else name for name in names)
        yield Missing(_("Return the record: the protocol does not take %(items)s.") % {"items": told}, LOOK)


def _judgement(review: Review) -> Iterator[Missing]:
    ids = list(dict.fromkeys(id for id, _item in awaited(review.loaded)))
    if ids:
        yield Missing(_("Answer your judgement in %(criteria)s.") % {"criteria": ", ".join(ids)}, JUDGE)


def _pending(review: Review) -> Iterator[Missing]:
    if review.loaded.evaluation.subject is not Subject.PENDING:
        return
    waiting = {id for id, _item in awaited(review.loaded)}
    marks = review.loaded.marks
    ids = [id for id, mark in marks.items() if mark in (*NOT_CLEAR, INVESTIGATOR) and id not in waiting]
    if ids:
        says = ngettext(
            "%(criteria)s is not decided: return the record with a query, or discontinue it.",
            "%(criteria)s are not decided: return the record with a query, or discontinue it.",
            len(ids),
        )
        yield Missing(says % {"criteria": ", ".join(ids)}, LOOK)


def _confirmations(review: Review) -> Iterator[Missing]:
    ids = [group.criterion.id for group in groups(review) if not group.confirmed]
    if ids:
        yield Missing(_("Confirm the clinical findings of %(criteria)s.") % {"criteria": ", ".join(ids)}, CONFIRM)


def _queries(review: Review) -> Iterator[Missing]:
    ids = list(dict.fromkeys(query.criterion for query in review.open_queries))
    if ids:
        yield Missing(_("Close the queries on %(criteria)s.") % {"criteria": ", ".join(ids)}, QUERIES)
