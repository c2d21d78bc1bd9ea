#!/usr/bin/env python3
"""Django's command line. Commands that change the schema run as the owner role, all others as the application role."""

import os
import sys

OWNER_COMMANDS = {"createcachetable", "makemigrations", "migrate", "pgtrigger", "showmigrations", "sqlmigrate"}


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trial_portal.settings")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        os.environ["PORTAL_DATABASE_ROLE"] = "owner"

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
