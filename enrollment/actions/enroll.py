"""Enrolling: the gate inside one locked transaction, then the number, the steps, the record.

Locks, in the order of design.md: recruitment → site counter → participant → consent → screening → enrollment.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import ngettext

from enrollment.gate import examine
from enrollment.models import Enrollment, EnrollmentStep, Recruitment, SiteEnrollmentCounter
from enrollment.refusals import NotYet
from enrollment.workflow import ENROLLED, STATUS
from screening.actions.steps import locked, take_step
from screening.models import ScreeningRecord
from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.workflow import find
from trial_portal.participants.models import Consent, Participant


@action
def enroll(*, by: User, at: datetime, record: ScreeningRecord) -> Enrollment:
    """Enroll the participant of an eligible record, under the next number of the site.

    Raises NotYet with everything that stands in the way, and then writes nothing; NotPermitted unless ``by`` holds the
    task at the site. There is no other way in.
    """
    authority = authority_of(by, at)
    authority.check(May.ENROLL, record.participant.site_id)
    Recruitment.objects.get_or_create(pk=1)
    Recruitment.objects.select_for_update().get(pk=1)
    counter = _counter(record.participant.site)
    Participant.objects.select_for_update().get(pk=record.participant_id)
    list(Consent.objects.select_for_update().filter(participant=record.participant_id).values_list("pk"))
    record = locked(record, by=by, at=at, may=May.ENROLL)
    list(Enrollment.objects.select_for_update().filter(participant=record.participant_id).values_list("pk"))
    gate = examine(record, at, authority)
    if not gate.is_open:
        raise NotYet(_not_yet(record, len(gate.blockers)), gate)
    participant = record.participant
    day = participant.site.day(at)
    enrollment = Enrollment.objects.create(
        participant=participant,
        record=record,
        evaluation=gate.facts.standing.evaluation,
        site=participant.site,
        number=_next_number(counter, participant.site),
        enrolled_on=day,
        by=by,
    )
    transition = find(STATUS, "enroll", "", says="")
    EnrollmentStep.objects.create(
        enrollment=enrollment, action=transition.action, target=ENROLLED, by=by, event_date=day
    )
    take_step(record, "enroll", by=by, at=at, event_date=day)
    return enrollment


def _counter(site: Site) -> SiteEnrollmentCounter:
    """The site's counter, locked to the end of the transaction."""
    counter, _made = SiteEnrollmentCounter.objects.select_for_update().get_or_create(site=site)
    return counter


def _next_number(counter: SiteEnrollmentCounter, site: Site) -> str:
    """The next enrollment number; a rollback gives it back, so there is no gap."""
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{site.code}-{counter.last:03}"


def _not_yet(record: ScreeningRecord, count: int) -> str:
    says = ngettext(
        "%(number)s is not enrolled: one thing stands in the way.",
        "%(number)s is not enrolled: %(count)s things stand in the way.",
        count,
    )
    return says % {"number": record.participant.number, "count": count}
