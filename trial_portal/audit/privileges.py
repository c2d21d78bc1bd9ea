"""What the application role may do on each table: exactly what the models declare, and nothing on any other table.

Boundary: rights of one database role. Design: ledger.md, Roles.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections

from trial_portal.audit.ledger import declaration_of

EXEMPT = {
    "django_session": "SELECT, INSERT, UPDATE, DELETE",  # who is signed in now; sign-ins have a table of their own
    "axes_accessattempt": "SELECT, INSERT, UPDATE, DELETE",  # counters of the lockout
    "axes_accessattemptexpiration": "SELECT, INSERT, UPDATE, DELETE",
    "axes_accessfailurelog": "SELECT, INSERT, UPDATE, DELETE",
    "axes_accesslog": "SELECT, INSERT, UPDATE, DELETE",
    "django_content_type": "SELECT",  # Django's own bookkeeping, written by migrations
    "django_migrations": "SELECT",
    "auth_permission": "SELECT",
    "auth_group": "SELECT",
    "auth_group_permissions": "SELECT",
    "audit_event": "SELECT",  # the ledger itself
    "audit_generation": "SELECT",
    "audit_key": "",  # read by the ledger function alone
}
"""Tables that the ledger does not keep, with the rights on them and the reason."""


def rights() -> dict[str, str]:
    """For each table, the rights of the application role, as GRANT wants them; "" for none."""
    declared = dict(EXEMPT)
    for model in apps.get_models(include_auto_created=True):
        declaration = declaration_of(model)
        if declaration is not None:
            declared[model._meta.db_table] = "SELECT, INSERT, UPDATE" if declaration.mutable else "SELECT, INSERT"
    return declared


def grant_after_migrate(using: str, **kwargs: Any) -> None:
    """Give the application role its rights; an owner's work, so nothing happens under another role."""
    connection = connections[using]
    role = connection.ops.quote_name(settings.APPLICATION_ROLE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == settings.APPLICATION_ROLE:
            return
        tables = set(connection.introspection.table_names(cursor))
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}")
        for table, granted in rights().items():
            if table in tables and granted:
                cursor.execute(f"GRANT {granted} ON {connection.ops.quote_name(table)} TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute("SELECT to_regclass('audit_event_id_seq')")
        if cursor.fetchone()[0]:
            cursor.execute(f"REVOKE ALL ON SEQUENCE audit_event_id_seq FROM {role}")
