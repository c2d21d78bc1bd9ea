"""Who somebody is: shown to delegated staff of the site, found exactly, recognised across sites.

Boundary: only ``identity_of`` hands a readable identity to a page, and only after its check.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import Authority, May
from trial_portal.participants.encryption import EncryptedText, blind_index
from trial_portal.participants.identities import Person
from trial_portal.participants.models import Identity, Participant, PossibleDuplicate
from trial_portal.participants.selectors.registry import sites_where, within

Match = PossibleDuplicate.Match
ENCRYPTED = tuple(field.name for field in Identity._meta.fields if isinstance(field, EncryptedText))


def person_of(identity: Identity) -> Person:
    """The facts of a stored identity."""
    return Person(**{name: getattr(identity, name) for name in ENCRYPTED})


def identity_of(authority: Authority, participant: Participant) -> Identity:
    """Who a participant is. Raises NotPermitted unless identities may be seen at that site."""
    authority.check(May.SEE_IDENTITIES, participant.site_id)
    return Identity.objects.get(participant=participant)


def find(
    authority: Authority, *, name: str = "", birth_date: str = "", record_number: str = ""
) -> QuerySet[Participant]:
    """Participants with exactly these facts, at sites whose identities may be seen. Nothing asked finds nobody."""
    asked = Q()
    if name:
        asked &= Q(identity__name_index=blind_index(name))
    if birth_date:
        asked &= Q(identity__birth_date_index=blind_index(birth_date))
    if record_number:
        sites = sites_where(authority, May.SEE_IDENTITIES)
        asked &= Q(identity__record_number_index__in=[blind_index(record_number, site.code) for site in sites])
    rows = Participant.objects.select_related("site")
    if not asked:
        return rows.none()
    return within(rows, authority, May.SEE_IDENTITIES).filter(asked).order_by("-id")


@dataclass(frozen=True)
class LookAlike:
    """A participant, at any site, who may be the same person, and by which fact. Not for pages as it is."""

    participant: Participant
    match: PossibleDuplicate.Match


def look_alikes(person: Person, site: Site, *, but: Participant | None = None) -> list[LookAlike]:
    """Everybody in the registry who may be this person at ``site``; entered in error does not count.

    By national id; by name and a birth date that may be the same day; by medical record number of the site. One query.
    """
    indexes = person.indexes(site.code)
    asked = Q()
    for column in ("national_id_index", "name_index", "record_number_index"):
        if indexes[column]:
            asked |= Q(**{column: indexes[column]})
    rows = Identity.objects.filter(asked).exclude(participant__status=Participant.Status.STRUCK)
    if but is not None:
        rows = rows.exclude(participant=but)
    found = []
    for identity in rows.select_related("participant__site").order_by("participant_id"):
        for match in _matches(person, indexes, identity):
            found.append(LookAlike(identity.participant, match))
    return found


def _matches(person: Person, indexes: dict[str, str], identity: Identity) -> Iterator[PossibleDuplicate.Match]:
    if indexes["national_id_index"] and indexes["national_id_index"] == identity.national_id_index:
        yield Match.NATIONAL_ID
    if indexes["name_index"] == identity.name_index and person.may_be_born_with(identity.birth_date):
        yield Match.PERSON
    if indexes["record_number_index"] and indexes["record_number_index"] == identity.record_number_index:
        yield Match.RECORD_NUMBER


def duplicates_of(participant: Participant) -> QuerySet[PossibleDuplicate]:
    """Who looked like this participant when they were registered or changed.

    ``other`` may stand at another site: a page then says no more than that there is one.
    """
    rows = PossibleDuplicate.objects.filter(participant=participant)
    return rows.select_related("participant", "other", "resolved_by")


def blocking_duplicates(participant: Participant) -> QuerySet[PossibleDuplicate]:
    """Possible duplicates that still stand in the way: not resolved, or the same person with neither row struck."""
    rows = duplicates_of(participant).exclude(other__status=Participant.Status.STRUCK)
    return rows.exclude(participant__status=Participant.Status.STRUCK).exclude(same=False)


def identities_after(key: int, size: int) -> Sequence[tuple[Identity, bool]]:
    """The next ``size`` identities by key, locked, each with whether all of it is under the first key and well indexed.

    Raises cryptography's InvalidToken when something can be read with none of the keys.
    """
    raw = {f"stored_{name}": Cast(name, TextField()) for name in ENCRYPTED}
    rows = Identity.objects.filter(pk__gt=key).select_related("participant__site").annotate(**raw)
    batch = rows.select_for_update(of=("self",)).order_by("pk")[:size]
    return [(identity, _is_current(identity)) for identity in batch]


def _is_current(identity: Identity) -> bool:
    first = Fernet(settings.IDENTITY_KEYS[0])
    try:
        for name in ENCRYPTED:
            if stored := getattr(identity, f"stored_{name}"):
                first.decrypt(stored.encode())
    except InvalidToken:
        return False
    indexes = person_of(identity).indexes(identity.participant.site.code)
    return all(getattr(identity, column) == value for column, value in indexes.items())
