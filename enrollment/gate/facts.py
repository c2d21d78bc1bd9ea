"""What the gate looks at, read at one moment. Boundary: reads only; what follows is said by ``checks``.

The number of queries does not depend on how much is on file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from enrollment.models import Enrollment, Recruitment
from screening.models import ScreeningRecord
from screening.reviewing.content import SignatureStanding, signature_standing
from screening.reviewing.selectors import Review, review_of
from trial_portal.accounts.models import Delegation, Site, SiteApproval
from trial_portal.accounts.permissions import Role, Task
from trial_portal.accounts.selectors import approvals_of, with_state
from trial_portal.participants.models import Consent, ConsentWithdrawal, Participant, PossibleDuplicate
from trial_portal.participants.selectors import (
    SiteVersions,
    blocking_duplicates,
    consents_of,
    look_alikes,
    person_of,
    versions_of,
    withdrawals_of,
)


@dataclass(frozen=True, eq=False)
class Facts:
    """All that is known. ``review`` is None when this installation has the record's protocol version no more.

    ``known_as`` are the enrollments of those who may be the same person and were not told apart; ``staff`` maps each
    task to the names of those who hold it at the site today, a role of the study to its admins.
    """

    record: ScreeningRecord
    at: datetime
    today: date
    review: Review | None
    standing: SignatureStanding
    signer_was_delegated: bool
    consents: Sequence[Consent]
    withdrawals: Sequence[ConsentWithdrawal]
    versions: SiteVersions
    approvals: Sequence[SiteApproval]
    unresolved: Sequence[PossibleDuplicate]
    known_as: Sequence[Enrollment]
    recruitment: Recruitment
    filled: int
    enrollment: Enrollment | None
    staff: Mapping[str, Sequence[str]]

    @property
    def participant(self) -> Participant:
        """Whose record it is."""
        return self.record.participant

    @property
    def site(self) -> Site:
        """Where."""
        return self.record.participant.site

    @property
    def signer(self) -> str:
        """The printed name of who signed last, "" when nobody did."""
        signed = self.standing.evaluation
        return signed.signature.printed_name if signed and signed.signature else ""


def facts_of(record: ScreeningRecord, at: datetime) -> Facts:
    """Read them. ``record`` comes with participant, site and identity joined."""
    participant = record.participant
    site = participant.site
    try:
        review = review_of(record, at)
    except LookupError:
        review = None
    standing = signature_standing(record, at)
    return Facts(
        record=record,
        at=at,
        today=site.day(at),
        review=review,
        standing=standing,
        signer_was_delegated=_was_delegated(standing, site),
        consents=[consent for consent in consents_of(participant) if not consent.is_struck],
        withdrawals=list(withdrawals_of(participant)),
        versions=versions_of(site),
        approvals=[row for row in approvals_of(site, at) if not row.is_struck],
        unresolved=list(blocking_duplicates(participant)),
        known_as=_known_as(participant),
        recruitment=Recruitment.objects.first() or Recruitment(),
        filled=Enrollment.objects.count(),
        enrollment=Enrollment.objects.filter(participant=participant).first(),
        staff=_staff(site, at),
    )


def _was_delegated(standing: SignatureStanding, site: Site) -> bool:
    """Whether who signed held the task "confirm eligibility" there on the day of signing, as a delegation says now.

    Not asked of the account: what was signed before it was closed stays valid.
    """
    if standing.evaluation is None or standing.evaluation.signature is None:
        return False
    signature = standing.evaluation.signature
    day = site.day(signature.signed_at)
    held = Delegation.objects.filter(
        user=signature.signer_id,
        site=site,
        role=Role.INVESTIGATOR.value,
        status=Delegation.Status.SIGNED,
        tasks__contains=[Task.CONFIRM_ELIGIBILITY.value],
        starts_on__lte=day,
    )
    return held.filter(Q(until__isnull=True) | Q(until__gte=day)).exists()


def _known_as(participant: Participant) -> list[Enrollment]:
    """Enrollments, at any site, of those who may be this person by blind index and were not told apart."""
    alike = {
        one.participant.pk for one in look_alikes(person_of(participant.identity), participant.site, but=participant)
    }
    if not alike:
        return []
    pairs = Q(participant=participant, other__in=alike) | Q(participant__in=alike, other=participant)
    told = PossibleDuplicate.objects.filter(pairs).values_list("participant", "other", "same")
    apart: dict[int, bool] = {}
    for one, other, same in told:
        twin = other if one == participant.pk else one
        apart[twin] = apart.get(twin, True) and same is False
    same_person = {twin for twin in alike if not apart.get(twin, False)}
    return list(Enrollment.objects.filter(participant__in=same_person).select_related("site").order_by("id"))


def _staff(site: Site, at: datetime) -> dict[str, list[str]]:
    """Who holds which task at the site today, and who administers the study. One query."""
    here = Q(site=site) | Q(site=None, role=Role.ADMIN.value)
    rows = with_state(Delegation.objects.filter(here, user__is_active=True), at).filter(state="in_force")
    found: dict[str, list[str]] = {}
    for row in rows.select_related("user").order_by("user__printed_name"):
        names = [*row.tasks, row.role] if row.site_id else [row.role]
        for name in names:
            if row.user.printed_name not in found.setdefault(name, []):
                found[name].append(row.user.printed_name)
    return found
