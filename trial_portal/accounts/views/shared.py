"""What the pages of the study share: one page of a table, and a page that does one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_tables2 as tables
from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from trial_portal.frame.pages import PortalRequest, done, form_page, refusals_shown

PER_PAGE = 25

Crumb = tuple[str, str]
"""Words and address of a breadcrumb."""


def paged(request: PortalRequest, table: tables.Table) -> tables.Table:
    """The table, sorted and paged as the address asks for."""
    return tables.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)


def crumbs(*above: Crumb) -> list[Crumb]:
    """The way to a page of the study, from the top down."""
    return [(_("Study"), reverse("study:overview")), *above]


def form_shown(
    request: PortalRequest,
    form: forms.BaseForm,
    *,
    title: str,
    submit: str,
    above: list[Crumb],
    here: str,
    says: str = "",
    about: str = "",
) -> HttpResponse:
    """A page with one form: ``about`` says whom or what it concerns, ``says`` what follows from it.

    Cancel leads to the last page of ``above``.
    """
    context = {"title": title, "submit": submit, "above": above, "here": here, "says": says, "about": about}
    return form_page(request, "study/act.html", form, cancel=above[-1][1], **context)


def act(
    request: PortalRequest,
    form: forms.BaseForm,
    do: Callable[..., object],
    *,
    then: str,
    **page: Any,
) -> HttpResponse:
    """A page that does one thing: ``do`` gets the form's values, who acts and when; ``then`` says what was done.

    It goes on to the last page of ``above``, where the thing can be seen.
    """
    if form.is_valid():
        with refusals_shown(form):
            do(by=request.user, at=request.at, **form.cleaned_data)
            return done(request, then, page["above"][-1][1])
    return form_shown(request, form, **page)
