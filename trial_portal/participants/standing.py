"""How an ICF version stands, in words. Boundary: what selectors found out, said for a page."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from trial_portal.participants.models import IcfVersion
from trial_portal.participants.selectors import SiteVersions, Standing


def standing_in_words(versions: SiteVersions, version: IcfVersion, day: date) -> str:
    """“in force since 19 Oct 2026”, “replaced on 19 Oct 2026 by v3.0”, “ended on …”, “takes effect on …”."""
    standing = versions.standing(version, day)
    if standing is Standing.NOT_YET:
        return _("takes effect on %(day)s") % {"day": date_format(version.effective_from, "j M Y")}
    if standing is Standing.IN_FORCE:
        return _("in force since %(day)s") % {"day": date_format(version.effective_from, "j M Y")}
    if standing is Standing.EXPIRED and version.expires_on is not None:
        return _("ended on %(day)s") % {"day": date_format(version.expires_on, "j M Y")}
    after = versions.successor(version)
    if after is None:
        return _("replaced")
    return _("replaced on %(day)s by %(label)s") % {
        "day": date_format(after.effective_from, "j M Y"),
        "label": after.label,
    }
