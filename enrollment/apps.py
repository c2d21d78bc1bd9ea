from django.apps import AppConfig


class EnrollmentConfig(AppConfig):
    """Recruitment and enrollment."""

    name = "enrollment"
