"""The frame of every page: who may open it, how forms answer, how dates and icons look, pages for errors.

Boundary: knows accounts (who is there), no participant.
"""
