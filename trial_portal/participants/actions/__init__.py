"""Every write of the registry."""

from trial_portal.participants.actions.consent import (
    record_consent,
    strike_consent,
    strike_withdrawal,
    withdraw_consent,
)
from trial_portal.participants.actions.icf import add_icf_version, strike_icf_version
from trial_portal.participants.actions.identities import change_identity, rotate_identities, show_identity
from trial_portal.participants.actions.prescreening import add_prescreening_entry, strike_prescreening_entry
from trial_portal.participants.actions.registration import (
    register_participant,
    resolve_duplicate,
    strike_participant,
)

__all__ = [
    "add_icf_version",
    "add_prescreening_entry",
    "change_identity",
    "record_consent",
    "register_participant",
    "resolve_duplicate",
    "rotate_identities",
    "show_identity",
    "strike_consent",
    "strike_icf_version",
    "strike_participant",
    "strike_prescreening_entry",
    "strike_withdrawal",
    "withdraw_consent",
]
