"""The eligibility engine: answers in, outcomes with reasons out.

Boundary: Python's standard library only. No Django, no clock, no database, no trial: a trial is a
:class:`~screening.eligibility.protocol.Protocol` in a folder of ``screening/protocols/``. Start reading at
:func:`screening.eligibility.evaluation.evaluate`.
"""
