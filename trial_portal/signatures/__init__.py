"""Electronic signatures: a name, a moment, a meaning, and exactly what was signed (21 CFR 11.50, 11.70).

Boundary: knows no record; whoever signs hands in the record's name and content.
"""
