"""Pages of the participant flow: the picture with its table, and the rows behind each number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from enrollment.filters import Filters
from enrollment.flow import PLACES, Flow, flow_of, participants_at, prescreened_at
from enrollment.flow.picture import excluded_in_words, in_order, picture
from enrollment.flow.places import Facts, Group, place_of
from enrollment.logs import Asked, Column
from enrollment.views.logs import MOST_COUNTED, ROWS
from trial_portal.accounts.permissions import May
from trial_portal.frame.pages import READ, PortalRequest, page
from trial_portal.frame.templatetags.portal import day
from trial_portal.participants.selectors import count_up_to, sites_where, window
from trial_portal.participants.tables import link

GROUPS = {
    Group.BEFORE: _("Excluded before registration"),
    Group.AFTER: _("Excluded after registration"),
    Group.PENDING: _("Pending"),
    Group.ENROLLED: _("Enrolled"),
}
WHOLE = {"assessed": _("Assessed for eligibility"), "registered": _("Registered")}


def _asked(request: PortalRequest) -> tuple[Filters, Asked]:
    form = Filters(
        request.GET,
        authority=request.authority,
        at=request.at,
        sites=sites_where(request.authority, May.SEE_RECORDS),
    )
    return form, form.asked()


def _address(request: PortalRequest) -> Any:
    kept = {name: request.GET[name] for name in ("site", "as_of") if request.GET.get(name)}

    def address(place: str, criterion: str = "") -> str:
        query = urlencode(kept | ({"criterion": criterion} if criterion else {}))
        url = reverse("flow:rows", args=[place])
        return f"{url}?{query}" if query else url

    return address


@page(May.SEE_RECORDS, READ)
def overview(request: PortalRequest) -> HttpResponse:
    """The flow as of a moment: picture and table; every number opens its rows."""
    form, asked = _asked(request)
    flow = flow_of(asked)
    address = _address(request)
    context = {
        "form": form,
        "asked": asked,
        "zone": form.zone,
        "flow": flow,
        "picture": picture(flow, address),
        "table": _table(flow, address),
        "excluded": excluded_in_words(flow),
        "pending": flow.of(Group.PENDING),
        "enrolled": flow.of(Group.ENROLLED),
    }
    return render(request, "flow/flow.html", context, status=200 if form.is_valid() else 422)


def _table(flow: Flow, address: Any) -> list[dict[str, Any]]:
    """The same numbers, one line each: parts, their places, criteria."""
    rows = [_line(0, WHOLE["assessed"], flow.assessed, address("assessed"))]
    for group, label in GROUPS.items():
        rows.append(_line(0, label, flow.of(group), address(group.value)))
        for place in PLACES.values():
            if place.group is not group:
                continue
            rows.append(_line(1, place.label, flow.numbers[place.key], address(place.key)))
            told = flow.criteria.get(place.key, {})
            rows += [_line(2, name or _("none named"), told[name], address(place.key, name)) for name in in_order(told)]
    return rows


def _line(depth: int, label: Any, number: int, url: str) -> dict[str, Any]:
    return {"depth": depth, "label": label, "number": number, "url": url}


@page(May.SEE_RECORDS, READ)
def rows(request: PortalRequest, place: str) -> HttpResponse:
    """The people behind one number: participants, coded, and prescreening entries, which have no number."""
    places = _places(place)
    form, asked = _asked(request)
    criterion = request.GET.get("criterion", "")
    people = participants_at(asked, places, criterion)
    entries = prescreened_at(asked, places, criterion)
    marks = {name: request.GET.get(name, "") for name in ("after", "before")}
    listed = window(people, ROWS, "-id", **marks)
    counted = count_up_to(people, MOST_COUNTED)
    found = list(entries.order_by("-approached_on", "-id")[: MOST_COUNTED + 1])
    title = GROUPS.get(place) or WHOLE.get(place) or str(PLACES[place].label).capitalize()  # type: ignore[call-overload]
    context = {
        "title": f"{title} · {criterion}" if criterion else title,
        "asked": asked,
        "zone": form.zone,
        "back": _back(request),
        "participants": _drawn(PARTICIPANT, listed.rows) if listed.rows else [],
        "participant_columns": [{"column": column, "url": ""} for column in PARTICIPANT],
        "entries": _drawn(ENTRY, found[:MOST_COUNTED]),
        "entry_columns": [{"column": column, "url": ""} for column in ENTRY],
        "more_entries": len(found) > MOST_COUNTED,
        "window": listed,
        "counted": min(counted, MOST_COUNTED),
        "more": counted > MOST_COUNTED,
    }
    return render(request, "flow/rows.html", context, status=200 if form.is_valid() else 422)


def _places(name: str) -> Sequence[str]:
    """The places that a number stands for: one, a part's, or all."""
    if name in PLACES:
        return [name]
    if name == "assessed":
        return list(PLACES)
    found = [key for key, place in PLACES.items() if place.group == name]
    if name == "registered":
        found = [key for key, place in PLACES.items() if place.group is not Group.BEFORE]
    if not found:
        raise Http404
    return found


def _back(request: PortalRequest) -> str:
    kept = {name: request.GET[name] for name in ("site", "as_of") if request.GET.get(name)}
    return f"{reverse('flow:overview')}?{urlencode(kept)}" if kept else reverse("flow:overview")


def _place(row: Any) -> str:
    facts = Facts(row.state, row.enrolled, row.attempted, row.code, row.criterion)
    return str(PLACES[place_of(facts)].label)


PARTICIPANT: Sequence[Column[Any]] = (
    Column(
        "number",
        _("Screening no."),
        lambda row: row.number,
        lambda row: link(reverse("participants:participant", args=[row.number]), row.number),
    ),
    Column("born", _("Sex, born"), lambda row: f"{row.get_sex_at_birth_display()}, {row.birth_year}"),
    Column("site", _("Site"), lambda row: str(row.site)),
    Column("place", _("In the flow"), _place),
    Column("criterion", _("First criterion"), lambda row: row.criterion or ""),
)
ENTRY: Sequence[Column[Any]] = (
    Column("approached_on", _("Approached on"), lambda row: day(row.approached_on)),
    Column("site", _("Site"), lambda row: str(row.site)),
    Column("outcome", _("Outcome"), lambda row: str(row.get_outcome_display())),
    Column("criteria", _("Criteria"), lambda row: ", ".join(row.criteria)),
)


def _drawn(columns: Sequence[Column[Any]], found: Sequence[Any]) -> list[list[tuple[Column[Any], Any]]]:
    return [[(column, column.shown(row)) for column in columns] for row in found]
