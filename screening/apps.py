from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The screening record, its forms, review and signature."""

    name = "screening"

    def ready(self) -> None:
        """Show the attempts on the page of their participant."""
        from screening.panels import attempts_panel
        from trial_portal.participants.panels import PANELS

        PANELS.append(attempts_panel)
