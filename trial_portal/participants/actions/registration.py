"""Registering a participant: number, identity, possible duplicates; entered in error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _

from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants import selectors
from trial_portal.participants.actions.prescreening import write_entry
from trial_portal.participants.actions.steps import because, locked, take_step
from trial_portal.participants.identities import Person, coded
from trial_portal.participants.models import (
    Identity,
    Participant,
    PossibleDuplicate,
    PrescreeningEntry,
    ScreeningCounter,
)
from trial_portal.participants.refusals import AlreadyKnown
from trial_portal.participants.workflow import REGISTERED, STRUCK


@action
def register_participant(
    *,
    by: User,
    at: datetime,
    site: Site,
    sex_at_birth: str,
    name: str,
    birth_date: str,
    phone: str = "",
    email: str = "",
    record_number: str = "",
    national_id: str = "",
    explanation: str = "",
    confirmed: bool = False,
    approached_on: date | None = None,
) -> Participant:
    """Give a person the next screening number of the site and keep who they are.

    ``birth_date`` is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. ``approached_on`` also makes a prescreening entry.
    Raises AlreadyKnown when the person may be in the registry already, until it is called with ``confirmed`` and an
    ``explanation``.
    """
    authority_of(by, at).check(May.REGISTER, site.pk)
    today = site.day(at)
    may_take_part(site, today)
    person = Person(name, birth_date, phone, email, record_number, national_id)
    check_sex(sex_at_birth)
    person.check(today)
    one_identity_at_a_time()
    number = _next_number(site)
    alike = told_of_look_alikes(person, site, confirmed=confirmed, explanation=explanation)
    participant = Participant.objects.create(
        site=site, number=number, sex_at_birth=sex_at_birth, birth_year=person.birth_year, registered_by=by
    )
    Identity.objects.create(participant=participant, **vars(person), **person.indexes(site.code))
    keep_look_alikes(participant, alike, explanation)
    take_step(participant, "register", REGISTERED, by=by, event_date=today, source="")
    if approached_on is not None:
        consented = PrescreeningEntry.Outcome.CONSENTED
        write_entry(by=by, at=at, site=site, approached_on=approached_on, outcome=consented, participant=participant)
    return participant


@action
def strike_participant(*, by: User, at: datetime, participant: Participant, reason: str) -> Participant:
    """A participant was entered in error. The number stays accounted for and is never used again."""
    row = locked(participant, by=by, at=at, may=May.STRIKE)
    reason = because(reason, known_person(row))
    take_step(row, "strike", STRUCK, by=by, event_date=row.site.day(at), reason=reason)
    return row


@action
def resolve_duplicate(
    *, by: User, at: datetime, duplicate: PossibleDuplicate, same: bool, reason: str
) -> PossibleDuplicate:
    """An investigator of the site says whether the two are the same person, and why.

    If they are, one of the two is then entered in error; until that is done they go on standing in the way.
    """
    row = locked(duplicate.participant, by=by, at=at, may=May.RESOLVE_DUPLICATES)
    found = PossibleDuplicate.objects.select_for_update(of=("self",)).get(pk=duplicate.pk)
    if found.same is not None:
        raise Refused(_("This possible duplicate is resolved already. Nothing was changed."))
    found.same, found.resolved_by, found.resolved_at = same, by, at
    found.resolved_reason = because(reason, known_person(row))
    found.save(update_fields=["same", "resolved_by", "resolved_at", "resolved_reason"])
    take_step(row, "resolve_duplicate", row.status, by=by, event_date=row.site.day(at), reason=found.resolved_reason)
    return found


def may_take_part(site: Site, today: date) -> None:
    """Raise Refused unless the site takes part and its approvals are in force (ICH E6(R3) 4.3.5)."""
    if not site.is_active:
        raise Refused(_("%(site)s does not take part in the study. An admin can change that.") % {"site": site})
    if not selectors.approved_on(site, today):
        raise Refused(
            _("%(site)s has no approval in force today. An admin enters the approvals of ethics committee and site.")
            % {"site": site}
        )


def check_sex(sex: str) -> None:
    """Raise Refused unless it is one of the choices."""
    if sex not in Participant.Sex.values:
        raise Refused(_("Choose the sex at birth."), "sex_at_birth")


def known_person(participant: Participant) -> Person:
    """Who a participant is, to keep it out of texts that coded pages show. Not for pages."""
    return selectors.person_of(Identity.objects.get(participant=participant))


def one_identity_at_a_time() -> None:
    """Wait until nobody else is writing an identity: two people registering one person at once, at two sites or by a
    second click, would otherwise not see each other. Taken before any other lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('participants.identity'))")


def told_of_look_alikes(
    person: Person, site: Site, *, but: Participant | None = None, confirmed: bool, explanation: str
) -> Sequence[selectors.LookAlike]:
    """Those who may be the same person. Raises AlreadyKnown until the registering person has been told and goes on."""
    alike = selectors.look_alikes(person, site, but=but)
    if but is not None:
        before = set(selectors.duplicates_of(but).values_list("other_id", "match"))
        alike = [one for one in alike if (one.participant.pk, one.match.value) not in before]
    if not alike:
        return alike
    here = [(one.participant.number, str(one.match.label)) for one in alike if one.participant.site_id == site.pk]
    elsewhere = len(here) < len(alike)
    if not confirmed:
        told = [(one.participant.pk, one.match.value) for one in alike]
        raise AlreadyKnown(_known_sentence(here, elsewhere), here, elsewhere, told)
    if not explanation.strip():
        raise Refused(_("Say why this is another person."), "explanation")
    coded(explanation, "explanation", person)
    return alike


def _known_sentence(here: Sequence[tuple[str, str]], elsewhere: bool) -> str:
    sentences = [
        _("%(number)s of this site: %(match)s.") % {"number": number, "match": match} for number, match in here
    ]
    if elsewhere:
        sentences.append(_("This person is already known at another site."))
    return " ".join(sentences)


def keep_look_alikes(participant: Participant, alike: Sequence[selectors.LookAlike], explanation: str) -> None:
    """Keep that they looked alike, and why the registering person went on."""
    for one in alike:
        PossibleDuplicate.objects.create(
            participant=participant, other=one.participant, match=one.match, explanation=explanation.strip()
        )


def _next_number(site: Site) -> str:
    """The next screening number. The counter is locked to the end of the transaction, so a rollback leaves no gap."""
    counter, _made = ScreeningCounter.objects.select_for_update().get_or_create(site=site)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"S-{site.code}-{counter.last:04}"
