from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    """Recruitment and enrollment."""

    name = "enrollment"

    def ready(self) -> None:
        """Show the enrollment on the page of its participant; a withdrawn consent ends it."""
        from enrollment.actions.status import leave_without_consent
        from enrollment.panels import enrollment_panel
        from trial_portal.participants.actions.consent import ENDED_BY_WITHDRAWAL
        from trial_portal.participants.panels import PANELS

        PANELS.append(enrollment_panel)
        ENDED_BY_WITHDRAWAL.append(leave_without_consent)
