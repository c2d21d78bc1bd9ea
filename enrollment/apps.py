from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    """Recruitment and enrollment."""

    name = "enrollment"

    def ready(self) -> None:
        """Show the enrollment on the page of its participant."""
        from enrollment.panels import enrollment_panel
        from trial_portal.participants.panels import PANELS

        PANELS.append(enrollment_panel)
