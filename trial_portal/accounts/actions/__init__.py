"""Every write of accounts."""

from trial_portal.accounts.actions.authentication import confirm_password, sign_in, sign_out, with_password
from trial_portal.accounts.actions.delegations import (
    decline_delegation,
    end_delegation,
    propose_delegation,
    sign_delegation,
    withdraw_delegation,
)
from trial_portal.accounts.actions.set_up import NewPerson, NewSite, set_up_study
from trial_portal.accounts.actions.sites import add_approval, change_site, create_site, strike_approval
from trial_portal.accounts.actions.users import (
    accept_statement,
    change_password,
    change_user,
    create_user,
    disable_user,
    enable_user,
    set_password,
    unlock_user,
)

__all__ = [
    "NewPerson",
    "NewSite",
    "accept_statement",
    "add_approval",
    "change_password",
    "change_site",
    "change_user",
    "confirm_password",
    "create_site",
    "create_user",
    "decline_delegation",
    "disable_user",
    "enable_user",
    "end_delegation",
    "propose_delegation",
    "set_password",
    "set_up_study",
    "sign_delegation",
    "sign_in",
    "sign_out",
    "strike_approval",
    "unlock_user",
    "with_password",
    "withdraw_delegation",
]
