"""Sites and their approvals. A site's code stands in every number and is never changed; nothing is deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from trial_portal.accounts.actions.steps import apply_changes, check_values, not_in_the_future, said
from trial_portal.accounts.models import Site, SiteApproval, SiteStep, User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused


@action
def create_site(*, by: User, at: datetime, code: str, name: str, short_name: str, city: str, time_zone: str) -> Site:
    """Add a hospital. It takes part from now on; people are registered there once an approval is in force."""
    authority_of(by, at).check(May.CONFIGURE, None)
    return new_site(by=by, code=code, name=name, short_name=short_name, city=city, time_zone=time_zone)


@action
def change_site(
    *,
    by: User,
    at: datetime,
    site: Site,
    name: str,
    short_name: str,
    city: str,
    time_zone: str,
    is_active: bool,
    reason: str,
) -> Site:
    """Change what is said of a site, or whether it takes part. Its code stays.

    At a site that does not take part nobody may do anything; what was done there stays.
    """
    authority_of(by, at).check(May.CONFIGURE, site.pk)
    row = Site.objects.select_for_update().get(pk=site.pk)
    reason = said(reason)
    values = {
        "name": name.strip(),
        "short_name": short_name.strip(),
        "city": city.strip(),
        "time_zone": time_zone,
        "is_active": is_active,
    }
    changes = apply_changes(row, values)
    taking_part = {True: "activate", False: "deactivate"}
    verb = taking_part[is_active] if "is_active" in changes else "change"
    _step(row, verb, by=by, reason=reason, changes=changes)
    return row


@action
def add_approval(
    *,
    by: User,
    at: datetime,
    site: Site,
    protocol_label: str,
    ethics_committee: str,
    ethics_reference: str,
    ethics_approved_on: date,
    site_approved_on: date,
    expires_on: date | None = None,
) -> SiteApproval:
    """Enter that a protocol version may be used at a site: in force from the later of the two dates.

    ``expires_on`` is the last day, None where the approval has none. A wrong entry is struck, never changed.
    """
    authority_of(by, at).check(May.CONFIGURE, site.pk)
    if protocol_label != settings.PROTOCOL.label:
        raise Refused(
            _("The portal holds protocol version %(label)s and no other. Choose it.")
            % {"label": settings.PROTOCOL.label},
            "protocol_label",
        )
    today = site.day(at)
    not_in_the_future(ethics_approved_on, today, "ethics_approved_on")
    not_in_the_future(site_approved_on, today, "site_approved_on")
    if expires_on is not None and expires_on < max(ethics_approved_on, site_approved_on):
        raise Refused(_("The last day lies before the approvals. Check the three dates."), "expires_on")
    approval = SiteApproval(
        site=site,
        protocol_label=protocol_label,
        ethics_committee=ethics_committee.strip(),
        ethics_reference=ethics_reference.strip(),
        ethics_approved_on=ethics_approved_on,
        site_approved_on=site_approved_on,
        expires_on=expires_on,
        recorded_by=by,
    )
    check_values(approval, "ethics_committee", "ethics_reference")
    approval.save()
    return approval


@action
def strike_approval(*, by: User, at: datetime, approval: SiteApproval, reason: str) -> SiteApproval:
    """An approval was entered in error: it no longer counts, and stays visible with the reason."""
    authority_of(by, at).check(May.CONFIGURE, approval.site_id)
    row = SiteApproval.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if row.is_struck:
        raise Refused(_("This approval is struck already. Nothing was changed."))
    row.struck_by, row.struck_at, row.struck_reason = by, at, said(reason)
    row.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    return row


def new_site(*, by: User, code: str, name: str, short_name: str, city: str, time_zone: str) -> Site:
    """Write a site and its step. To be called by actions."""
    site = Site(
        code=code.strip(), name=name.strip(), short_name=short_name.strip(), city=city.strip(), time_zone=time_zone
    )
    check_values(site, "code", "name", "short_name", "city", "time_zone")
    try:
        with transaction.atomic():
            site.save()
    except IntegrityError:
        raise Refused(_("Site %(code)s is there already. Choose another code.") % {"code": site.code}, "code") from None
    _step(site, "create", by=by)
    return site


def _step(site: Site, verb: str, *, by: User, reason: str = "", changes: dict[str, Any] | None = None) -> None:
    SiteStep.objects.create(site=site, action=verb, by=by, reason=reason, changes=changes or {})
