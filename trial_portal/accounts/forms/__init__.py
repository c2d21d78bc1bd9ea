"""Every form of accounts."""
