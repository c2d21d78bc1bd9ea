"""The table of tests/integration/test_doors.py, and the small study it is tried on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.core.files.base import ContentFile

from enrollment.models import Enrollment, EnrollmentStep
from screening.actions.records import open_screening
from screening.evaluations import freeze
from screening.models import Evaluation, Query, ResultSet, ScreeningRecord, SourceDocument
from screening.selectors import load
from tests.factories import ParticipantFactory, UserFactory, consented, days_ago, identity, person, site_ready
from trial_portal.accounts.models import Delegation, Site, SiteApproval, User
from trial_portal.participants.models import (
    Consent,
    ConsentWithdrawal,
    Deviation,
    IcfVersion,
    Participant,
    PossibleDuplicate,
    PrescreeningEntry,
)
from trial_portal.signatures.models import Signature


@dataclass(frozen=True)
class Door:
    """Who gets in by GET and by POST (letters of ``PEOPLE``), and what stands in the address."""

    get: str = ""
    post: str = ""
    arguments: tuple[str, ...] = ()


ALL, SIGNED_IN = "CIPAMNX-", "CIPAMNX"
READS, STAFF, ADMIN = "CIPAM", "CIP", "A"
ANY_SITE = "CIPAMX"
NUMBER = ("number",)
RECORD = ("number", "attempt")
SIGNED = ("signed", "attempt")
ENROLLED = ("enrolled",)

DOORS = {
    "home": Door(SIGNED_IN),
    "language": Door(post=ALL),
    "accounts:sign-in": Door(ALL, ALL),
    "accounts:sign-out": Door(post=ALL),
    "accounts:password": Door(SIGNED_IN, SIGNED_IN),
    "accounts:statement": Door(SIGNED_IN, SIGNED_IN),
    "participants:list": Door(ANY_SITE),
    "participants:register": Door("CIPX", "CIPX"),
    "participants:find": Door("CIPX", "CIPX"),
    "participants:participant": Door(READS, "", NUMBER),
    "participants:identity": Door("", STAFF, NUMBER),
    "participants:identity-change": Door(STAFF, STAFF, NUMBER),
    "participants:strike": Door(STAFF, STAFF, NUMBER),
    "participants:duplicate": Door(READS, "IP", ("number", "duplicate")),
    "participants:consent-add": Door(STAFF, STAFF, NUMBER),
    "participants:consent-strike": Door(STAFF, STAFF, ("number", "consent")),
    "participants:withdrawal-strike": Door(STAFF, STAFF, ("number", "withdrawal")),
    "participants:withdraw": Door(STAFF, STAFF, NUMBER),
    "prescreening:list": Door(ANY_SITE),
    "prescreening:add": Door("CIPX", "CIPX"),
    "prescreening:strike": Door(STAFF, STAFF, ("prescreening",)),
    "icf:list": Door(ANY_SITE),
    "icf:add": Door(ADMIN, ADMIN),
    "icf:version": Door(READS, "", ("icf",)),
    "icf:file": Door(READS, "", ("icf",)),
    "icf:strike": Door(ADMIN, ADMIN, ("icf",)),
    "study:overview": Door(ANY_SITE),
    "study:users": Door(ADMIN),
    "study:user-add": Door(ADMIN, ADMIN),
    "study:user": Door(ADMIN, "", ("user",)),
    "study:user-edit": Door(ADMIN, ADMIN, ("user",)),
    "study:user-disable": Door(ADMIN, ADMIN, ("user",)),
    "study:user-enable": Door(ADMIN, ADMIN, ("user",)),
    "study:user-password": Door(ADMIN, ADMIN, ("user",)),
    "study:user-unlock": Door(ADMIN, ADMIN, ("user",)),
    "study:sites": Door(ANY_SITE),
    "study:site-add": Door(ADMIN, ADMIN),
    "study:site": Door(READS, "", ("code",)),
    "study:site-edit": Door(ADMIN, ADMIN, ("code",)),
    "study:approval-add": Door(ADMIN, ADMIN, ("code",)),
    "study:approval-strike": Door(ADMIN, ADMIN, ("approval",)),
    "study:delegations": Door(ANY_SITE),
    "study:delegation-propose": Door(ADMIN, ADMIN),
    "study:delegation": Door(READS, "", ("delegation",)),
    "study:delegation-sign": Door("P", "P", ("proposal",)),
    "study:delegation-decline": Door("P", "P", ("proposal",)),
    "study:delegation-withdraw": Door(ADMIN, ADMIN, ("proposal",)),
    "study:delegation-end": Door("PA", "PA", ("delegation",)),
    "screening:open": Door(STAFF, STAFF, NUMBER),
    "screening:record": Door(READS, "", RECORD),
    "screening:card": Door(READS, STAFF, (*RECORD, "card_id")),
    "screening:sheet": Door(READS, STAFF, (*RECORD, "item")),
    "screening:submit": Door("", STAFF, RECORD),
    "screening:reopen": Door(STAFF, STAFF, SIGNED),
    "screening:discontinue": Door(STAFF, STAFF, RECORD),
    "screening:result-strike": Door(STAFF, STAFF, (*RECORD, "result")),
    "screening:answer-query": Door("", STAFF, (*RECORD, "query")),
    "screening:document": Door(READS, "", (*RECORD, "document")),
    "screening:document-add": Door(STAFF, STAFF, (*RECORD, "card_id")),
    "screening:document-strike": Door(STAFF, STAFF, (*RECORD, "document")),
    "review:list": Door("IP"),
    "review:record": Door("IP", "", RECORD),
    "review:judge": Door("IP", "IP", RECORD),
    "review:confirm": Door("IP", "IP", RECORD),
    "review:ask": Door("IP", "IP", RECORD),
    "review:close-query": Door("IP", "IP", (*RECORD, "query")),
    "review:return": Door("IP", "IP", RECORD),
    "review:sign": Door("IP", "IP", RECORD),
    "enrollment:gate": Door(READS, "", SIGNED),
    "enrollment:enroll": Door("", STAFF, SIGNED),
    "enrollment:status": Door(READS, "", ENROLLED),
    "enrollment:withdraw": Door(STAFF, STAFF, ENROLLED),
    "enrollment:complete": Door(STAFF, STAFF, ENROLLED),
    "enrollment:ineligible": Door("IP", "IP", ENROLLED),
    "deviations:list": Door(ANY_SITE),
    "deviations:add": Door("IP", "IP"),
    "deviations:csv": Door(ANY_SITE),
    "deviations:report": Door("IP", "IP", ("deviation",)),
    "logs:screening": Door(ANY_SITE),
    "logs:screening-csv": Door(ANY_SITE),
    "logs:enrollment": Door(ANY_SITE),
    "logs:enrollment-csv": Door(ANY_SITE),
    "flow:overview": Door(ANY_SITE),
    "flow:rows": Door(ANY_SITE, "", ("place",)),
    "recruitment:overview": Door(ANY_SITE),
    "recruitment:open": Door(ADMIN, ADMIN),
    "recruitment:close": Door(ADMIN, ADMIN),
    "recruitment:target": Door(ADMIN, ADMIN),
}


@dataclass
class World:
    """Two sites, and at the first one a record of each kind."""

    site: Site
    other_site: Site
    coordinator: User
    participant: Participant
    consent: Consent
    signed: Participant
    enrolled: Participant
    records: dict[str, Any] = field(default_factory=dict)

    def arguments(self, wanted: tuple[str, ...]) -> dict[str, Any]:
        """The parts of an address, by the names that URL patterns use."""
        known = {
            "number": self.participant.number,
            "attempt": 1,
            "code": self.site.code,
            "card_id": "E12",
            "item": "cdasi_worksheet",
            "place": "declined",
        }
        if "signed" in wanted:
            return {"number": self.signed.number, "attempt": 1}
        if "enrolled" in wanted:
            return {"number": self.enrolled.number}
        return {name if name in known else "pk": known.get(name) or self.records[name].pk for name in wanted}


def world() -> World:
    """Make it."""
    site, other_site = site_ready("01"), site_ready("02")
    coordinator = person("coordinator", site)
    participant = consented(site, on=days_ago(10))
    twin = ParticipantFactory(site=other_site)
    identity(twin)
    version = IcfVersion.objects.get(site=site)
    version.file.save("icf.pdf", ContentFile(b"%PDF-1.4"))
    at = datetime.now(UTC)
    record = open_screening(by=coordinator, at=at, participant=participant, screening_date=days_ago(9))
    made = World(
        site,
        other_site,
        coordinator,
        participant,
        participant.consents.get(),
        _signed(coordinator, at),
        _enrolled(coordinator, at),
    )
    made.records = {
        "consent": made.consent,
        "icf": version,
        "withdrawal": ConsentWithdrawal.objects.create(
            participant=participant, withdrawn_on=days_ago(1), recorded_by=coordinator
        ),
        "duplicate": PossibleDuplicate.objects.create(
            participant=participant, other=twin, match="person", explanation="No."
        ),
        "prescreening": PrescreeningEntry.objects.create(
            site=site, approached_on=days_ago(3), outcome="declined", recorded_by=coordinator
        ),
        "result": ResultSet.objects.create(record=record, examination="cbc", recorded_by=coordinator),
        "query": Query.objects.create(record=record, criterion="E9", question="When?", asked_by=coordinator),
        "document": SourceDocument.objects.create(
            record=record,
            criteria=["E9"],
            title="Report",
            file=ContentFile(b"%PDF-1.4", name="report.pdf"),
            content_type="application/pdf",
            recorded_by=coordinator,
        ),
        "deviation": Deviation.objects.create(
            participant=participant,
            kind="other",
            what="Visit late.",
            happened_on=days_ago(2),
            discovered_on=days_ago(1),
            recorded_by=coordinator,
        ),
        "approval": SiteApproval.objects.get(site=site),
        "delegation": Delegation.objects.get(user=coordinator),
        "proposal": Delegation.objects.create(
            user=UserFactory(),
            site=site,
            role="coordinator",
            tasks=["enter_data"],
            trained_on=days_ago(3),
            starts_on=days_ago(0),
            proposed_by=person("admin"),
        ),
        "user": coordinator,
    }
    return made


def _signed(coordinator: User, at: datetime) -> Participant:
    """Somebody of the first site whose record stands as eligible."""
    participant = consented(Site.objects.get(code="01"), on=days_ago(10))
    record = open_screening(by=coordinator, at=at, participant=participant, screening_date=days_ago(9))
    ScreeningRecord.objects.filter(pk=record.pk).update(status=ScreeningRecord.Status.ELIGIBLE)
    return participant


def _enrolled(coordinator: User, at: datetime) -> Participant:
    """Somebody of the first site who is in the study."""
    participant = _signed(coordinator, at)
    record = ScreeningRecord.objects.get(participant=participant)
    ScreeningRecord.objects.filter(pk=record.pk).update(status=ScreeningRecord.Status.ENROLLED)
    signature = Signature.objects.create(
        signer=coordinator,
        printed_name="Dr Liu Jun",
        capacity="Investigator",
        meaning="Confirmed eligible",
        signed_at=at,
        time_zone="Asia/Shanghai",
        record_type="screening_screeningrecord",
        record_id=record.pk,
        content={},
        digest="0" * 64,
        authenticated_by="password",
    )
    enrollment = Enrollment.objects.create(
        participant=participant,
        record=record,
        evaluation=freeze(load(record, at), Evaluation.Kind.SIGNED, by=coordinator, signature=signature),
        site=participant.site,
        number="01-001",
        enrolled_on=days_ago(1),
        by=coordinator,
    )
    EnrollmentStep.objects.create(
        enrollment=enrollment, action="enroll", target="enrolled", by=coordinator, event_date=days_ago(1)
    )
    return participant
