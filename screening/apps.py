from django.apps import AppConfig


class ScreeningConfig(AppConfig):
    """The screening record, its forms, review and signature."""

    name = "screening"

    def ready(self) -> None:
        """Show the attempts on the page of their participant; a withdrawn consent ends the open one."""
        from screening.actions.records import end_without_consent
        from screening.panels import attempts_panel
        from trial_portal.participants.actions.consent import ENDED_BY_WITHDRAWAL
        from trial_portal.participants.panels import PANELS

        PANELS.append(attempts_panel)
        ENDED_BY_WITHDRAWAL.append(end_without_consent)
