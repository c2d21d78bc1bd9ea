"""Pages of consent: recorded, struck, withdrawn."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from trial_portal.accounts.permissions import May
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import PortalRequest, done, form_page, page, refusals_shown
from trial_portal.participants import actions, selectors
from trial_portal.participants.forms.consent import ConsentForm, WithdrawForm
from trial_portal.participants.refusals import NeedsConfirmation
from trial_portal.participants.views.shared import once_told, participant_or_404, sent, told_page


@page(May.RECORD_CONSENT)
def add(request: PortalRequest, number: str) -> HttpResponse:
    """Records what was signed."""
    found = participant_or_404(request, number)
    request.authority.check(May.RECORD_CONSENT, found.site_id)
    versions = selectors.versions_of(found.site)
    form = ConsentForm(
        sent(request),
        versions=versions,
        holders=list(selectors.may_have_obtained_consent(found.site)),
        today=found.site.day(request.at),
        site=found.site,
    )
    if form.is_valid():
        with refusals_shown(form):
            facts = {"by": request.user, "at": request.at, "participant": found, **form.facts()}
            try:
                given = once_told(form, lambda told: actions.record_consent(**facts, confirmed_version=told))
                return done(request, _recorded(number, given.version_valid), "participants:participant", number)
            except NeedsConfirmation:
                pass
    return told_page(request, "participants/consent.html", form, participant=found, versions=versions.versions)


def _recorded(number: str, valid: bool) -> str:
    if valid:
        return _("The consent of %(number)s is recorded.") % {"number": number}
    return _("The consent of %(number)s is recorded as it happened, with a deviation.") % {"number": number}


@page(May.STRIKE)
def strike(request: PortalRequest, number: str, pk: int) -> HttpResponse:
    """A consent was entered in error."""
    found = participant_or_404(request, number)
    consent = get_object_or_404(selectors.consents_of(found), pk=pk)
    request.authority.check(May.STRIKE, found.site_id)
    form = ReasonForm(sent(request))
    if form.is_valid():
        with refusals_shown(form):
            actions.strike_consent(by=request.user, at=request.at, consent=consent, **form.cleaned_data)
            message = _("The consent is struck. It stays in the history.")
            return done(request, message, "participants:participant", number)
    return form_page(request, "participants/consent_strike.html", form, participant=found, consent=consent)


@page(May.STRIKE)
def strike_withdrawal(request: PortalRequest, number: str, pk: int) -> HttpResponse:
    """A withdrawal was entered in error."""
    found = participant_or_404(request, number)
    withdrawal = get_object_or_404(selectors.withdrawals_of(found), pk=pk)
    request.authority.check(May.STRIKE, found.site_id)
    form = ReasonForm(sent(request))
    if form.is_valid():
        with refusals_shown(form):
            actions.strike_withdrawal(by=request.user, at=request.at, withdrawal=withdrawal, **form.cleaned_data)
            message = _("The withdrawal is struck. It stays in the history.")
            return done(request, message, "participants:participant", number)
    context = {"participant": found, "withdrawal": withdrawal}
    return form_page(request, "participants/withdrawal_strike.html", form, **context)


@page(May.RECORD_CONSENT)
def withdraw(request: PortalRequest, number: str) -> HttpResponse:
    """A participant withdrew consent."""
    found = participant_or_404(request, number)
    request.authority.check(May.RECORD_CONSENT, found.site_id)
    form = WithdrawForm(sent(request))
    if form.is_valid():
        with refusals_shown(form):
            actions.withdraw_consent(by=request.user, at=request.at, participant=found, **form.cleaned_data)
            message = _("The withdrawal of %(number)s is recorded.") % {"number": number}
            return done(request, message, "participants:participant", number)
    return form_page(request, "participants/withdraw.html", form, participant=found)
