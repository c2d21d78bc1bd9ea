"""Pages of sites and their approvals."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from trial_portal.accounts import actions, selectors
from trial_portal.accounts.forms.sites import ApprovalForm, SiteChangeForm, SiteForm
from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import May
from trial_portal.accounts.stories import site_story
from trial_portal.accounts.tables import SiteTable
from trial_portal.accounts.views.shared import act, crumbs, form_shown, paged
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, PortalRequest, done, page, refusals_shown
from trial_portal.frame.templatetags.portal import day


@page(May.SEE_CONFIGURATION, READ)
def sites(request: PortalRequest) -> HttpResponse:
    """The sites in reach."""
    table = paged(request, SiteTable(selectors.sites(request.authority, request.at)))
    context = {"table": table, "administers": request.authority.holds(May.CONFIGURE, None)}
    return render(request, "study/sites.html", context)


@page(May.SEE_CONFIGURATION, READ)
def site(request: PortalRequest, code: str) -> HttpResponse:
    """One site: what is said of it, its approvals, its staff, what happened."""
    found = _found(request, code)
    context = {
        "site": found,
        "approvals": selectors.approvals_of(found, request.at),
        "staff": selectors.staff_of(request.authority, found, request.at),
        "story": site_story(selectors.steps_of_site(found)),
        "configures": request.authority.may(May.CONFIGURE, found.pk),
    }
    return render(request, "study/site.html", context)


@page(May.CONFIGURE)
def add(request: PortalRequest) -> HttpResponse:
    """A new site."""
    request.authority.check(May.CONFIGURE, None)
    form = SiteForm(request.POST or None)
    if form.is_valid():
        with refusals_shown(form):
            new = actions.create_site(by=request.user, at=request.at, **form.cleaned_data)
            return done(request, _("Site %(site)s is added.") % {"site": new}, "study:site", new.code)
    return form_shown(
        request,
        form,
        title=_("Add a site"),
        here=_("Add a site"),
        above=_above(),
        says=_("People are registered there once it has an approval in force, staff and an ICF version."),
        submit=_("Add the site"),
    )


@page(May.CONFIGURE)
def edit(request: PortalRequest, code: str) -> HttpResponse:
    """What is said of a site, and whether it takes part."""
    found = _configured(request, code)
    names = ("name", "short_name", "city", "time_zone")
    now = {name: getattr(found, name) for name in names} | {"is_active": "yes" if found.is_active else "no"}
    form = SiteChangeForm(request.POST or None, initial=now)
    return act(
        request,
        form,
        partial(actions.change_site, site=found),
        then=_("The changes are saved."),
        title=_("Change site %(site)s") % {"site": found},
        here=_("Change"),
        above=_above(found),
        says=_("The code %(code)s stands in every number of this site and stays.") % {"code": found.code},
        submit=_("Save the changes"),
    )


@page(May.CONFIGURE)
def approval_add(request: PortalRequest, code: str) -> HttpResponse:
    """An approval of ethics committee and site."""
    found = _configured(request, code)
    form = ApprovalForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.add_approval, site=found),
        then=_("The approval is entered."),
        title=_("Add an approval"),
        here=_("Add an approval"),
        above=_above(found),
        about=str(found),
        submit=_("Add the approval"),
    )


@page(May.CONFIGURE)
def approval_strike(request: PortalRequest, pk: int) -> HttpResponse:
    """An approval was entered in error."""
    found = get_object_or_404(selectors.approvals(request.authority), pk=pk)
    request.authority.check(May.CONFIGURE, found.site_id)
    form = ReasonForm(request.POST or None)
    return act(
        request,
        form,
        partial(actions.strike_approval, approval=found),
        then=_("The approval is struck. It stays on file."),
        title=_("Strike the approval of %(day)s") % {"day": day(found.ethics_approved_on)},
        here=_("Strike an approval"),
        above=_above(found.site),
        about=f"{found.site} · {found.protocol_label} · {found.ethics_committee}, {found.ethics_reference}",
        says=_("For an approval that was entered in error. It counts no longer, and stays on file with your reason."),
        submit=_("Strike the approval"),
    )


def _found(request: PortalRequest, code: str) -> Site:
    return get_object_or_404(selectors.sites(request.authority, request.at), code=code)


def _configured(request: PortalRequest, code: str) -> Site:
    found = _found(request, code)
    request.authority.check(May.CONFIGURE, found.pk)
    return found


def _above(found: Site | None = None) -> list[tuple[str, str]]:
    sites = (_("Sites"), reverse("study:sites"))
    return crumbs(sites) if found is None else crumbs(sites, (str(found), reverse("study:site", args=[found.code])))
