"""What the record itself lacks: signature, criteria, window, evidence. Boundary: facts in, blockers out; no database.

Each check returns blockers, or one ``Passed`` that says what it found. Words: ui.md, Anatomy 5 and Microcopy.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.gate import evidence as expiry
from enrollment.gate.blockers import Blocker, Passed
from enrollment.gate.facts import Facts
from enrollment.gate.words import address, is_signed, participant_page, people, setting, span
from screening.models import ScreeningRecord
from screening.reviewing.content import Standing
from screening.words import said
from trial_portal.accounts.permissions import May, Role, Task
from trial_portal.frame.templatetags.portal import day, moment

Status = ScreeningRecord.Status
Results = Sequence[Blocker | Passed]


def once(facts: Facts) -> Results:
    """Nobody is enrolled twice."""
    if facts.enrollment is None:
        return []
    return [
        Blocker(
            "enrolled",
            "check",
            _("%(number)s is enrolled already, as %(enrollment)s")
            % {"number": facts.participant.number, "enrollment": facts.enrollment.number},
            _("Nothing is left to do here."),
            _("Nobody"),
            mendable=False,
        )
    ]


def stage(facts: Facts) -> Results:
    """The record is signed as eligible."""
    record = facts.record
    if record.status == Status.ELIGIBLE or (record.status == Status.ENROLLED and facts.enrollment):
        return []
    if record.status in (Status.SCREEN_FAILURE, Status.DISCONTINUED, Status.ENROLLED):
        return [
            Blocker(
                "stage",
                "circle-slash",
                _("This attempt has ended: %(status)s") % {"status": record.get_status_display().lower()},
                _("Where the reason no longer holds, a new attempt may be opened. This one stays as it is."),
                _("Coordinator"),
                url=participant_page(facts),
                label=_("Open the participant"),
                mendable=False,
            )
        ]
    if record.status == Status.SUBMITTED:
        return [
            Blocker(
                "stage",
                "person-diamond",
                _("The record is with the investigator"),
                _("An investigator reviews it, and signs that the participant is eligible."),
                people(_("Investigator"), facts, Task.CONFIRM_ELIGIBILITY),
                url=address("review:record", facts),
                label=_("Review"),
                may=May.REVIEW,
            )
        ]
    return [
        Blocker(
            "stage",
            "ring-half",
            _("The record is not submitted yet"),
            _("Answer what is still to do, then submit it to the investigator, who signs."),
            people(_("Coordinator"), facts, Task.ENTER_DATA),
            url=address("screening:record", facts),
            label=_("Go on"),
        )
    ]


def signature(facts: Facts) -> Results:
    """A valid signature, of somebody who might give it."""
    if facts.record.status not in (Status.ELIGIBLE, Status.ENROLLED):
        return []
    standing, title = facts.standing, ""
    do = _("Open the record again, with the reason; it is submitted, reviewed and signed anew.")
    note = ""
    if standing.standing in (Standing.NONE, Standing.VOIDED) or standing.evaluation is None:
        title = _("No signature stands on this record")
    elif standing.standing is Standing.BROKEN:
        title = _("The signature was not made on this record as it is")
        do = _("Tell an admin first: a signature does not move or change by itself. Then open the record again.")
    elif standing.standing is Standing.DIFFERS:
        title = _("The record is not what %(signer)s signed") % {"signer": facts.signer}
        note = " ".join(standing.differences)
    elif not facts.signer_was_delegated:
        title = _("%(signer)s was not delegated to confirm eligibility when signing") % {"signer": facts.signer}
        do = _("Open the record again; an investigator who holds that task reviews and signs it.")
    elif facts.review and standing.evaluation.by_id in facts.review.entered_by:
        title = _("%(signer)s signed answers that %(signer)s entered") % {"signer": facts.signer}
        do = _("Open the record again; an investigator who entered none of its answers reviews and signs it.")
    if title:
        who = people(_("Coordinator, then an investigator"), facts, Task.CONFIRM_ELIGIBILITY)
        return [
            Blocker(
                "signature",
                "pen",
                title,
                do,
                who,
                note,
                address("screening:reopen", facts),
                _("Open it again"),
                May.SCREEN,
                voids=True,
            )
        ]
    signed = standing.evaluation.signature if standing.evaluation else None
    return [
        Passed(
            "signature",
            _("Signature of %(signer)s, %(moment)s, is valid")
            % {"signer": facts.signer, "moment": moment(signed.signed_at if signed else None, facts.site)},
        )
    ]


def criteria(facts: Facts) -> Results:
    """Every criterion is decided in favour, today, and every answer can be read."""
    if facts.review is None:
        return [
            Blocker(
                "protocol",
                "warning",
                _("Protocol %(label)s is not the one installed here") % {"label": facts.record.protocol_label},
                _("This record can only be evaluated under the version that it was opened on. Tell an admin."),
                people(_("Admin"), facts, Role.ADMIN),
                mendable=False,
            )
        ]
    evaluation = facts.review.loaded.evaluation
    found: list[Blocker | Passed] = []
    if evaluation.problems:
        items = facts.review.loaded.protocol.by_name
        names = [said(items[p.item].term) if p.item in items else p.item for p in evaluation.problems]
        found.append(
            _on_record(
                facts,
                "problems",
                _("An answer cannot be read: %(names)s") % {"names": ", ".join(dict.fromkeys(names))},
                _("Enter it anew. Until then it counts as missing."),
            )
        )
    marks = facts.review.loaded.marks
    excluding = [result.criterion.id for result in evaluation.results if result.forbids]
    undecided = [result.criterion.id for result in evaluation.results if not (result.permits or result.forbids)]
    if excluding:
        found.append(
            _on_record(
                facts,
                "criteria",
                ngettext("%(codes)s excludes", "%(codes)s exclude", len(excluding)) % {"codes": ", ".join(excluding)},
                _("Nobody is enrolled who fails a criterion. Where an answer is wrong, correct it with the reason."),
            )
        )
    if undecided:
        found.append(
            _on_record(
                facts,
                "criteria",
                ngettext("%(codes)s is not decided", "%(codes)s are not decided", len(undecided))
                % {"codes": ", ".join(undecided)},
                _("The record says under each what is still needed."),
            )
        )
    if not found:
        says = ngettext(
            "%(count)s criterion clear under %(label)s", "All %(count)s criteria clear under %(label)s", len(marks)
        )
        found.append(Passed("criteria", says % {"count": len(marks), "label": facts.record.protocol_label}))
    return found


def window(facts: Facts) -> Results:
    """The screening window has not ended."""
    if facts.review is None:
        return []
    protocol = facts.review.loaded.protocol
    last = expiry.window_ends(protocol, facts.record.screening_date)
    if last is None:
        return []
    if facts.today <= last:
        return [Passed("window", _("Screening window open until %(day)s") % {"day": day(last)})]
    return [
        Blocker(
            "window",
            "calendar",
            _("The screening window ended on %(day)s") % {"day": day(last)},
            _("Discontinue this attempt with that reason. A new attempt may follow, on a new visit."),
            people(_("Coordinator"), facts, Task.ENTER_DATA),
            setting((last - facts.record.screening_date).days),
            address("screening:discontinue", facts),
            _("Discontinue"),
            May.SCREEN,
            mendable=False,
        )
    ]


def evidence(facts: Facts) -> Results:
    """What lapses before enrollment still counts today."""
    found: list[Blocker | Passed] = []
    for lapse in expiry.lapses(facts.review.loaded) if facts.review else ():
        name = said(lapse.examination.term)
        if facts.today <= lapse.last:
            says = _("%(name)s of %(taken)s counts until %(last)s")
            words = {"name": capfirst(name), "taken": day(lapse.taken), "last": day(lapse.last)}
            found.append(Passed("evidence", says % words))
            continue
        age = (facts.today - lapse.taken).days
        do = _(
            "Taken on %(taken)s, %(age)s ago; it counts for %(days)s on the day of enrollment. Repeat it and enter the"
            " result in %(card)s."
        ) % {"taken": day(lapse.taken), "age": span(age), "days": span(lapse.days), "card": lapse.card}
        found.append(
            Blocker(
                "evidence",
                "clock",
                _("The %(name)s is too old") % {"name": name},
                do,
                people(_("Coordinator"), facts, Task.ENTER_DATA),
                setting(lapse.days),
                _card_address(facts, lapse.card),
                _("Enter a result"),
                May.SCREEN,
                voids=is_signed(facts),
            )
        )
    return found


def _on_record(facts: Facts, key: str, title: str, do: str) -> Blocker:
    return Blocker(
        key,
        "question-square",
        title,
        do,
        people(_("Coordinator"), facts, Task.ENTER_DATA),
        url=address("screening:record", facts),
        label=_("Open the record"),
        voids=is_signed(facts),
    )


def _card_address(facts: Facts, card: str) -> str:
    """Where a result is entered; a signed record is opened again first."""
    if facts.record.status == Status.ELIGIBLE:
        return address("screening:reopen", facts)
    return address("screening:card", facts, card)
