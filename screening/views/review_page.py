"""What the review page shows, put together from the record, and the forms on it as they stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.evaluations import digest
from screening.forms.review import AskForm, ReturnForm, ReviewForm, SignForm, sealed
from screening.models import ScreeningRecord
from screening.refusals import Changed, Clash
from screening.reviewing.blocks import Group, Question, awaited, groups, questions
from screening.reviewing.content import seen, signature_standing, signed_content
from screening.reviewing.findings import Finding, clear, findings
from screening.reviewing.missing import missing
from screening.reviewing.selectors import Review, for_review, review_of, signatures_of
from screening.words import MARKS, SUBJECTS, answer, label, sentence
from screening.workflow import ELIGIBLE, SCREEN_FAILURE, SUBMITTED
from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import PortalRequest

DECISION = {"eligible": ELIGIBLE, "ineligible": SCREEN_FAILURE}
STATUS_KINDS = {
    "in_progress": "info",
    "submitted": "judge",
    "returned": "open",
    "eligible": "ok",
    "screen_failure": "quiet",
    "discontinued": "quiet",
    "enrolled": "ok",
}


@dataclass
class Typed:
    """What was typed on the page and is not saved, with what is said about it. Each part is None where nothing was."""

    block: ReviewForm | None = None
    sign: SignForm | None = None
    ask: AskForm | None = None
    back: ReturnForm | None = None
    why: Sequence[dict[str, str]] = ()
    clashes: Sequence[Clash] = ()
    changes: Sequence[Changed] = field(default_factory=tuple)


def record_or_404(request: PortalRequest, number: str, attempt: int) -> ScreeningRecord:
    """The record, if the person may review it; to everybody else it does not exist."""
    return get_object_or_404(for_review(request.authority), participant__number=number, attempt=attempt)


def review_form(review: Review, data: Any = None, typed: dict[str, object] | None = None) -> ReviewForm:
    """The form of the two blocks, as it stands or with what was typed."""
    main, other = questions(review)
    return ReviewForm(data, review.loaded, [*main, *other], groups(review), typed)


def review_page(
    request: PortalRequest, record: ScreeningRecord, typed: Typed | None = None, *, status: int = 200
) -> HttpResponse:
    """The page as the record stands now, with what was typed on it."""
    typed = typed or Typed()
    review = review_of(for_review(request.authority).get(pk=record.pk), request.at)
    context = _shown(request, review, typed) | _to_do(request, review, typed)
    return render(request, "screening/review.html", context, status=status)


def _shown(request: PortalRequest, review: Review, typed: Typed) -> dict[str, Any]:
    """What does not depend on the state: facts, findings, history, signatures."""
    record, consent = review.record, review.loaded.consent
    found = findings(review)
    handed_in = next((step for step in reversed(review.steps) if step.action == "submit"), None)
    entered = request.user.pk in review.entered_by
    return {
        "review": review,
        "record": record,
        "participant": record.participant,
        "site": record.participant.site,
        "status_kind": STATUS_KINDS[record.status],
        "protocol_version": record.protocol_label.rpartition("/")[2],
        "handed_in": handed_in,
        "consent": consent,
        "you_entered": _("some of the answers") if entered else _("none of the answers"),
        "found": [_finding(finding, review, typed) for finding in found],
        "count": len(review.loaded.marks),
        "clear": [
            (result, [sentence(reason) for reason in result.reasons], _ask(typed, result.criterion.id))
            for result in clear(review)
        ],
        "open_queries": review.open_queries,
        "closed_queries": [query for query in review.queries if query.closed_at is not None],
        "signatures": signatures_of(record),
        "standing": signature_standing(record, request.at),
    }


def _finding(finding: Finding, review: Review, typed: Typed) -> dict[str, Any]:
    id = finding.criterion.id
    judged = [
        answer(item, review.loaded.items[item.name], {})
        for item in review.loaded.cards[id].judgement
        if review.loaded.items.get(item.name) is not None
    ]
    return {
        "finding": finding,
        "word": MARKS[finding.mark],
        "judged": judged,
        "ask": _ask(typed, id),
        "queries": [query for query in review.open_queries if query.criterion == id],
    }


def _ask(typed: Typed, criterion: str) -> AskForm:
    """The form to ask about a criterion, as it was typed where it was."""
    if typed.ask is not None and typed.ask.data.get("criterion") == criterion:
        return typed.ask
    return AskForm(criterion=criterion)


def _confirmed_on(group: Group, site: Site) -> date | None:
    return site.day(group.last.at) if group.last and group.confirmed else None


def _to_do(request: PortalRequest, review: Review, typed: Typed) -> dict[str, Any]:
    """What is done on the page while the record is with the investigator."""
    record, loaded, site = review.record, review.loaded, review.record.participant.site
    main, other = questions(review)
    rows = groups(review)
    answered = sum(loaded.items.get(question.item.name) is not None for question in main)
    shown = {"answered": answered, "asked": len(main), "confirmed": sum(group.confirmed for group in rows)}
    if record.status != SUBMITTED:
        return shown | {
            "open": False,
            "questions": [_question(question, review) for question in main],
            "groups": [(group, None, _confirmed_on(group, site)) for group in rows],
            "may_reopen": _may_reopen(request, record),
        }
    form = typed.block or review_form(review)
    subject = loaded.evaluation.subject.value
    may_sign = request.authority.may(May.SIGN_ELIGIBILITY, record.participant.site_id)
    frozen = signed_content(review)
    return shown | {
        "open": True,
        "form": form,
        "questions": [_question(question, review, form) for question in main],
        "other_questions": [_question(question, review, form) for question in other],
        "groups": [
            (group, None if group.confirmed else form[f"confirm-{group.criterion.id}"], _confirmed_on(group, site))
            for group in rows
        ],
        "why": typed.why,
        "clashes": [_clash(clash, review) for clash in typed.clashes],
        "back": typed.back or ReturnForm(),
        "subject": subject,
        "subject_word": SUBJECTS[subject],
        "verdict": _verdict(review),
        "missing": missing(review, request.user),
        "may_sign": may_sign,
        "decision": DECISION.get(subject, "") if may_sign and request.user.pk not in review.entered_by else "",
        "content": _counts(review, frozen),
        "digest": digest(frozen),
        "seen": sealed(seen(review, request.at)),
        "sign": typed.sign or SignForm(),
        "changes": typed.changes,
        "primary": _primary(review, may_sign),
    }


def _may_reopen(request: PortalRequest, record: ScreeningRecord) -> bool:
    site = record.participant.site_id
    permitted = request.authority.may(May.REVIEW, site) or request.authority.may(May.SCREEN, site)
    return permitted and record.status in (ELIGIBLE, SCREEN_FAILURE)


def _question(question: Question, review: Review, form: ReviewForm | None = None) -> dict[str, Any]:
    """A judgement with its fields, or, without ``form``, with what was answered."""
    items = review.loaded.items
    saved = items.get(question.rationale.name) if question.rationale else None
    shown: dict[str, Any] = {
        "asked": question,
        "answer": answer(question.item, items.get(question.item.name), {}),
        "says": saved,
    }
    if form is not None:
        rationale = form[question.rationale.name] if question.rationale else None
        told = bool(rationale and (rationale.errors or rationale.value()))
        shown |= {"field": form[question.item.name], "rationale": rationale, "told": told}
    return shown


def _clash(clash: Clash, review: Review) -> dict[str, str]:
    return {
        "label": label(clash.item),
        "saved": answer(clash.item, clash.saved, review.loaded.items) or _("nothing"),
        "typed": answer(clash.item, clash.typed, review.loaded.items) or _("nothing"),
        "by": clash.by,
    }


def _verdict(review: Review) -> str:
    """What is computed, after "As computed, S-01-0001 is …"."""
    results = review.loaded.evaluation.results
    subject = review.loaded.evaluation.subject.value
    if subject == "eligible":
        inclusion = sum(not result.criterion.exclusion for result in results)
        return _("%(inclusion)s inclusion criteria fulfilled, %(exclusion)s exclusion criteria do not apply.") % {
            "inclusion": inclusion,
            "exclusion": len(results) - inclusion,
        }
    if subject == "ineligible":
        ids = [result.criterion.id for result in results if result.forbids]
        return ngettext("%(ids)s excludes.", "%(ids)s exclude.", len(ids)) % {"ids": ", ".join(ids)}
    open_ids = [result.criterion.id for result in results if not (result.permits or result.forbids)]
    says = ngettext("%(ids)s is not decided.", "%(ids)s are not decided.", len(open_ids))
    return says % {"ids": ", ".join(open_ids)}


def _counts(review: Review, frozen: dict[str, Any]) -> dict[str, Any]:
    derived = {item.name for item in review.loaded.protocol.derived.values()}
    return {
        "outcomes": len(frozen["criteria"]),
        "answers": len(frozen["items"].keys() - derived),
        "documents": len(frozen["documents"]),
        "configuration": frozen["configuration_digest"][:8],
        "digest": digest(frozen),
    }


def _primary(review: Review, may_sign: bool) -> str:
    """Which button is the filled one: the next thing to do."""
    if review.loaded.evaluation.subject.value == "pending":
        return "judge" if awaited(review.loaded) else "return"
    if may_sign:
        return "sign"
    return "confirm" if any(not group.confirmed for group in groups(review)) else ""
