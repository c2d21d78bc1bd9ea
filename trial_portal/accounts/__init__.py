"""Who may do what where: users, sites and their approvals, delegations, signing in.

Boundary: knows no participant. A permission is always asked for a site and a day (:mod:`.permissions`).
"""
