from django.apps import AppConfig


class ParticipantsConfig(AppConfig):
    """The registry."""

    name = "trial_portal.participants"
    label = "participants"
