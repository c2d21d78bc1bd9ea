"""A study with its admins, a site and its principal investigator, for the tests of accounts."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories import AT, PASSWORD, SiteFactory, UserFactory, person
from trial_portal.accounts import actions
from trial_portal.accounts.models import Delegation, Site, User

TODAY = date(2026, 10, 20)
WRONG = "not my password"


class Study:
    """Two admins of the whole study, a site with its principal investigator, and somebody without a delegation."""

    def __init__(self, code: str = "01") -> None:
        self.site: Site = SiteFactory(code=code)
        self.admin: User = person("admin", username="wu.jie", printed_name="Wu Jie")
        self.second: User = person("admin", username="he.qing", printed_name="He Qing")
        self.principal: User = person("investigator", self.site, principal=True, username="liu.wenhai")
        self.somebody: User = UserFactory(username="chen.yulan", printed_name="Chen Yulan")

    def propose(self, **kwargs: Any) -> Delegation:
        """Somebody proposed as coordinator of the site, from today."""
        values = {
            "by": self.admin,
            "at": AT,
            "user": self.somebody,
            "site": self.site,
            "role": "coordinator",
            "tasks": ["enter_data", "obtain_consent"],
            "trained_on": TODAY,
            "starts_on": TODAY,
        }
        return actions.propose_delegation(**(values | kwargs))

    def signed(self, **kwargs: Any) -> Delegation:
        """The same, signed by the principal investigator."""
        proposed = self.propose(**kwargs)
        return actions.sign_delegation(by=self.principal, at=AT, delegation=proposed, password=PASSWORD)
