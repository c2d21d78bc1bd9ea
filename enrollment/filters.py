"""What may be asked of a log and of the flow: site, status, criterion, as of when, in which order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from enrollment.logs import Asked
from trial_portal.accounts.models import Site
from trial_portal.accounts.permissions import Authority

WRITE_IT = _("Write a day as 2026-10-20, or with a time as 2026-10-20 14:40.")


class AsOfField(forms.CharField):
    """A moment of entry: a day (its end) or a day with a time, in the zone that the form says. None: as it stands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("As of"),
            required=False,
            max_length=16,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            help_text=_("2026-10-20 or 2026-10-20 14:40; empty: now"),
            error_messages={"max_length": WRITE_IT},
            **kwargs,
        )

    def moment(self, text: str, zone: ZoneInfo, at: datetime) -> datetime | None:
        """The moment meant; None for one that is not over yet, which is as it stands. Raises ValidationError."""
        try:
            day = parse_date(text)
            whole = None if day else parse_datetime(text.replace(" ", "T"))
        except ValueError:
            day = whole = None
        if day is None and whole is None:
            raise ValidationError(WRITE_IT)
        if day is not None:
            meant = datetime.combine(day + timedelta(days=1), datetime.min.time(), zone)
            if day > at.astimezone(zone).date():
                raise ValidationError(_now("This day lies in the future. Leave it empty for now."))
            return meant if meant <= at else None
        if whole is None or whole.tzinfo is not None:
            raise ValidationError(WRITE_IT)
        meant = whole.replace(tzinfo=zone)
        if meant > at:
            raise ValidationError(_now("This moment lies in the future. Leave it empty for now."))
        return meant


class Filters(forms.Form):
    """The filters of a log. ``statuses`` and ``criteria`` are left out where there is nothing to choose."""

    site = forms.ModelChoiceField(label=_("Site"), queryset=None, required=False, empty_label=_("All sites"))
    status = forms.ChoiceField(label=_("Status"), required=False)
    criterion = forms.ChoiceField(label=_("Failing criterion"), required=False)
    as_of = AsOfField()

    def __init__(
        self,
        data: Any,
        *,
        authority: Authority,
        at: datetime,
        sites: Any,
        statuses: Sequence[tuple[str, Any]] = (),
        status_label: Any = "",
        criterion_label: Any = "",
    ) -> None:
        super().__init__(data or {}, auto_id="filter_%s")
        self.authority, self.at, self.sites = authority, at, sites
        self.fields["site"].queryset = sites  # type: ignore[attr-defined]
        if len(sites) < 2:
            del self.fields["site"]
        if statuses:
            self.fields["status"].choices = [("", _("All")), *statuses]  # type: ignore[attr-defined]
            self.fields["status"].label = status_label or self.fields["status"].label
        else:
            del self.fields["status"]
        if criterion_label:
            choices = [("", _("Any")), *((c.id, f"{c.id} · {c.title}") for c in settings.PROTOCOL.criteria)]
            self.fields["criterion"].choices = choices  # type: ignore[attr-defined]
            self.fields["criterion"].label = criterion_label
        else:
            del self.fields["criterion"]

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which "as of" is read: that of the site asked for, of the only site, else the study's."""
        site: Site | None = self.cleaned_data.get("site") if self.is_bound and hasattr(self, "cleaned_data") else None
        site = site or (self.sites[0] if len(self.sites) == 1 else None)
        return site.zone if site else ZoneInfo(settings.TIME_ZONE)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        text = (cleaned.get("as_of") or "").strip()
        if text:
            field: AsOfField = self.fields["as_of"]  # type: ignore[assignment]
            try:
                cleaned["moment"] = field.moment(text, self.zone, self.at)
            except ValidationError as problem:
                self.add_error("as_of", problem)
        return cleaned

    def asked(self, sort: str = "") -> Asked:
        """What is asked for. Of a form that is not valid: nothing chosen."""
        chosen = self.cleaned_data if self.is_valid() else {}
        return Asked(
            self.authority,
            self.at,
            chosen.get("moment"),
            chosen.get("site"),
            chosen.get("status", ""),
            chosen.get("criterion", ""),
            sort,
        )
