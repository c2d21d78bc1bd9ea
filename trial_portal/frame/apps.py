from django.apps import AppConfig


class FrameConfig(AppConfig):
    """What all pages share."""

    name = "trial_portal.frame"
    label = "frame"
