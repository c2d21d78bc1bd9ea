"""Every write of the screening record, by subject: the record's steps, its answers, evidence, review and signature."""
