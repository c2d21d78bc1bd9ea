"""ICF versions: the approved PDF and its dates, entered by an admin."""

from __future__ import annotations

import hashlib
import re
import uuid
from datetime import date, datetime

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trial_portal.accounts.models import Site, User
from trial_portal.accounts.permissions import May
from trial_portal.accounts.selectors import authority_of
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants.actions.steps import because, not_in_the_future, said
from trial_portal.participants.models import Consent, IcfVersion

MOST_BYTES = 10 * 1024 * 1024
"""The largest file taken: 10 MB."""


@action
def add_icf_version(
    *,
    by: User,
    at: datetime,
    site: Site,
    language: str,
    label: str,
    ethics_approved_on: date,
    effective_from: date,
    file: File[bytes],
    expires_on: date | None = None,
) -> IcfVersion:
    """Enter a version of the ICF of a site, with the approved PDF. A label is used once for each language.

    ``expires_on`` is its last day; None when it has none. The file is kept under a random name, with its SHA-256.
    """
    authority_of(by, at).check(May.CONFIGURE, site.pk)
    label = " ".join(label.split())
    not_in_the_future(ethics_approved_on, site, at, "ethics_approved_on")
    if effective_from < ethics_approved_on:
        raise Refused(
            _("A version takes effect on the day of its approval (%(day)s) or later.")
            % {"day": said(ethics_approved_on)},
            "effective_from",
        )
    if expires_on is not None and expires_on < effective_from:
        raise Refused(_("The last day lies before the day it takes effect."), "expires_on")
    if IcfVersion.objects.filter(site=site, language=language, label=label, struck_at__isnull=True).exists():
        raise Refused(_("This site has a version %(label)s in this language already.") % {"label": label}, "label")
    content = _pdf(file)
    version = IcfVersion(
        site=site,
        language=language,
        label=label,
        ethics_approved_on=ethics_approved_on,
        effective_from=effective_from,
        expires_on=expires_on,
        sha256=hashlib.sha256(content).hexdigest(),
        recorded_by=by,
    )
    version.file.save(f"{uuid.uuid4().hex}.pdf", ContentFile(content), save=False)
    try:
        version.save()
    except Exception:
        version.file.delete(save=False)
        raise
    return version


@action
def strike_icf_version(*, by: User, at: datetime, version: IcfVersion, reason: str) -> IcfVersion:
    """A version was entered in error. Refused while consents stand on it: those would have to be struck first."""
    authority_of(by, at).check(May.CONFIGURE, version.site_id)
    row = IcfVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if row.is_struck:
        raise Refused(_("This version is struck already. Nothing was changed."))
    standing = Consent.objects.filter(version=row, struck_at__isnull=True).count()
    if standing:
        raise Refused(
            ngettext(
                "%(count)d consent stands on %(version)s, so it stays. A consent entered in error is struck first.",
                "%(count)d consents stand on %(version)s, so it stays. Consents entered in error are struck first.",
                standing,
            )
            % {"count": standing, "version": row}
        )
    row.struck_by, row.struck_at, row.struck_reason = by, at, because(reason)
    row.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    return row


def _pdf(file: File[bytes]) -> bytes:
    """The bytes of a PDF, judged by its beginning and its end, whatever its name says."""
    if (file.size or 0) > MOST_BYTES:
        raise Refused(_("The file is larger than 10 MB. Save it smaller, or scan it with fewer pixels."), "file")
    content = file.read()
    if not content.startswith(b"%PDF-"):
        raise Refused(_("This file is not a PDF. Choose the approved PDF."), "file")
    if not re.search(rb"startxref\s+\d+\s+%%EOF", content[-1024:]):
        raise Refused(_("This PDF is cut off: its end is missing. Save it again and choose it anew."), "file")
    return content
