"""The participant flow (the enrolment part of CONSORT): assessed = excluded + pending + enrolled.

Everybody is at exactly one place. ``places`` says which, from the facts of ``counts``; ``picture`` draws it.

Boundary: reads, made from rows that never change by their time of entry; never from the ledger.
"""

from enrollment.flow.counts import Flow, flow_of, participants_at, prescreened_at
from enrollment.flow.places import PLACES, Place

__all__ = ["PLACES", "Flow", "Place", "flow_of", "participants_at", "prescreened_at"]
