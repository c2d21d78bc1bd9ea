"""Who a participant is: changed with a reason, shown and logged, moved to the first key."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import NotPermitted, Refused
from trial_portal.participants import selectors
from trial_portal.participants.actions.registration import (
    check_sex,
    keep_look_alikes,
    one_identity_at_a_time,
    told_of_look_alikes,
)
from trial_portal.participants.actions.steps import because, locked, said, take_step
from trial_portal.participants.identities import Person, days
from trial_portal.participants.models import Identity, IdentityShown, Participant
from trial_portal.participants.refusals import token_of


def seen(participant: Participant, person: Person) -> str:
    """A token of what a page showed, so that a change made meanwhile by somebody else is not overwritten unseen."""
    return token_of(participant.sex_at_birth, *vars(person).values())


@action
def show_identity(*, by: User, at: datetime, participant: Participant) -> Identity:
    """Who a participant is, for somebody who may know; that they looked is kept."""
    identity = selectors.identity_of(authority_of(by, at), participant)
    IdentityShown.objects.create(participant=participant, by=by)
    return identity


@action
def change_identity(
    *,
    by: User,
    at: datetime,
    reason: str,
    participant: Participant,
    sex_at_birth: str,
    name: str,
    birth_date: str,
    phone: str = "",
    email: str = "",
    record_number: str = "",
    national_id: str = "",
    explanation: str = "",
    confirmed: bool = False,
    token: str = "",
) -> Participant:
    """Correct who a participant is; digests and birth year follow, and the registry is searched for them again.

    ``token`` is that of what the page showed (:func:`seen`). Raises AlreadyKnown like registering.
    """
    authority_of(by, at).check(May.SEE_IDENTITIES, participant.site_id)
    one_identity_at_a_time()
    row = locked(participant, by=by, at=at, may=May.REGISTER)
    identity = Identity.objects.select_for_update().get(participant=row)
    before = selectors.person_of(identity)
    if token and token != seen(row, before):
        raise Refused(
            _("Somebody else changed this identity after you opened this page. Open it again beside this and compare.")
        )
    person = Person(name, birth_date, phone, email, record_number, national_id)
    check_sex(sex_at_birth)
    person.check(row.site.day(at))
    _born_before_consent(row, person)
    if person == before and sex_at_birth == row.sex_at_birth:
        raise Refused(_("Nothing was changed. Change a field, or go back to the participant."))
    reason = because(reason, before, person)
    alike = told_of_look_alikes(person, row.site, but=row, confirmed=confirmed, explanation=explanation)
    _write(identity, person, row.site.code)
    Participant.objects.filter(pk=row.pk).update(sex_at_birth=sex_at_birth, birth_year=person.birth_year)
    row.sex_at_birth, row.birth_year = sex_at_birth, person.birth_year
    keep_look_alikes(row, alike, explanation)
    take_step(row, "change_identity", row.status, by=by, event_date=row.site.day(at), reason=reason)
    return row


@action
def rotate_identities(*, by: User, at: datetime, after: int, size: int) -> tuple[int, int] | None:
    """Bring the next ``size`` identities, by key, under the first of IDENTITY_KEYS, with their digests made anew.

    Returns the last key looked at and how many were written; None at the end. What is done already is not written
    again, so a run that was stopped is simply started again. Only the portal itself may do this.
    """
    if not by.is_system:
        raise NotPermitted(_("Only the portal itself changes keys, by manage.py rotate_identity_keys."))
    batch = selectors.identities_after(after, size)
    written = 0
    for identity, current in batch:
        if not current:
            _write(identity, selectors.person_of(identity), identity.participant.site.code)
            written += 1
    return (batch[-1][0].pk, written) if batch else None


def _write(identity: Identity, person: Person, site_code: str) -> None:
    values = vars(person) | person.indexes(site_code)
    for column, value in values.items():
        setattr(identity, column, value)
    identity.save(update_fields=list(values))


def _born_before_consent(participant: Participant, person: Person) -> None:
    signed = [consent.signed_on for consent in selectors.consents_of(participant) if not consent.is_struck]
    if signed and days(person.birth_date).latest > min(signed):
        raise Refused(
            _("The participant signed consent on %(day)s, before this birth date. Check which of the two is right.")
            % {"day": said(min(signed))},
            "birth_date",
        )
