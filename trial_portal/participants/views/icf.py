"""Pages of ICF versions: the list, one version, its file, a new one, entered in error."""

from __future__ import annotations

from datetime import datetime

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from trial_portal.accounts.permissions import May
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, PortalRequest, done, form_page, page, refusals_shown
from trial_portal.frame.templatetags.portal import status
from trial_portal.participants import actions, selectors
from trial_portal.participants.forms.consent import IcfVersionForm
from trial_portal.participants.models import IcfVersion
from trial_portal.participants.selectors import SiteVersions, Standing
from trial_portal.participants.standing import standing_in_words
from trial_portal.participants.tables import IcfVersionTable
from trial_portal.participants.views.shared import sent

KINDS = {
    Standing.IN_FORCE: ("ok", ""),
    Standing.NOT_YET: ("info", "clock"),
    Standing.SUPERSEDED: ("quiet", ""),
    Standing.EXPIRED: ("open", "warning"),
}


@page(May.SEE_CONFIGURATION, READ)
def versions(request: PortalRequest) -> HttpResponse:
    """Every version of the sites in reach, with how it stands today."""
    rows = list(selectors.icf_versions(request.authority))
    live = [version for version in rows if not version.is_struck]
    of_site = {
        site: SiteVersions([version for version in live if version.site_id == site])
        for site in {version.site_id for version in live}
    }
    show_struck = "struck" in request.GET
    table = IcfVersionTable(
        rows if show_struck else live,
        standing=lambda version: standing_status(of_site[version.site_id], version, request.at),
    )
    context = {
        "table": table,
        "any": bool(rows if show_struck else live),
        "struck": len(rows) - len(live),
        "show_struck": show_struck,
        "may_add": request.authority.may(May.CONFIGURE),
    }
    return render(request, "icf/list.html", context)


def standing_status(of_site: SiteVersions, version: IcfVersion, at: datetime) -> SafeString:
    """How a version stands today at its site: shape, words, colour."""
    today = version.site.day(at)
    kind, shape = KINDS[of_site.standing(version, today)]
    return status(kind, capfirst(standing_in_words(of_site, version, today)), shape)


@page(May.SEE_CONFIGURATION, READ)
def version(request: PortalRequest, pk: int) -> HttpResponse:
    """One version: its dates, its file, what stands on it."""
    found = get_object_or_404(selectors.icf_versions(request.authority), pk=pk)
    context = {"version": found, "may_strike": request.authority.may(May.CONFIGURE, found.site_id)}
    if not found.is_struck:
        context["standing"] = standing_status(selectors.versions_of(found.site), found, request.at)
    return render(request, "icf/version.html", context)


@page(May.SEE_CONFIGURATION, READ)
def file(request: PortalRequest, pk: int) -> FileResponse:
    """The approved PDF, to those who see the site's configuration."""
    found = get_object_or_404(selectors.icf_versions(request.authority), pk=pk)
    name = slugify(f"icf-{found.site.code}-{found.language}-{found.label.replace('.', '-')}")
    return FileResponse(found.file.open("rb"), filename=f"{name}.pdf", content_type="application/pdf")


@page(May.CONFIGURE)
def add(request: PortalRequest) -> HttpResponse:
    """A new version with its PDF."""
    sites = list(selectors.sites_where(request.authority, May.CONFIGURE))
    if not sites:
        return render(request, "icf/no_site.html")
    form = IcfVersionForm(sent(request), request.FILES or None, sites=sites)
    if form.is_valid():
        with refusals_shown(form):
            new = actions.add_icf_version(by=request.user, at=request.at, **form.facts())
            return done(request, _("ICF %(version)s is entered.") % {"version": new}, "icf:version", new.pk)
    return form_page(request, "icf/add.html", form)


@page(May.CONFIGURE)
def strike(request: PortalRequest, pk: int) -> HttpResponse:
    """A version was entered in error."""
    found = get_object_or_404(selectors.icf_versions(request.authority), pk=pk)
    request.authority.check(May.CONFIGURE, found.site_id)
    form = ReasonForm(sent(request))
    if form.is_valid():
        with refusals_shown(form):
            actions.strike_icf_version(by=request.user, at=request.at, version=found, **form.cleaned_data)
            return done(request, _("ICF %(version)s is struck. It stays on file.") % {"version": found}, "icf:list")
    return form_page(request, "icf/strike.html", form, version=found)
