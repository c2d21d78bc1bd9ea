"""Review of a submitted record: judgement, confirmations, return. Queries and signing have modules of their own.

Order in each: permission, state, guard, write.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from screening.actions.answers import Typed, save_answers
from screening.actions.steps import live, locked, take_step, told
from screening.eligibility.logic import FALSE
from screening.models import Confirmation, ScreeningRecord, ScreeningStep
from screening.refusals import NotTaken
from screening.reviewing.blocks import groups, judgement_card, judgements, unexplained
from screening.reviewing.selectors import review_of
from screening.selectors import Loaded, load
from screening.workflow import SUBMITTED
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused


def submitted(record: ScreeningRecord, *, by: User, at: datetime, may: May = May.REVIEW) -> ScreeningRecord:
    """The record, locked, with the investigator. Raises NotPermitted; Refused in any other state."""
    record = locked(record, by=by, at=at, may=may)
    live(record)
    if record.status != SUBMITTED:
        raise Refused(
            _("This record is “%(state)s”, not with the investigator: nothing was saved.")
            % {"state": record.get_status_display()}
        )
    return record


@action
def judge(*, by: User, at: datetime, record: ScreeningRecord, typed: Typed, reason: str = "") -> Loaded:
    """Answer the items of judgement, with their rationales; ``typed.answers`` by item name. Investigators only.

    Reasons for changes, conflicts and refusals as ``save_card`` has them. Raises NotTaken on the rationale's item when
    a judgement goes against the answers and nobody says why.
    """
    record = submitted(record, by=by, at=at)
    before = load(record, at)
    for id, item in judgements(before.protocol):
        given = typed.answers.get(item.name)
        changed = given is not None and given != before.items.get(item.name)
        if changed and before.evaluation.applies(item) is FALSE:
            raise Refused(_("%(criterion)s does not ask for this judgement now: reload the page.") % {"criterion": id})
    rationales = {item.name for item in before.protocol.rationales.values()}
    answers = dict(typed.answers)
    for name in rationales & answers.keys():
        given = answers[name]
        answers[name] = told(record, given, name, "") if isinstance(given, str) and given.strip() else None
    lacking = unexplained(before, answers)
    if lacking:
        raise NotTaken({name: _("%(why)s Write the rationale.") % {"why": why} for name, why in lacking.items()})
    typed = Typed(typed.revision, answers, confirmed=typed.confirmed, reason_code=typed.reason_code)
    reason = told(record, reason, "reason", "") if reason.strip() else ""
    return save_answers(before, judgement_card(before.protocol), typed, by=by, at=at, reason=reason)


@action
def confirm(*, by: User, at: datetime, record: ScreeningRecord, shown: Mapping[str, str]) -> list[Confirmation]:
    """Confirm clinical findings: criterion id → the digest of its values as the page showed them.

    Raises Refused when values are not those that were shown. What is confirmed already is not written again.
    """
    record = submitted(record, by=by, at=at)
    review = review_of(record, at)
    standing = {group.criterion.id: group for group in groups(review)}
    if not shown:
        raise Refused(_("Tick the findings that you confirm."))
    for id, digest in shown.items():
        if id not in standing or standing[id].digest != digest:
            raise Refused(
                _("The findings of %(criterion)s changed after you opened this page. Read them again, then confirm.")
                % {"criterion": id}
            )
    return [
        Confirmation.objects.create(record=record, criterion=id, values=review.clinical(id), by=by)
        for id in shown
        if not standing[id].confirmed
    ]


@action
def return_record(*, by: User, at: datetime, record: ScreeningRecord, reason: str = "") -> ScreeningStep:
    """Give the record back to the coordinator: with at least one query that is not answered, or with a reason."""
    record = submitted(record, by=by, at=at)
    unanswered = record.queries.filter(closed_at__isnull=True, answer="").exists()
    if reason.strip() or not unanswered:
        reason = told(record, reason, "reason", _("Ask a query first, or say why the record goes back."))
    return take_step(record, "return", by=by, at=at, event_date=record.participant.site.day(at), reason=reason)
