from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The screening record, its forms, review and signature."""

    name = "screening"
