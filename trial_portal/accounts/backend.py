"""How a session's user is loaded: with what every page asks of it, in one query."""

from __future__ import annotations

from django.contrib.auth.backends import ModelBackend

from trial_portal.accounts.models import User


class PortalBackend(ModelBackend):
    """Passwords as Django checks them; disabled accounts and the portal itself cannot sign in."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("signature_statement").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: User) -> bool:  # type: ignore[override]
        return user.is_active and not user.is_system
