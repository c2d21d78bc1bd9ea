"""The demonstration while it is set up: the days it counts from, and who is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from enrollment.demonstration.people import Person
from trial_portal.accounts.models import Site, User
from trial_portal.participants.models import Participant

PASSWORD = "portal-demo"  # noqa: S105  (said on every page of the demonstration)


@dataclass
class Study:
    """The study while it is set up: the day it is loaded for, and who is there by user name."""

    now: datetime
    people: dict[str, User] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    participants: list[tuple[Person, Participant]] = field(default_factory=list)

    def at(self, days_ago: int, hour: int = 10) -> datetime:
        """A moment so many days before the study is loaded, at an hour in the study's zone; never in the future."""
        site = self.sites.get("01")
        zone = site.zone if site else self.now.tzinfo
        day = self.now.astimezone(zone).date() - timedelta(days=days_ago)
        return min(datetime.combine(day, time(hour), zone), self.now)

    def day(self, days_ago: int) -> date:
        """The calendar day so many days before, in the study's zone."""
        site = self.sites.get("01")
        return self.now.astimezone(site.zone if site else self.now.tzinfo).date() - timedelta(days=days_ago)
