"""Is this person in? Recruitment, the gate, enrollment, logs and flow, and each person's home page.

Boundary: the top floor; it may read everything below, and nothing imports it.
"""
