"""The forms of the screening record, built from the protocol's items: one definition of a question, one field."""
