from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, sites, approvals, delegations."""

    name = "trial_portal.accounts"
    label = "accounts"
