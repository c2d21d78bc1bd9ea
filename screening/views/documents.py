"""Source documents of a record: attach one, read its file, strike it."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from screening.actions.documents import attach_document, strike_document
from screening.files import ENDINGS
from screening.forms.records import DocumentForm
from screening.models import SourceDocument
from screening.selectors import documents, protocol_of
from screening.views.record import record_of
from trial_portal.accounts.permissions import May
from trial_portal.frame.forms import ReasonForm
from trial_portal.frame.pages import READ, WRITE, PortalRequest, done, form_page, page, refusals_shown


@page(May.SCREEN, WRITE)
def add(request: PortalRequest, number: str, attempt: int, card_id: str) -> HttpResponse:
    """Attach a source to a criterion, and to others that it proves too."""
    record = record_of(request, number, attempt)
    request.authority.check(May.SCREEN, record.participant.site_id)
    criteria = [(one.id, f"{one.id} {one.title}") for one in protocol_of(record).criteria]
    if card_id not in dict(criteria):
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = DocumentForm(*sent, criteria=criteria, initial={"criteria": [card_id]})
    if form.is_valid():
        with refusals_shown(form):
            attach_document(by=request.user, at=request.at, record=record, **form.cleaned_data)
            back = reverse("screening:record", args=[number, attempt])
            return done(request, _("The source is attached to %(id)s.") % {"id": card_id}, f"{back}#{card_id}")
    return form_page(request, "screening/document_add.html", form, record=record, card_id=card_id)


def _document(request: PortalRequest, number: str, attempt: int, pk: int) -> SourceDocument:
    rows = documents(request.authority)
    return get_object_or_404(rows, pk=pk, record__participant__number=number, record__attempt=attempt)


@page(May.SEE_RECORDS, READ)
def document(request: PortalRequest, number: str, attempt: int, pk: int) -> FileResponse:
    """The file of a source, to those who see the record; its type is what its content said when it was attached."""
    found = _document(request, number, attempt, pk)
    if not found.file:
        raise Http404
    name = f"{number}-{attempt}-source-{found.pk}.{ENDINGS[found.content_type]}"
    return FileResponse(found.file.open("rb"), filename=name, content_type=found.content_type)


@page(May.SCREEN, WRITE)
def strike(request: PortalRequest, number: str, attempt: int, pk: int) -> HttpResponse:
    """A source was attached in error."""
    found = _document(request, number, attempt, pk)
    request.authority.check(May.SCREEN, found.record.participant.site_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals_shown(form):
            strike_document(by=request.user, at=request.at, document=found, reason=form.cleaned_data["reason"])
            back = reverse("screening:record", args=[number, attempt])
            says = _("The source is struck. It stays on file, with your reason.")
            return done(request, says, f"{back}#{found.criteria[0]}")
    return form_page(request, "screening/document_strike.html", form, record=found.record, document=found)
