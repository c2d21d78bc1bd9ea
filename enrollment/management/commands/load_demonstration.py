"""``manage.py load_demonstration``: the demonstration study, on an empty database of the local mode."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from enrollment.demonstration import study


class Command(BaseCommand):
    """Loads it once; says so and does nothing when it is there."""

    help = "Load the demonstration study (./portal run only): two sites, invented people, known passwords."

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError outside the local mode: known passwords have no place on a real server."""
        if not settings.LOCAL:
            raise CommandError("The demonstration has known passwords: it is loaded by ./portal run alone.")
        if study.is_there():
            self.stdout.write("The demonstration study is there.")
            return
        loaded = study.load(timezone.now())
        self.stdout.write(f"Loaded the demonstration study: {len(loaded.participants)} participants at two sites.")
