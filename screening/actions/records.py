"""Opening, submitting, discontinuing and striking: the life of an attempt outside review. Design: "The way through"."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from screening.actions.steps import editable, keep_outcomes, live, locked, take_step, told
from screening.evaluations import freeze
from screening.models import Evaluation, ResultSet, ScreeningRecord
from screening.selectors import load
from screening.workflow import DISCONTINUED, OPEN, SCREEN_FAILURE
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants.models import Participant
from trial_portal.participants.selectors import approved_on, first_consent


class Discontinued(models.TextChoices):
    """Why an attempt ends before it is decided."""

    DECLINED = "declined", gettext_lazy("Declined to go on")
    WITHDREW = "withdrew", gettext_lazy("Withdrew consent")
    LOST = "lost", gettext_lazy("Lost to follow-up")
    WINDOW = "window", gettext_lazy("Screening window ended")
    OTHER = "other", gettext_lazy("Other")


@action
def open_screening(*, by: User, at: datetime, participant: Participant, screening_date: date) -> ScreeningRecord:
    """Open an attempt on the protocol version of this installation. Returns the record, evaluated.

    Raises Refused without a standing consent, for a visit before the consent or in the future, while another attempt
    is open, and at a site without an approval in force.
    """
    authority_of(by, at).check(May.SCREEN, participant.site_id)
    participant = (
        Participant.objects.select_for_update(of=("self",)).select_related("site", "identity").get(pk=participant.pk)
    )
    if participant.status != Participant.Status.CONSENTED:
        raise Refused(
            _("%(number)s has no consent that stands: record the consent first, then open the screening.")
            % {"number": participant.number}
        )
    consent = first_consent(participant)
    today = participant.site.day(at)
    if screening_date > today:
        raise Refused(
            _("The screening visit cannot be in the future: today is %(today)s at the site.") % {"today": today},
            "screening_date",
        )
    if consent is None or screening_date < consent.signed_on:
        raise Refused(_("The screening visit cannot be before consent. Check the date of the visit."), "screening_date")
    if not approved_on(participant.site, today):
        raise Refused(_("No approval of the ethics committee and the site is in force here, so nobody is screened."))
    protocol = settings.PROTOCOL
    last = ScreeningRecord.objects.filter(participant=participant).aggregate(last=Max("attempt"))["last"] or 0
    standing = ScreeningRecord.objects.filter(participant=participant).exclude(
        status__in=[SCREEN_FAILURE, DISCONTINUED]
    )
    if standing.exists():
        raise Refused(
            _("%(number)s has an attempt that is not ended. A new one follows only after it.")
            % {"number": participant.number}
        )
    record = ScreeningRecord.objects.create(
        participant=participant,
        attempt=last + 1,
        screening_date=screening_date,
        protocol_label=protocol.label,
        protocol_digest=protocol.digest,
        status="",
        opened_by=by,
        changed_at=at,
    )
    take_step(record, "open", by=by, at=at, event_date=screening_date)
    loaded = load(record, at)
    record.subject, record.decided = loaded.evaluation.subject.value, loaded.decided
    record.save(update_fields=["subject", "decided"])
    keep_outcomes(loaded)
    return record


@action
def submit(*, by: User, at: datetime, record: ScreeningRecord) -> Evaluation:
    """Hand the record to the investigator: what is known and what follows is frozen. Pending may be submitted.

    Raises Refused while a query of an earlier review is not answered.
    """
    record = locked(record, by=by, at=at, may=May.SCREEN)
    live(record)
    unanswered = record.queries.filter(closed_at__isnull=True, answer="").values_list("criterion", flat=True)
    if unanswered:
        raise Refused(_("Answer the queries on %(criteria)s first.") % {"criteria": ", ".join(sorted(set(unanswered)))})
    take_step(record, "submit", by=by, at=at, event_date=record.participant.site.day(at))
    return freeze(load(record, at), Evaluation.Kind.SUBMITTED, by=by)


@action
def discontinue(
    *, by: User, at: datetime, record: ScreeningRecord, code: str, happened_on: date, reason: str = ""
) -> ScreeningRecord:
    """End an attempt that is not decided, with a coded reason (``Discontinued``); "other" wants words."""
    record = locked(record, by=by, at=at, may=May.SEE_RECORDS)
    authority = authority_of(by, at)
    if not authority.may(May.REVIEW, record.participant.site_id):
        authority.check(May.SCREEN, record.participant.site_id)
    if code not in Discontinued.values:
        raise Refused(_("Choose why the attempt ends."), "code")
    if code == Discontinued.OTHER and not reason.strip():
        raise Refused(_("Say in words why the attempt ends."), "reason")
    if happened_on > record.participant.site.day(at):
        raise Refused(_("The end of an attempt cannot be in the future."), "happened_on")
    reason = told(record, reason, "reason", "") if reason.strip() else ""
    take_step(record, "discontinue", by=by, at=at, event_date=happened_on, code=code, reason=reason)
    return record


def end_without_consent(*, participant: Participant, withdrawn_on: date, by: User, at: datetime) -> None:
    """Discontinue the open attempt of somebody who withdrew consent, in the action that records it (``apps``).

    Whoever records the withdrawal may do it, whatever else they may do: nobody is screened without consent.
    """
    rows = ScreeningRecord.objects.select_for_update().filter(participant=participant, status__in=OPEN)
    for record in rows:
        take_step(record, "discontinue", by=by, at=at, event_date=withdrawn_on, code=Discontinued.WITHDREW)


@action
def strike_result_set(
    *, by: User, at: datetime, record: ScreeningRecord, result_set: ResultSet, reason: str
) -> ScreeningRecord:
    """Strike a result set that was entered in error; it stays visible, and the record is evaluated without it."""
    record = locked(record, by=by, at=at, may=May.SCREEN)
    editable(record)
    row = ResultSet.objects.get(pk=result_set.pk, record=record)
    if row.is_struck:
        raise Refused(_("This result was struck before."))
    reason = told(record, reason, "reason", _("Say why. The reason stays in the history."))
    row.struck_by, row.struck_at, row.struck_reason = by, at, reason
    row.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    loaded = load(record, at)
    record.revision += 1
    record.changed_at = at
    record.subject, record.decided = loaded.evaluation.subject.value, loaded.decided
    record.save(update_fields=["revision", "changed_at", "subject", "decided"])
    keep_outcomes(loaded)
    return record
