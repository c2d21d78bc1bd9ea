"""The logs: one module a document, which says its columns once and serves page and CSV.

Boundary: reads, made from rows that never change (steps, evaluations, consents, enrollments) by their time of entry, so
a log as of yesterday says today what stood yesterday; never from the ledger. Documents: documents.md.
"""

from enrollment.logs.deviations import DEVIATIONS
from enrollment.logs.document import Asked, Column, Document, Listed
from enrollment.logs.enrolled import ENROLLMENT
from enrollment.logs.screened import SCREENING

__all__ = ["DEVIATIONS", "ENROLLMENT", "SCREENING", "Asked", "Column", "Document", "Listed"]
