"""Is this person eligible? The protocol as code, the screening forms, the screening record, review and sign-off."""
