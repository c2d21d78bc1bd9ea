"""Source documents: a private file or words that say where the source lies, attached to criteria, struck with a reason.

Order in each: permission, state, guard, write. A file is kept under a random name; its type is told by its content.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from screening.actions.steps import live, locked
from screening.files import ENDINGS, MOST_BYTES, content_type
from screening.models import ScreeningRecord, SourceDocument
from screening.selectors import protocol_of
from screening.workflow import OPEN
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import May
from trial_portal.audit.actions import action
from trial_portal.audit.refusals import Refused
from trial_portal.participants.identities import coded
from trial_portal.participants.selectors import person_of


@action
def attach_document(
    *,
    by: User,
    at: datetime,
    record: ScreeningRecord,
    criteria: Sequence[str],
    title: str,
    file: File[bytes] | None = None,
    location: str = "",
) -> SourceDocument:
    """Attach a source to some criteria (their ids): a PDF, PNG or JPEG up to 10 MB, or its location in words.

    Raises Refused for a file that is not what it says, for neither or both, and once the attempt is decided or ended.
    """
    record = locked(record, by=by, at=at, may=May.SCREEN)
    _open(record)
    known = {criterion.id for criterion in protocol_of(record).criteria}
    if not criteria or not known.issuperset(criteria):
        raise Refused(_("Choose the criteria that this source proves."), "criteria")
    if not title.strip():
        raise Refused(_("Say what it is, such as: blood count report."), "title")
    if (file is None) == (not location.strip()):
        raise Refused(_("Choose a file, or say in words where the source lies: one of the two."), "file")
    person = person_of(record.participant.identity)
    document = SourceDocument(
        record=record,
        criteria=sorted(set(criteria)),
        title=coded(title, "title", person),
        location=coded(location, "location", person),
        recorded_by=by,
    )
    if file is None:
        document.save()
        return document
    content = _content(file)
    document.content_type = content_type(content)
    document.size, document.sha256 = len(content), hashlib.sha256(content).hexdigest()
    document.file.save(f"{uuid.uuid4().hex}.{ENDINGS[document.content_type]}", ContentFile(content), save=False)
    try:
        document.save()
    except Exception:
        document.file.delete(save=False)
        raise
    return document


@action
def strike_document(*, by: User, at: datetime, document: SourceDocument, reason: str) -> SourceDocument:
    """A source was attached in error: it stays on file, struck, with the reason."""
    record = locked(document.record, by=by, at=at, may=May.SCREEN)
    _open(record)
    row = SourceDocument.objects.select_for_update(of=("self",)).get(pk=document.pk, record=record)
    if row.is_struck:
        raise Refused(_("This source was struck before. Nothing was changed."))
    if not reason.strip():
        raise Refused(_("Say why. The reason stays in the history."), "reason")
    row.struck_by, row.struck_at, row.struck_reason = (
        by,
        at,
        coded(reason, "reason", person_of(record.participant.identity)),
    )
    row.save(update_fields=["struck_by", "struck_at", "struck_reason"])
    return row


def _open(record: ScreeningRecord) -> None:
    live(record)
    if record.status not in OPEN:
        raise Refused(
            _("This record is “%(state)s”: nothing is attached or struck any more.")
            % {"state": record.get_status_display()}
        )


def _content(file: File[bytes]) -> bytes:
    """The bytes of a file that is taken. Raises Refused for one that is too large or not what it says."""
    if (file.size or 0) > MOST_BYTES:
        raise Refused(_("The file is larger than 10 MB. Save it smaller, or scan it with fewer pixels."), "file")
    content = file.read()
    if not content_type(content):
        raise Refused(
            _("This file is not a whole PDF, PNG or JPEG, whatever its name says. Save or scan it again as one."),
            "file",
        )
    return content
