"""``manage.py set_up_study``: the first admins, the first site, and its principal investigator.

Asks for what it is not told. Passwords are made by the portal and printed once; each is for the first sign-in alone.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from trial_portal.accounts.actions import NewPerson, NewSite, set_up_study
from trial_portal.accounts.passwords import one_time_password
from trial_portal.accounts.selectors import portal_itself
from trial_portal.audit.refusals import Refused

ASKED = {
    "first_admin": "First admin, user name (small letters, digits, dots)",
    "first_admin_name": "First admin, printed name",
    "second_admin": "Second admin, user name",
    "second_admin_name": "Second admin, printed name",
    "site_code": "Site, code (two to four digits, stands in every number)",
    "site_name": "Site, name",
    "site_short_name": "Site, short name",
    "site_city": "Site, city",
    "investigator": "Principal investigator, user name",
    "investigator_name": "Principal investigator, printed name",
}
"""The command's options, each with how it is asked for when it is not given."""


class Command(BaseCommand):
    help = "Set up a study: two admins, a site and its principal investigator. Once, before anybody has an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, question in ASKED.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=question)
        parser.add_argument("--time-zone", default=settings.TIME_ZONE, help="Site, time zone")

    def handle(self, *args: Any, **options: Any) -> None:
        told = {name: options[name] or self._ask(question) for name, question in ASKED.items()}
        people = [
            NewPerson(told[role], told[f"{role}_name"], one_time_password())
            for role in ("first_admin", "second_admin", "investigator")
        ]
        site = NewSite(
            code=told["site_code"],
            name=told["site_name"],
            short_name=told["site_short_name"],
            city=told["site_city"],
            time_zone=options["time_zone"],
        )
        at = timezone.now()
        try:
            set_up_study(
                by=portal_itself(),
                at=at,
                admins=people[:2],
                site=site,
                principal=people[2],
                trained_on=timezone.localdate(at),
            )
        except Refused as refused:
            raise CommandError(refused.message) from None
        self.stdout.write("The study is set up. Hand each password over in person; it has to be changed at once.")
        for person in people:
            self.stdout.write(f"  {person.username}: {person.password}")

    def _ask(self, question: str) -> str:
        try:
            return input(f"{question}: ").strip()
        except EOFError:
            raise CommandError(f"Tell it as an option, or answer: {question}.") from None
