"""Tables of the registry: which columns, and how a value is said."""

from __future__ import annotations

from datetime import date
from typing import Any

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from trial_portal.accounts.models import Strikable
from trial_portal.frame.templatetags.portal import day, icon, moment, status
from trial_portal.participants.models import Consent, IcfVersion, Participant, PrescreeningEntry

STATUS_KIND = {
    Participant.Status.REGISTERED: "todo",
    Participant.Status.CONSENTED: "ok",
    Participant.Status.WITHDRAWN: "quiet",
    Participant.Status.STRUCK: "quiet",
}
STATUS_SHAPE = {Participant.Status.WITHDRAWN: "arrow-back", Participant.Status.STRUCK: "circle-slash"}
OUTCOME_KIND = {
    PrescreeningEntry.Outcome.DECLINED: ("quiet", "circle-slash"),
    PrescreeningEntry.Outcome.NOT_SUITABLE: ("quiet", "cross"),
    PrescreeningEntry.Outcome.CONSENTED: ("ok", ""),
}


def status_of(participant: Participant) -> SafeString:
    """A participant's status: shape, word, colour."""
    of = Participant.Status(participant.status)
    return status(STATUS_KIND[of], participant.get_status_display(), STATUS_SHAPE.get(of, ""))


def link(url: str, words: Any, spoken: str = "") -> SafeString:
    """A link in a cell; ``spoken`` says its aim where the words alone do not."""
    if spoken:
        return format_html('<a href="{}">{}<span class="visually-hidden"> {}</span></a>', url, words, spoken)
    return format_html('<a href="{}">{}</a>', url, words)


def struck(row: Strikable) -> SafeString:
    """That a row was entered in error, by whom and why."""
    why = _now("struck by %(name)s: “%(reason)s”") % {"name": row.struck_by, "reason": row.struck_reason}
    return format_html(
        "{} <span class='p-muted'>{}</span>", status("quiet", _now("Entered in error"), "circle-slash"), why
    )


WRAPPED = {"td": {"class": "text-wrap"}}
NUMBERS = {"th": {"class": "p-num"}, "td": {"class": "p-num"}}
HIDES_WORDS = {"td": {"class": "position-relative"}}
"""Holds words for the ear alone, which would otherwise widen the page."""


class ParticipantTable(tables.Table):
    """The registry, coded: no name, the birth year alone. Rows come as one window of the list."""

    number = tables.Column(verbose_name=_("Screening number"), order_by=("pk",))
    born = tables.Column(verbose_name=_("Sex, born"), accessor="birth_year", orderable=False)
    site = tables.Column(verbose_name=_("Site"), accessor="site__short_name", orderable=False)
    status = tables.Column(verbose_name=_("Status"), orderable=False, attrs={"td": {"class": "bare"}})
    consent = tables.Column(verbose_name=_("First consent"), empty_values=(), orderable=False)
    changed_at = tables.Column(verbose_name=_("Last change"), orderable=False)

    class Meta:
        attrs = {"aria-label": _("Participants")}

    def render_number(self, value: str) -> SafeString:
        return link(reverse("participants:participant", args=[value]), value)

    def render_born(self, record: Participant) -> str:
        return f"{record.get_sex_at_birth_display()}, {record.birth_year}"

    def render_status(self, record: Participant) -> SafeString:
        words = status_of(record)
        if record.has_open_duplicate:  # type: ignore[attr-defined]
            return format_html('<span class="p-row">{} {}</span>', words, status("open", _now("Possible duplicate")))
        return words

    def render_consent(self, record: Participant) -> Any:
        standing = record.standing_consents  # type: ignore[attr-defined]
        first = next((one for one in standing if one.version_valid), standing[0] if standing else None)
        if first is None:
            return format_html('<span class="p-muted">{}</span>', _now("not yet"))
        words = f"{day(first.signed_on)}, {first.version}"
        if first.version_valid:
            return words
        return format_html("{} {}", words, status("open", _now("not in force"), "warning"))

    def render_changed_at(self, value: Any, record: Participant) -> str:
        return day(record.site.day(value))


class ConsentTable(tables.Table):
    """The consents of one participant, in the order of signing."""

    signed_on = tables.Column(verbose_name=_("Signed"))
    version = tables.Column(verbose_name=_("ICF version"), attrs=WRAPPED)
    held_by = tables.Column(verbose_name=_("Discussion held by"), attrs=WRAPPED)
    recorded_at = tables.Column(verbose_name=_("Entered"), attrs=WRAPPED)
    strike = tables.Column(verbose_name=_("Correction"), empty_values=(), attrs=HIDES_WORDS)

    class Meta:
        attrs = {"aria-label": _("Consents")}
        orderable = False

    def __init__(self, *args: Any, participant: Participant, may_strike: bool, **kwargs: Any) -> None:
        self.participant = participant
        super().__init__(*args, exclude=() if may_strike else ("strike",), **kwargs)

    def render_signed_on(self, record: Consent) -> SafeString:
        when = f"{day(record.signed_on)}, {record.signed_time:%H:%M}" if record.signed_time else day(record.signed_on)
        return two_lines(when, f"{self.participant.site.time_zone} · {record.get_signed_by_display()}")

    def render_version(self, record: Consent) -> SafeString:
        if record.is_struck:
            return two_lines(record.version, struck(record))
        if record.version_valid:
            return two_lines(record.version, status("ok", _now("In force that day")))
        return two_lines(record.version, status("open", _now("Not in force that day"), "warning"))

    def render_held_by(self, record: Consent) -> SafeString:
        return two_lines(record.held_by, _now("Copy given") if record.copy_given else _now("No copy given"))

    def render_recorded_at(self, value: Any, record: Consent) -> SafeString:
        late = days_later(record.signed_on, self.participant.site.day(value))
        by = f"{record.recorded_by} · {late}" if late else str(record.recorded_by)
        return two_lines(moment(value, self.participant.site), by)

    def render_strike(self, record: Consent) -> Any:
        if record.is_struck:
            return "–"
        url = reverse("participants:consent-strike", args=[self.participant.number, record.pk])
        return link(url, _now("Strike"), _now("consent of %(day)s") % {"day": day(record.signed_on)})


def two_lines(first: Any, second: Any) -> SafeString:
    """A value, and below it, smaller, what belongs to it."""
    return format_html('{}<br><span class="p-muted p-small">{}</span>', first, second)


def days_later(happened: date, entered: date) -> str:
    """“3 days later”, when something was entered on a later day than it happened; else ""."""
    late = (entered - happened).days
    return ngettext("%(days)d day later", "%(days)d days later", late) % {"days": late} if late > 0 else ""


class PrescreeningTable(tables.Table):
    """People approached before consent."""

    approached_on = tables.Column(verbose_name=_("Approached on"))
    site = tables.Column(verbose_name=_("Site"), accessor="site__short_name")
    outcome = tables.Column(verbose_name=_("Outcome"), attrs={"td": {"class": "bare"}})
    why = tables.Column(verbose_name=_("Criteria or participant"), empty_values=())
    note = tables.Column(verbose_name=_("Note"), attrs=WRAPPED, empty_values=())
    recorded_at = tables.Column(verbose_name=_("Entered"))
    strike = tables.Column(verbose_name=_("Correction"), empty_values=(), attrs=HIDES_WORDS)

    class Meta:
        attrs = {"aria-label": _("Prescreening entries")}
        orderable = False

    def __init__(self, *args: Any, may_strike: Any, **kwargs: Any) -> None:
        self.may_strike = may_strike
        super().__init__(*args, **kwargs)

    def render_approached_on(self, value: date) -> str:
        return day(value)

    def render_outcome(self, record: PrescreeningEntry) -> SafeString:
        kind, shape = OUTCOME_KIND[PrescreeningEntry.Outcome(record.outcome)]
        return status(kind, record.get_outcome_display(), shape)

    def render_why(self, record: PrescreeningEntry) -> Any:
        if record.participant is not None:
            number = record.participant.number
            return link(reverse("participants:participant", args=[number]), number)
        return ", ".join(record.criteria) or "–"

    def render_note(self, record: PrescreeningEntry) -> Any:
        return format_html("{} {}", record.note, struck(record)) if record.is_struck else record.note or "–"

    def render_recorded_at(self, value: Any, record: PrescreeningEntry) -> str:
        return f"{day(record.site.day(value))} · {record.recorded_by}"

    def render_strike(self, record: PrescreeningEntry) -> Any:
        if record.is_struck or not self.may_strike(record.site_id):
            return "–"
        url = reverse("prescreening:strike", args=[record.pk])
        return link(url, _now("Strike"), _now("entry of %(day)s") % {"day": day(record.approached_on)})


class IcfVersionTable(tables.Table):
    """The ICF versions of some sites, with how each stands today."""

    label = tables.Column(verbose_name=_("Version"), attrs=HIDES_WORDS)
    language = tables.Column(verbose_name=_("Language"))
    site = tables.Column(verbose_name=_("Site"))
    standing = tables.Column(verbose_name=_("Today"), empty_values=(), attrs={"td": {"class": "bare"}})
    ethics_approved_on = tables.Column(verbose_name=_("Approved on"))
    effective_from = tables.Column(verbose_name=_("Effective from"))
    expires_on = tables.Column(verbose_name=_("Last day"), default="–")
    standing_consents = tables.Column(verbose_name=_("Consents"), attrs=NUMBERS)
    file = tables.Column(verbose_name=_("File"), attrs=HIDES_WORDS)

    class Meta:
        attrs = {"aria-label": _("ICF versions")}
        orderable = False

    def __init__(self, *args: Any, standing: Any, **kwargs: Any) -> None:
        self.standing = standing
        super().__init__(*args, **kwargs)

    def render_label(self, record: IcfVersion) -> SafeString:
        return link(reverse("icf:version", args=[record.pk]), record.label, str(record.get_language_display()))

    def render_standing(self, record: IcfVersion) -> SafeString:
        return struck(record) if record.is_struck else self.standing(record)

    def render_ethics_approved_on(self, value: date) -> str:
        return day(value)

    def render_effective_from(self, value: date) -> str:
        return day(value)

    def render_expires_on(self, value: date) -> str:
        return day(value)

    def render_file(self, record: IcfVersion) -> SafeString:
        pdf = format_html("{} {}", icon("document"), "PDF")
        return link(reverse("icf:file", args=[record.pk]), pdf, str(record))
