"""Whether a dated result counts, in a sentence: how far from the screening visit, and the limit.

Boundary: pure; the days come from the study's settings, and are named as such.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from screening.eligibility.comparisons import accepted_days
from screening.eligibility.items import Examination


class Usability(NamedTuple):
    """Whether a result counts, its mark's class, and why, as a sentence without a full stop."""

    usable: bool
    kind: str
    says: str


def usability(
    examination: Examination, specimen_date: date | None, anchor: date, config: Mapping[str, object]
) -> Usability:
    """How a result of a day stands; ``anchor`` is the screening visit."""
    if specimen_date is None:
        return Usability(False, "open", _("Has no date yet, so it does not count"))
    first, last = accepted_days(examination, anchor, config)
    days = (anchor - specimen_date).days
    limit = (anchor - first).days if days >= 0 else (last - anchor).days
    if days == 0:
        where = _("on the day of screening")
    elif days > 0:
        where = ngettext("%(days)s day before screening", "%(days)s days before screening", days) % {"days": days}
    else:
        where = ngettext("%(days)s day after screening", "%(days)s days after screening", -days) % {"days": -days}
    says = _("%(where)s, limit %(limit)s") % {"where": where, "limit": limit} if days else where
    if first <= specimen_date <= last:
        return Usability(True, "ok", _("Usable: %(says)s") % {"says": says})
    if specimen_date < first:
        return Usability(False, "open", _("Too old: %(says)s") % {"says": says})
    return Usability(False, "open", _("Too late: %(says)s") % {"says": says})


def setting_note(examination: Examination, config: Mapping[str, object]) -> str:
    """That the limit is not the protocol's."""
    days = config[examination.validity]
    return _("Counts within %(days)s days of screening: a study setting, not protocol text.") % {"days": days}


def window_ends(examinations: tuple[Examination, ...], anchor: date, config: Mapping[str, object]) -> date | None:
    """The last day on which any result counts; None without examinations."""
    return max((accepted_days(examination, anchor, config)[1] for examination in examinations), default=None)
