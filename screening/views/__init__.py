"""Pages of the screening record."""
