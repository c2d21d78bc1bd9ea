"""Pages of prescreening: people approached before consent."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from trial_portal.accounts.permissions import May
from trial_portal.audit.refusals import Refused
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, PortalRequest, done, form_page, page, refusals_shown
from trial_portal.participants import actions, selectors
from trial_portal.participants.filters import PrescreeningFilter
from trial_portal.participants.forms.prescreening import PrescreeningForm
from trial_portal.participants.tables import PrescreeningTable
from trial_portal.participants.views.shared import one_window, sent, several_sites


@page(May.SEE_RECORDS, READ)
def entries(request: PortalRequest) -> HttpResponse:
    """Everybody approached, the latest first."""
    several = several_sites(request)
    reached = selectors.prescreening_entries(request.authority)
    chosen = PrescreeningFilter(request.GET, queryset=reached, request=request, several_sites=several)
    valid = chosen.is_valid()
    shown = one_window(request, chosen.qs if valid else reached.none(), "-approached_on", "-id")
    may_strike = request.authority.may(May.STRIKE)
    hidden = [] if several else ["site"]
    table = PrescreeningTable(
        list(shown["window"].rows),
        may_strike=partial(request.authority.may, May.STRIKE),
        exclude=hidden if may_strike else [*hidden, "strike"],
    )
    context = {"filter": chosen, "table": table, "may_add": request.authority.may(May.PRESCREEN), **shown}
    return render(request, "prescreening/list.html", context, status=200 if valid else 422)


@page(May.PRESCREEN)
def add(request: PortalRequest) -> HttpResponse:
    """Somebody was approached."""
    form = PrescreeningForm(sent(request), sites=list(selectors.sites_where(request.authority, May.PRESCREEN)))
    if form.is_valid():
        with refusals_shown(form):
            facts = form.facts()
            facts["participant"] = _named(request, facts["site"], facts["participant"])
            actions.add_prescreening_entry(by=request.user, at=request.at, **facts)
            return done(request, _("The entry is recorded."), "prescreening:list")
    return form_page(request, "prescreening/add.html", form)


def _named(request: PortalRequest, site: Any, number: str) -> Any:
    number = number.strip().upper()
    if not number:
        return None
    found = selectors.participants(request.authority).filter(site=site, number=number).first()
    if found is None:
        raise Refused(_("There is no %(number)s at this site. Check the number.") % {"number": number}, "participant")
    return found


@page(May.STRIKE)
def strike(request: PortalRequest, pk: int) -> HttpResponse:
    """An entry was made in error."""
    entry = get_object_or_404(selectors.prescreening_entries(request.authority), pk=pk)
    request.authority.check(May.STRIKE, entry.site_id)
    form = ReasonForm(sent(request))
    if form.is_valid():
        with refusals_shown(form):
            actions.strike_prescreening_entry(by=request.user, at=request.at, entry=entry, **form.cleaned_data)
            return done(request, _("The entry is struck. It stays on file."), "prescreening:list")
    return form_page(request, "prescreening/strike.html", form, entry=entry)
