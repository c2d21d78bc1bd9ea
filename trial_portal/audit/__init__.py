"""The ledger: every change of every record, written by the database in the transaction of the change.

Boundary: knows no record by name; a model says in its ``Meta.triggers`` what the ledger keeps of it
(:func:`trial_portal.audit.ledger.ledger`). The portal never reads the ledger to decide.
"""
