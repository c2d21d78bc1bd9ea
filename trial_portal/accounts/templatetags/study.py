"""Words of accounts for templates: ``{{ delegation|role_of }}``, ``{{ approval|approval_of }}``."""

from __future__ import annotations

from django import template

from trial_portal.accounts.tables import approval_of, state_of
from trial_portal.accounts.words import role_of, tasks_of

register = template.Library()

for words in (approval_of, role_of, state_of, tasks_of):
    register.filter(words.__name__, words)
