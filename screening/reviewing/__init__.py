"""What an investigator needs to decide on a record: what to look at first, to judge, to confirm, and what is signed.

Boundary: reads and pure functions; every write is in ``screening.actions``. Design: "The way through", "Signature".
"""
