from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AuditConfig(AppConfig):
    """The ledger. After each migration the application role gets exactly the rights that the models declare."""

    name = "trial_portal.audit"
    label = "audit"

    def ready(self) -> None:
        from trial_portal.audit.privileges import grant_after_migrate

        # The only signal: a migration that brings a table has to bring its rights, whoever starts it.
        post_migrate.connect(grant_after_migrate, dispatch_uid="audit.privileges")
