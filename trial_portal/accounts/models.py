"""Users, sites, approvals of sites, delegations, sign-ins.

Boundary: fields and constraints; every write is in ``actions``, every read in ``selectors``. Design: "The records",
"Roles and tasks".
"""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.permissions import Role, Task
from trial_portal.audit.ledger import ledger


def check_time_zone(name: str) -> None:
    """Raise ValidationError unless ``name`` is a zone of the tz database."""
    if name not in available_timezones():
        raise ValidationError(_("“%(zone)s” is not a time zone. Write it like Asia/Shanghai.") % {"zone": name})


class User(AbstractBaseUser):
    """One person, one account, never reassigned (21 CFR 11.100): a user name is not changed and not used again.

    ``session_epoch`` rises when the account is disabled, its password set anew or its delegations change: all its
    sessions end then. ``is_system``: the portal itself; nobody can sign in with it.
    """

    username = models.CharField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[
            RegexValidator(r"^[a-z0-9][a-z0-9._-]*$", _("Use small letters, digits, dots, hyphens and underscores."))
        ],
    )
    printed_name = models.CharField(_("printed name"), max_length=200)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone at work"), max_length=50, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_system = models.BooleanField(default=False)
    must_change_password = models.BooleanField(default=False)
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())
    last_login = None  # type: ignore[assignment]  # sign-ins have a table of their own

    objects: BaseUserManager[User] = BaseUserManager()

    USERNAME_FIELD = "username"

    class Meta:
        ordering = ["printed_name", "id"]
        triggers = ledger(
            "id username printed_name email phone is_active is_system must_change_password session_epoch created_at",
            redacted="password",
            mutable=True,
        )

    def __str__(self) -> str:
        return self.printed_name

    def get_session_auth_hash(self) -> str:
        return salted_hmac(
            "trial_portal.accounts.User", f"{self.password}:{self.session_epoch}", algorithm="sha256"
        ).hexdigest()

    def get_session_auth_fallback_hash(self):  # type: ignore[no-untyped-def]
        return iter(())


class SignIn(models.Model):
    """Somebody signed in, out, or failed to. The typed name is not kept: it may be a password typed too early."""

    class Event(models.TextChoices):
        IN = "in", _("signed in")
        OUT = "out", _("signed out")
        FAILED = "failed", _("wrong password")
        LOCKED = "locked", _("too many attempts")

    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="sign_ins")
    event = models.CharField(max_length=8, choices=Event)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["user", "-at"])]
        triggers = ledger("id user_id event at")


class UserStep(models.Model):
    """One step of an account: made, changed, disabled, password set anew, let in again. Never changed.

    ``changes``: the fields that changed, each with ``[old, new]``; a password is never among them.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id user_id action by_id reason changes recorded_at")


class SignatureStatement(models.Model):
    """A person accepted, once, that their electronic signature binds like one by hand (21 CFR 11.10(j), 11.100(c))."""

    user = models.OneToOneField(User, models.PROTECT, related_name="signature_statement")
    text = models.TextField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = ledger("id user_id text at")


class Site(models.Model):
    """A hospital taking part. ``code`` stands in every number (``S-01-0001``) and is never changed."""

    code = models.CharField(
        _("code"), max_length=4, unique=True, validators=[RegexValidator(r"^[0-9]{2,4}$", _("Two to four digits."))]
    )
    name = models.CharField(_("name"), max_length=200)
    short_name = models.CharField(_("short name"), max_length=40)
    city = models.CharField(_("city"), max_length=80)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Shanghai", validators=[check_time_zone])
    is_active = models.BooleanField(_("takes part"), default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["code"]
        triggers = ledger("id code name short_name city time_zone is_active created_at", mutable=True)

    def __str__(self) -> str:
        return f"{self.code} · {self.short_name}"

    @property
    def zone(self) -> ZoneInfo:
        """The site's time zone."""
        return ZoneInfo(self.time_zone)

    def day(self, at: datetime) -> date:
        """The calendar day at the site at that moment."""
        return at.astimezone(self.zone).date()


class SiteStep(models.Model):
    """One step of a site: added, changed, no longer taking part. ``changes`` as in :class:`UserStep`. Never changed."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id site_id action by_id reason changes recorded_at")


STRUCK_COLUMNS = "struck_by_id struck_at struck_reason"


class Strikable(models.Model):
    """A row that may have been entered in error: struck with a reason, never deleted, and shown to those who ask."""

    struck_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField(null=True)
    struck_reason = models.TextField(blank=True)

    class Meta:
        abstract = True

    @property
    def is_struck(self) -> bool:
        """Whether it was entered in error."""
        return self.struck_at is not None


class SiteApproval(Strikable):
    """A protocol version may be used at a site: ethics committee and site approval, each with its date.

    In force from the later of the two dates; ``expires_on`` is the last day. Never changed; a wrong one is struck.
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="approvals")
    protocol_label = models.CharField(_("protocol version"), max_length=100)
    ethics_committee = models.CharField(_("ethics committee"), max_length=200)
    ethics_reference = models.CharField(_("reference"), max_length=100)
    ethics_approved_on = models.DateField(_("approved by the ethics committee on"))
    site_approved_on = models.DateField(_("approved by the site on"))
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-ethics_approved_on", "-id"]
        triggers = ledger(
            "id site_id protocol_label ethics_committee ethics_reference ethics_approved_on site_approved_on"
            f" expires_on recorded_by_id recorded_at {STRUCK_COLUMNS}",
            mutable=True,
        )


class Delegation(models.Model):
    """A person's authority: a role with tasks at a site (none: the whole study), from a day to a day inclusive.

    Proposed by an admin; in force when the site's principal investigator signs it. A site's first principal
    investigator, and roles of the whole study, are signed by another admin. Authority ends the day after ``until``.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        SIGNED = "signed", _("Signed")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    user = models.ForeignKey(User, models.PROTECT, related_name="delegations", verbose_name=_("person"))
    site = models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="delegations")
    role = models.CharField(
        _("role"), max_length=12, choices=[(role.value, _(role.value.capitalize())) for role in Role]
    )
    principal = models.BooleanField(_("principal investigator"), default=False)
    tasks = ArrayField(
        models.CharField(max_length=20, choices=[(task.value, task.value) for task in Task]), default=list, blank=True
    )
    trained_on = models.DateField(_("trained on"))
    starts_on = models.DateField(_("from"))
    until = models.DateField(_("last day"), null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["site__code", "user__printed_name", "id"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_it_starts",
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="delegation_principal_is_investigator_of_a_site",
                condition=models.Q(principal=False) | models.Q(role=Role.INVESTIGATOR.value, site__isnull=False),
            ),
            models.CheckConstraint(
                name="delegation_without_site_is_admin_or_monitor",
                condition=models.Q(site__isnull=False) | models.Q(role__in=[Role.ADMIN.value, Role.MONITOR.value]),
            ),
        ]
        triggers = ledger(
            "id user_id site_id role principal tasks trained_on starts_on until status proposed_by_id recorded_at",
            mutable=True,
        )


class DelegationStep(models.Model):
    """One step of a delegation: proposed, signed, declined, withdrawn, or its last day set. Never changed."""

    delegation = models.ForeignKey(Delegation, models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    event_date = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id delegation_id action source target by_id reason event_date recorded_at")
