"""Every page of accounts."""
