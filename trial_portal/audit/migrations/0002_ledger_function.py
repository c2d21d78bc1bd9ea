"""The ledger function, before any table that it watches. A new version of it is a new file and a new migration."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "ledger_1.sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    run_before = [("accounts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            SQL.read_text(encoding="utf-8"),
            "DROP FUNCTION portal_ledger; DROP FUNCTION portal_digest; DROP TABLE audit_key, audit_generation;",
        )
    ]
