"""``manage.py rotate_identity_keys``: bring every identity under the first of IDENTITY_KEYS.

Put the new key first, keep the old one behind it, restart, run this, then take the old key out. It may be stopped and
started again at any time. docs/adr/0004-identities.md says what is encrypted.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from trial_portal.accounts.selectors import portal_itself
from trial_portal.participants.actions import rotate_identities


class Command(BaseCommand):
    help = "Encrypt every identity with the first of IDENTITY_KEYS and make its digests anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="identities in one transaction (500)")
        parser.add_argument("--after", type=int, default=0, help="go on after this key (0)")

    def handle(self, *, batch: int, after: int, **options: Any) -> None:
        portal, written = portal_itself(), 0
        while (step := rotate_identities(by=portal, at=timezone.now(), after=after, size=batch)) is not None:
            after, changed = step
            written += changed
            self.stdout.write(f"up to {after}: {written} encrypted anew")
        self.stdout.write(f"Done: {written} encrypted anew; all identities are under the first key.")
