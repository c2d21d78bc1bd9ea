"""What waits for somebody, in words: each row says what is, names what ends it, and leaves when that is done.

Boundary: sentences and addresses; the rows come from ``selectors``. Screening records have ``waiting_records``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment import selectors
from enrollment.selectors import First, Lapse
from trial_portal.accounts.models import Delegation
from trial_portal.accounts.permissions import May, Role
from trial_portal.accounts.selectors import waiting_for
from trial_portal.frame.pages import PortalRequest
from trial_portal.frame.templatetags.portal import day, moment
from trial_portal.participants.models import Participant


@dataclass(frozen=True)
class Waiting:
    """One row: an icon, a sentence (with the record's link), a detail, and the button that leads to what ends it.

    ``last`` is the day by which it should be done, None where there is none; ``stands_for`` is how many things it is.
    """

    icon: str
    says: str
    detail: str
    url: str
    do: str
    last: date | None = None
    stands_for: int = 1


Source = Callable[[PortalRequest], Iterator[Waiting]]


def waiting(request: PortalRequest, sources: Iterable[Source]) -> list[Waiting]:
    """All that waits for the person of this request; what has a last day first, by that day."""
    rows = [row for source in sources for row in source(request)]
    return sorted(rows, key=lambda row: row.last or date.max)


def about(participant: Participant, sentence: str, **values: Any) -> str:
    """A sentence about a participant, whose number leads to the record."""
    url = reverse("participants:participant", args=[participant.number])
    return format_html(sentence, record=format_html('<a href="{}">{}</a>', url, participant.number), **values)


def others(found: First[Any], says: str, url: str) -> Iterator[Waiting]:
    """One row for all that are not among the first."""
    if found.others:
        yield Waiting("document", says % {"count": found.others}, "", url, _("See all"), stands_for=found.others)


def consent_to_record(request: PortalRequest) -> Iterator[Waiting]:
    """Participants who only signed a version that was not in force, and those without consent."""
    if not request.authority.may(May.RECORD_CONSENT):
        return
    wrong = selectors.consented_on_wrong_version(request.authority)
    for consent in wrong.rows:
        yield Waiting(
            "warning",
            about(consent.participant, _("{record} consented on a version that was not in force")),
            _("%(version)s, signed %(day)s. Go through the version in force, and record the new consent.")
            % {"version": consent.version, "day": day(consent.signed_on)},
            reverse("participants:consent-add", args=[consent.participant.number]),
            _("Record consent"),
        )
    more = ngettext(
        "%(count)s more participant consented on a wrong version",
        "%(count)s more participants consented on a wrong version",
        wrong.others,
    )
    yield from others(wrong, more, f"{reverse('participants:list')}?status={Participant.Status.CONSENTED}")
    found = selectors.without_consent(request.authority)
    for person in found.rows:
        yield Waiting(
            "document",
            about(person, _("{record} is registered without consent")),
            _("Registered on %(day)s by %(name)s.")
            % {"day": day(person.site.day(person.registered_at)), "name": person.registered_by},
            reverse("participants:consent-add", args=[person.number]),
            _("Record consent"),
        )
    more = ngettext(
        "%(count)s more participant is registered without consent",
        "%(count)s more participants are registered without consent",
        found.others,
    )
    yield from others(found, more, f"{reverse('participants:list')}?status={Participant.Status.REGISTERED}")


def duplicates_to_resolve(request: PortalRequest) -> Iterator[Waiting]:
    """Possible duplicates, for investigators."""
    if not request.authority.may(May.RESOLVE_DUPLICATES):
        return
    found = selectors.unresolved_duplicates(request.authority)
    for pair in found.rows:
        yield Waiting(
            "people",
            about(pair.participant, _("{record} may be in the registry already")),
            _("%(match)s. Until it is resolved, nobody can enroll this participant.")
            % {"match": str(pair.get_match_display()).capitalize()},
            reverse("participants:duplicate", args=[pair.participant.number, pair.pk]),
            _("Resolve"),
        )
    more = ngettext("%(count)s more possible duplicate waits", "%(count)s more possible duplicates wait", found.others)
    yield from others(found, more, reverse("participants:list"))


def delegations(request: PortalRequest) -> Iterator[Waiting]:
    """Delegations to sign: for a principal investigator of their site, or for a second admin."""
    if not (request.authority.may(May.SIGN_DELEGATIONS) or request.authority.may(May.CONFIGURE)):
        return
    for delegation in waiting_for(request.user, request.authority, request.at):
        yield Waiting(
            "pen",
            _("The delegation of %(name)s waits for your signature") % {"name": delegation.user},
            _delegated(delegation),
            reverse("study:delegation", args=[delegation.pk]),
            _("Read and sign"),
        )


def _delegated(delegation: Delegation) -> str:
    where = str(delegation.site) if delegation.site else _("the whole study")
    role = _("Principal investigator") if delegation.principal else str(delegation.get_role_display())
    return _("%(role)s, %(where)s, from %(day)s.") % {"role": role, "where": where, "day": day(delegation.starts_on)}


def configuration(request: PortalRequest) -> Iterator[Waiting]:
    """Accounts at rest, approvals and ICF versions that lapse, recruitment closed: for admins."""
    if not request.authority.may(May.CONFIGURE):
        return
    for user in selectors.resting_accounts(request.authority, request.at):
        yield Waiting(
            "lock",
            _("The account of %(name)s rests after too many wrong passwords") % {"name": user},
            _("Ask the person whether it was them before you let them in again."),
            reverse("study:user", args=[user.pk]),
            _("See the account"),
        )
    for lapse in selectors.lapsing_approvals(request.authority, request.at):
        yield _approval(lapse, request)
    for lapse in selectors.lapsing_versions(request.authority, request.at):
        yield _version(lapse, request)
    if request.authority.holds(May.CONFIGURE, None) and not selectors.recruitment().is_open:
        yield Waiting(
            "circle-slash",
            _("Recruitment is closed"),
            _("Nobody can be enrolled until it is opened, with a reason."),
            reverse("recruitment:open"),
            _("Open recruitment"),
        )


def _approval(lapse: Lapse, request: PortalRequest) -> Waiting:
    lapsed = lapse.last is None or lapse.last < lapse.site.day(request.at)
    if lapsed:
        says = _("Site %(site)s has no approval in force")
        detail = _("Nobody can be registered there. Record the approval of ethics committee and site.")
    else:
        says = _("The approval of site %(site)s ends on %(day)s")
        detail = _("From the day after, nobody can be registered there.")
    return Waiting(
        "building",
        says % {"site": lapse.site, "day": day(lapse.last)},
        detail,
        reverse("study:approval-add", args=[lapse.site.code]),
        _("Record an approval"),
        None if lapsed else lapse.last,
    )


def _version(lapse: Lapse, request: PortalRequest) -> Waiting:
    lapsed = lapse.last is None or lapse.last < lapse.site.day(request.at)
    says = _("ICF %(version)s ended on %(day)s") if lapsed else _("ICF %(version)s ends on %(day)s")
    return Waiting(
        "document",
        says % {"version": lapse.version, "day": day(lapse.last)},
        _("Site %(site)s. Add the version that follows it, or consent signed later is on a wrong version.")
        % {"site": lapse.site},
        reverse("icf:add"),
        _("Add a version"),
        None if lapsed else lapse.last,
    )


def deviations(request: PortalRequest) -> Iterator[Waiting]:
    """New deviations, for monitors."""
    if Role.MONITOR not in request.authority.roles:
        return
    found = selectors.new_deviations(request.authority, request.at)
    for deviation in found.rows:
        yield Waiting(
            "flag",
            about(deviation.participant, _("New deviation of {record}: {kind}"), kind=deviation.get_kind_display()),
            _("Entered %(moment)s by %(name)s. Leaves this list after %(days)s days.")
            % {
                "moment": moment(deviation.recorded_at, deviation.participant.site),
                "name": deviation.recorded_by,
                "days": selectors.NEW.days,
            },
            reverse("participants:participant", args=[deviation.participant.number]),
            _("Open the record"),
        )
    more = ngettext("%(count)s more new deviation", "%(count)s more new deviations", found.others)
    yield from others(found, more, reverse("participants:list"))


SOURCES: list[Source] = [duplicates_to_resolve, delegations, consent_to_record, configuration, deviations]
"""Where rows come from, in the order shown."""
