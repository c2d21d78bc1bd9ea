"""Consent as it happened: on the right version or not; struck; withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from django.utils.translation import gettext as _

from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import May
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants import selectors
from trial_portal.participants.actions.registration import known_person
from trial_portal.participants.actions.steps import because, locked, not_in_the_future, said, take_step
from trial_portal.participants.identities import coded, days
from trial_portal.participants.models import Consent, ConsentWithdrawal, Deviation, IcfVersion, Participant
from trial_portal.participants.refusals import WrongVersion
from trial_portal.participants.selectors import Standing
from trial_portal.participants.workflow import CONSENTED, REGISTERED, WITHDRAWN

ENDED_BY_WITHDRAWAL: list[Callable[..., None]] = []
"""What a floor above ends in the same transaction, called with participant, withdrawn_on, by and at."""


@action
def record_consent(
    *,
    by: User,
    at: datetime,
    participant: Participant,
    version: IcfVersion,
    signed_on: date,
    signed_by: str,
    held_by: User,
    copy_given: bool,
    signed_time: time | None = None,
    confirmed_version: bool = False,
) -> Consent:
    """Record that a participant signed a version of the ICF of their site, day and time in the site's zone.

    ``held_by`` was delegated to obtain consent there on that day. Raises WrongVersion when the version was not in force
    that day, until it is called with ``confirmed_version``; the consent is then kept as not valid, with a deviation.
    """
    row = locked(participant, by=by, at=at, may=May.RECORD_CONSENT)
    signed_version = IcfVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if signed_version.site_id != row.site_id or signed_version.is_struck:
        raise Refused(_("This version is not one of this site. Choose one of the list."), "version")
    _check_moment(row, signed_on, signed_time, at)
    _check_holder(row.site, held_by, signed_on)
    if signed_by not in Consent.SignedBy.values:
        raise Refused(_("Choose who signed."), "signed_by")
    _check_not_twice(row, signed_version, signed_on, signed_time)
    wrong = _wrong_version(row.site, signed_version, signed_on)
    if wrong is not None and not confirmed_version:
        raise wrong
    consent = Consent.objects.create(
        participant=row,
        version=signed_version,
        signed_on=signed_on,
        signed_time=signed_time,
        signed_by=signed_by,
        held_by=held_by,
        copy_given=copy_given,
        version_valid=wrong is None,
        recorded_by=by,
    )
    if wrong is not None:
        Deviation.objects.create(
            participant=row,
            kind=Deviation.Kind.ICF_VERSION,
            what=wrong.message,
            happened_on=signed_on,
            discovered_on=row.site.day(at),
            consent=consent,
            recorded_by=by,
        )
    take_step(row, "record_consent", _status(row), by=by, event_date=signed_on)
    return consent


@action
def strike_consent(*, by: User, at: datetime, consent: Consent, reason: str) -> Consent:
    """A consent was entered in error. With none left the participant is registered again, without consent."""
    row = locked(consent.participant, by=by, at=at, may=May.STRIKE)
    found = Consent.objects.select_for_update(of=("self",)).get(pk=consent.pk)
    if found.is_struck:
        raise Refused(_("This consent is struck already. Nothing was changed."))
    found.struck_by, found.struck_at, found.struck_reason = by, at, because(reason, known_person(row))
    found.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    take_step(row, "strike_consent", _status(row), by=by, event_date=row.site.day(at), reason=found.struck_reason)
    return found


@action
def withdraw_consent(
    *, by: User, at: datetime, participant: Participant, withdrawn_on: date, reason_given: str = ""
) -> ConsentWithdrawal:
    """A participant withdrew consent on a day, with the reason they gave, if they gave one."""
    row = locked(participant, by=by, at=at, may=May.RECORD_CONSENT)
    if row.status != CONSENTED:
        raise Refused(_("There is no consent to withdraw: %(number)s is “%(status)s”.") % _state(row))
    not_in_the_future(withdrawn_on, row.site, at, "withdrawn_on")
    last = max(consent.signed_on for consent in selectors.consents_of(row) if not consent.is_struck)
    if withdrawn_on < last:
        raise Refused(
            _("The participant signed on %(day)s, after this day. Check the day of the withdrawal.")
            % {"day": said(last)},
            "withdrawn_on",
        )
    withdrawal = ConsentWithdrawal.objects.create(
        participant=row,
        withdrawn_on=withdrawn_on,
        recorded_by=by,
        reason_given=coded(reason_given, "reason_given", known_person(row)),
    )
    take_step(row, "withdraw_consent", WITHDRAWN, by=by, event_date=withdrawn_on, reason=withdrawal.reason_given)
    for end in ENDED_BY_WITHDRAWAL:
        end(participant=row, withdrawn_on=withdrawn_on, by=by, at=at)
    return withdrawal


@action
def strike_withdrawal(*, by: User, at: datetime, withdrawal: ConsentWithdrawal, reason: str) -> ConsentWithdrawal:
    """A withdrawal was entered in error: the consent stands again. What the withdrawal ended stays ended."""
    row = locked(withdrawal.participant, by=by, at=at, may=May.STRIKE)
    found = ConsentWithdrawal.objects.select_for_update(of=("self",)).get(pk=withdrawal.pk)
    if found.is_struck:
        raise Refused(_("This withdrawal is struck already. Nothing was changed."))
    found.struck_by, found.struck_at, found.struck_reason = by, at, because(reason, known_person(row))
    found.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    take_step(row, "strike_withdrawal", _status(row), by=by, event_date=row.site.day(at), reason=found.struck_reason)
    return found


def _status(participant: Participant) -> str:
    """The status that consents and withdrawals give: only a consent signed after the last withdrawal undoes it."""
    signed = [consent.signed_on for consent in selectors.consents_of(participant) if not consent.is_struck]
    withdrawn = [withdrawal.withdrawn_on for withdrawal in selectors.withdrawals_of(participant)]
    if withdrawn and not (signed and max(signed) > max(withdrawn)):
        return WITHDRAWN
    return CONSENTED if signed else REGISTERED


def _state(participant: Participant) -> dict[str, str]:
    return {"number": participant.number, "status": str(participant.get_status_display())}


def _check_moment(participant: Participant, day: date, clock: time | None, at: datetime) -> None:
    site = participant.site
    not_in_the_future(day, site, at, "signed_on")
    now = at.astimezone(site.zone)
    if clock is not None and day == now.date() and clock > now.time():
        raise Refused(
            _("%(time)s lies in the future; it is %(now)s at this site.")
            % {"time": f"{clock:%H:%M}", "now": f"{now:%H:%M}"},
            "signed_time",
        )
    if day < days(known_person(participant).birth_date).latest:
        raise Refused(
            _("The participant was born in %(year)d, after this day. Check the day of signing.")
            % {"year": participant.birth_year},
            "signed_on",
        )


def _check_holder(site: Site, holder: User, day: date) -> None:
    delegated = selectors.may_have_obtained_consent(site, day)
    if delegated.filter(pk=holder.pk).exists():
        return
    others = ", ".join(str(user) for user in delegated[:5])
    facts = {"name": holder.printed_name, "day": said(day), "others": others}
    raise Refused(
        _("%(name)s was not delegated to obtain consent on %(day)s. Delegated that day: %(others)s.") % facts
        if others
        else _("On %(day)s nobody was delegated to obtain consent at this site. Check the day.") % facts,
        "held_by",
    )


def _check_not_twice(participant: Participant, version: IcfVersion, day: date, clock: time | None) -> None:
    same = Consent.objects.filter(
        participant=participant, version=version, signed_on=day, signed_time=clock, struck_at__isnull=True
    )
    if same.exists():
        raise Refused(_("This consent is recorded already: %(version)s, signed on %(day)s.") % _names(version, day))


def _wrong_version(site: Site, version: IcfVersion, day: date) -> WrongVersion | None:
    """The refusal that says why a version was not in force on a day, and which was; None when it was."""
    versions = selectors.versions_of(site)
    standing = versions.standing(version, day)
    if standing is Standing.IN_FORCE:
        return None
    in_force = versions.in_force(day)
    right = next((v for v in in_force if v.language == version.language), None)
    facts = _names(version, day)
    if standing is Standing.NOT_YET:
        what = _("%(version)s takes effect on %(since)s.") % facts
    elif standing is Standing.EXPIRED:
        what = _("%(version)s ended on %(until)s.") % facts
    else:
        after = versions.successor(version) or version
        facts |= {"later": str(after), "day": said(after.effective_from)}
        what = _("%(version)s was replaced on %(day)s by %(later)s.") % facts
    names = ", ".join(str(v) for v in ([right] if right else in_force))
    if names:
        which = _("In force on %(day)s: %(names)s.") % {"day": said(day), "names": names}
    else:
        which = _("On %(day)s no version was in force at this site.") % {"day": said(day)}
    return WrongVersion(f"{what} {which}", version, right, day)


def _names(version: IcfVersion, day: date) -> dict[str, str]:
    return {
        "version": str(version),
        "day": said(day),
        "since": said(version.effective_from),
        "until": said(version.expires_on) if version.expires_on else "",
    }
