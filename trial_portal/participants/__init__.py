"""The registry: participants and who they are, people approached before consent, ICF versions, consent, deviations.

Boundary: knows no criterion and no screening. Identities are encrypted here and leave it only through
:mod:`.selectors` for somebody delegated at that site.
"""
