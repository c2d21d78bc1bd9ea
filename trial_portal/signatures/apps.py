from django.apps import AppConfig


class SignaturesConfig(AppConfig):
    """Signatures."""

    name = "trial_portal.signatures"
    label = "signatures"
