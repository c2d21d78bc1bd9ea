"""What waits for somebody of screening records, in words: coordinators and investigators.

Boundary: sentences and addresses, as in ``waiting``; the rows come from ``selectors.records``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment import selectors
from enrollment.waiting import Waiting, about, others
from screening.models import ScreeningRecord
from screening.words import said
from trial_portal.accounts.permissions import May, Role
from trial_portal.frame.pages import PortalRequest
from trial_portal.frame.templatetags.portal import day, moment


def of_record(record: ScreeningRecord, sentence: str, page: str = "screening:record", **values: Any) -> str:
    """A sentence about a record, whose number leads to it."""
    url = reverse(page, args=[record.participant.number, record.attempt])
    return format_html(sentence, record=format_html('<a href="{}">{}</a>', url, record.participant.number), **values)


def _address(record: ScreeningRecord, page: str = "screening:record", part: str = "") -> str:
    url = reverse(page, args=[record.participant.number, record.attempt])
    return f"{url}#{part}" if part else url


def _log(status: str) -> str:
    return f"{reverse('logs:screening')}?status={status}"


def _enters(request: PortalRequest) -> bool:
    """Coordinators are told what to enter; an investigator who may enter data as well is told what to review."""
    return Role.COORDINATOR in request.authority.roles and request.authority.may(May.SCREEN)


def queries(request: PortalRequest) -> Iterator[Waiting]:
    """Queries to answer, and records that came back."""
    if not _enters(request):
        return
    found = selectors.queries_to_answer(request.authority)
    for query in found.rows:
        record = query.record
        yield Waiting(
            "speech",
            of_record(
                record, _("{name} asks about {criterion} in {record}"), name=query.asked_by, criterion=query.criterion
            ),
            _("“%(question)s” · asked %(moment)s")
            % {"question": query.question, "moment": moment(query.asked_at, record.participant.site)},
            _address(record, part=f"query-{query.pk}"),
            _("Answer"),
        )
    more = ngettext(
        "%(count)s more query waits for an answer", "%(count)s more queries wait for an answer", found.others
    )
    yield from others(found, more, _log("returned"))
    back = selectors.returned(request.authority)
    for record in back.rows:
        step = next(iter(record.back), None)  # type: ignore[attr-defined]
        detail = ""
        if step:
            detail = _("Returned by %(name)s, %(moment)s.") % {
                "name": step.by, "moment": moment(step.recorded_at, record.participant.site)
            }  # fmt: skip
            detail = f"{detail} “{step.reason}”" if step.reason else detail
        yield Waiting(
            "arrow-back", of_record(record, _("{record} came back")), detail, _address(record), _("See the record")
        )
    more = ngettext("%(count)s more record came back", "%(count)s more records came back", back.others)
    yield from others(back, more, _log("returned"))


def enrolling(request: PortalRequest) -> Iterator[Waiting]:
    """Eligible records that are not enrolled, with what lapses first."""
    if not (Role.COORDINATOR in request.authority.roles and request.authority.may(May.ENROLL)):
        return
    found = selectors.to_enroll(request.authority, request.at)
    for one in found.rows:
        record = one.record
        over = one.last is not None and one.last < record.participant.site.day(request.at)
        if one.last is None:
            detail = _("The gate says what is left.")
        elif one.first is not None:
            name = capfirst(said(one.first.examination.term))
            says = _("%(name)s counted until %(last)s: repeat it.") if over else _(
                "%(name)s counts until %(last)s. Enroll by then, or repeat it."
            )  # fmt: skip
            detail = says % {"name": name, "last": day(one.last)}
        else:
            says = _("The screening window ended on %(last)s.") if over else _(
                "The screening window ends on %(last)s. Enroll by then."
            )  # fmt: skip
            detail = says % {"last": day(one.last)}
        yield Waiting(
            "clock",
            of_record(record, _("{record} is eligible, and not enrolled yet")),
            detail,
            _address(record, "enrollment:gate"),
            _("Open the gate"),
            one.last,
        )
    more = ngettext("%(count)s more is eligible", "%(count)s more are eligible", found.others)
    yield from others(found, more, _log("eligible"))


def leaving(request: PortalRequest) -> Iterator[Waiting]:
    """Enrolled participants who withdrew consent: the study has to be told."""
    if not (Role.COORDINATOR in request.authority.roles and request.authority.may(May.ENROLL)):
        return
    found = selectors.withdrew_in_study(request.authority)
    for row in found.rows:
        yield Waiting(
            "arrow-back",
            about(row.participant, _("{record} withdrew consent, and is in the study as {number}"), number=row.number),
            _("Record that the participant was withdrawn from the study, with the reason."),
            reverse("enrollment:withdraw", args=[row.participant.number]),
            _("Record it"),
        )
    more = ngettext("%(count)s more withdrew consent", "%(count)s more withdrew consent", found.others)
    yield from others(found, more, f"{reverse('logs:enrollment')}?status=enrolled")


def screening(request: PortalRequest) -> Iterator[Waiting]:
    """Windows that end, and records in progress."""
    if not _enters(request):
        return
    ending = selectors.windows_ending(request.authority, request.at)
    for one in ending:
        over = one.last < one.record.participant.site.day(request.at)
        says = _("The screening window of {record} ended on {day}") if over else _(
            "The screening window of {record} ends on {day}"
        )  # fmt: skip
        url = _address(one.record, "screening:discontinue") if over else _address(one.record)
        yield Waiting(
            "calendar",
            of_record(one.record, says, day=day(one.last)),
            _("%(decided)s criteria are decided.") % {"decided": one.record.decided},
            url,
            _("Discontinue") if over else _("Go on"),
            one.last,
        )
    told = {one.record.pk for one in ending}
    found = selectors.in_progress(request.authority)
    for record in found.rows:
        if record.pk not in told:
            yield Waiting(
                "ring-half",
                of_record(record, _("{record} is in progress")),
                _("%(decided)s criteria are decided; last change %(moment)s.")
                % {"decided": record.decided, "moment": moment(record.changed_at, record.participant.site)},
                _address(record),
                _("Go on"),
            )
    more = ngettext("%(count)s more record is in progress", "%(count)s more records are in progress", found.others)
    yield from others(found, more, _log("in_progress"))


def reviewing(request: PortalRequest) -> Iterator[Waiting]:
    """Records to review, and signatures that ceased to hold."""
    if not request.authority.may(May.REVIEW):
        return
    for row in selectors.voided(request.user, request.authority):
        record = row.evaluation.record
        yield Waiting(
            "pen",
            of_record(record, _("Your signature on {record} holds no more")),
            _("%(name)s opened it again on %(moment)s: “%(reason)s”")
            % {"name": row.by, "moment": moment(row.at, record.participant.site), "reason": row.reason},
            _address(record),
            _("See the record"),
        )
    found = selectors.to_review(request.authority)
    for record in found.rows:
        yield Waiting(
            "person-diamond",
            of_record(record, _("{record} waits for your review"), "review:record"),
            _("Submitted %(moment)s.") % {"moment": moment(record.waiting_since, record.participant.site)},
            _address(record, "review:record"),
            _("Review"),
        )
    more = ngettext("%(count)s more record waits for review", "%(count)s more records wait for review", found.others)
    yield from others(found, more, reverse("review:list"))


SOURCES = [queries, leaving, enrolling, screening, reviewing]
"""Where rows come from, in the order shown."""
