"""Participants, identities, ICF versions, consent, prescreening entries, possible duplicates, deviations.

Boundary: fields and constraints; every write is in ``actions``, every read in ``selectors``. Design: "The records".
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from trial_portal.accounts.models import STRUCK_COLUMNS, Site, Strikable, User
from trial_portal.audit.ledger import ledger
from trial_portal.participants.encryption import EncryptedText


class ScreeningCounter(models.Model):
    """The last screening number of a site; locked while the next one is given: no gap, no double."""

    site = models.OneToOneField(Site, models.PROTECT, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        triggers = ledger("site_id last", mutable=True)


class Participant(models.Model):
    """A person of the registry, coded. ``number`` is ``S-<site>-<nnnn>``, given once, never reused.

    ``birth_year`` is what coded pages show of the birth date. Never deleted: entered in error is a status.
    """

    class Status(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        CONSENTED = "consented", _("Consented")
        WITHDRAWN = "withdrawn", _("Withdrew consent")
        STRUCK = "struck", _("Entered in error")

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other_unknown", _("Other or unknown")

    site = models.ForeignKey(Site, models.PROTECT, related_name="participants")
    number = models.CharField(_("screening number"), max_length=12, unique=True)
    sex_at_birth = models.CharField(_("sex at birth"), max_length=13, choices=Sex)
    birth_year = models.PositiveSmallIntegerField(_("birth year"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.REGISTERED)
    registered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    registered_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["site", "status", "-id"]), models.Index(fields=["site", "-id"])]
        triggers = ledger(
            "id site_id number sex_at_birth birth_year status registered_by_id registered_at changed_at", mutable=True
        )

    def __str__(self) -> str:
        return self.number


class ParticipantStep(models.Model):
    """One step of a participant: registered, consented, withdrawn, entered in error. Never changed.

    ``event_date`` is when it happened, ``recorded_at`` when it was entered.
    """

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="steps")
    action = models.CharField(max_length=30)
    source = models.CharField(max_length=10, blank=True)
    target = models.CharField(max_length=10)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    event_date = models.DateField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger("id participant_id action source target by_id reason event_date recorded_at")


class Identity(models.Model):
    """Who a participant is: encrypted, readable only by delegated staff of the site.

    ``birth_date`` is ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``. The indexes are keyed digests for exact search and for
    duplicates across sites: of the national id; of name and birth date; of the name; of the birth date; of the record
    number with its site.
    """

    participant = models.OneToOneField(Participant, models.PROTECT, primary_key=True, related_name="identity")
    name = EncryptedText(_("name"))
    birth_date = EncryptedText(_("birth date"))
    phone = EncryptedText(_("telephone"), blank=True)
    email = EncryptedText(_("e-mail"), blank=True)
    record_number = EncryptedText(_("medical record number"), blank=True)
    national_id = EncryptedText(_("national id"), blank=True)
    national_id_index = models.CharField(max_length=64, blank=True, db_index=True)
    person_index = models.CharField(max_length=64, blank=True, db_index=True)
    name_index = models.CharField(max_length=64, blank=True, db_index=True)
    birth_date_index = models.CharField(max_length=64, blank=True, db_index=True)
    record_number_index = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        triggers = ledger(
            "participant_id",
            identified="name birth_date phone email record_number national_id national_id_index person_index name_index"
            " birth_date_index record_number_index",
            mutable=True,
        )


class IdentityShown(models.Model):
    """Somebody looked at who a participant is."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = ledger("id participant_id by_id at")


class PossibleDuplicate(models.Model):
    """When ``participant`` was registered, ``other`` looked like the same person. Resolved by an investigator.

    ``same`` is None until then; True: the same person, so one of the two is entered in error. ``explanation`` is why
    the person was registered all the same. At another site only the fact that there is one is ever told.
    """

    class Match(models.TextChoices):
        NATIONAL_ID = "national_id", _("same national id")
        PERSON = "person", _("same name and birth date")
        RECORD_NUMBER = "record_number", _("same medical record number")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="possible_duplicates")
    other = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    match = models.CharField(max_length=13, choices=Match)
    explanation = models.TextField()
    found_at = models.DateTimeField(db_default=Now())
    same = models.BooleanField(null=True)
    resolved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["participant", "other", "match"], name="possible_duplicate_once")
        ]
        triggers = ledger(
            "id participant_id other_id match explanation found_at same resolved_by_id resolved_at resolved_reason",
            mutable=True,
        )


class PrescreeningEntry(Strikable):
    """Somebody approached before consent: a day, an outcome, no identity. Wrong ones are struck, never deleted."""

    class Outcome(models.TextChoices):
        DECLINED = "declined", _("Declined")
        NOT_SUITABLE = "not_suitable", _("Not suitable")
        CONSENTED = "consented", _("Consented")

    site = models.ForeignKey(Site, models.PROTECT, related_name="prescreening_entries")
    approached_on = models.DateField(_("approached on"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome)
    criteria = models.JSONField(_("criteria not met"), default=list)
    participant = models.OneToOneField(
        Participant, models.PROTECT, null=True, blank=True, related_name="prescreening_entry"
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-approached_on", "-id"]
        indexes = [models.Index(fields=["site", "-approached_on", "-id"])]
        triggers = ledger(
            "id site_id approached_on outcome criteria participant_id note recorded_by_id recorded_at "
            + STRUCK_COLUMNS,
            mutable=True,
        )


class IcfVersion(Strikable):
    """One version of the informed consent form, in one language, of one site.

    In force at the site from ``effective_from`` to ``expires_on`` inclusive, unless a later version of the same
    language has taken its place. ``file`` is the approved PDF, private; ``sha256`` its digest (hex).
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="icf_versions")
    language = models.CharField(_("language"), max_length=10, choices=[("zh", _("Chinese")), ("en", _("English"))])
    label = models.CharField(_("version"), max_length=40)
    ethics_approved_on = models.DateField(_("approved by the ethics committee on"))
    effective_from = models.DateField(_("effective from"))
    expires_on = models.DateField(_("last day"), null=True, blank=True)
    file = models.FileField(_("approved PDF"), upload_to="icf/", max_length=200)
    sha256 = models.CharField(max_length=64)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["-effective_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "language", "label"],
                condition=models.Q(struck_at__isnull=True),
                name="icf_version_label_once",
            ),
            models.CheckConstraint(
                name="icf_version_effective_after_approval",
                condition=models.Q(effective_from__gte=models.F("ethics_approved_on")),
            ),
        ]
        triggers = ledger(
            "id site_id language label ethics_approved_on effective_from expires_on file sha256 recorded_by_id"
            f" recorded_at {STRUCK_COLUMNS}",
            mutable=True,
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.get_language_display()})"


class Consent(Strikable):
    """A participant signed a version of the ICF, as it happened: on the right version or not.

    ``signed_on`` and ``signed_time`` are in the site's zone. ``version_valid`` says whether the version was approved
    and in force at the site that day (criteria.md I5, ``icf_version_valid``), as decided when it was entered.
    """

    class SignedBy(models.TextChoices):
        PATIENT = "patient", _("The patient")
        REPRESENTATIVE = "legally_authorised_representative", _("A legally authorised representative")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="consents")
    version = models.ForeignKey(IcfVersion, models.PROTECT, related_name="consents")
    signed_on = models.DateField(_("signed on"))
    signed_time = models.TimeField(_("time"), null=True, blank=True)
    signed_by = models.CharField(_("signed by"), max_length=40, choices=SignedBy, default=SignedBy.PATIENT)
    held_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("discussion held by"))
    copy_given = models.BooleanField(_("copy given"))
    version_valid = models.BooleanField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["signed_on", "signed_time", "id"]
        triggers = ledger(
            "id participant_id version_id signed_on signed_time signed_by held_by_id copy_given version_valid"
            f" recorded_by_id recorded_at {STRUCK_COLUMNS}",
            mutable=True,
        )


class ConsentWithdrawal(Strikable):
    """A participant withdrew consent: a row of its own. One that was entered in error is struck, never deleted."""

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="withdrawals")
    withdrawn_on = models.DateField(_("withdrawn on"))
    reason_given = models.TextField(_("reason given"), blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger(
            f"id participant_id withdrawn_on reason_given recorded_by_id recorded_at {STRUCK_COLUMNS}", mutable=True
        )


class Deviation(models.Model):
    """Something was not done as the protocol and the approvals say. Never changed; what follows is a row of its own.

    ``criterion`` is its code, or "" when it concerns none.
    """

    class Kind(models.TextChoices):
        ICF_VERSION = "icf_version", _("Consent on a version not in force")
        BEFORE_CONSENT = "before_consent", _("Procedure before consent")
        INELIGIBLE = "ineligible", _("Enrolled without meeting a criterion")
        OTHER = "other", _("Other")

    participant = models.ForeignKey(Participant, models.PROTECT, related_name="deviations")
    kind = models.CharField(max_length=20, choices=Kind)
    criterion = models.CharField(max_length=4, blank=True)
    what = models.TextField(_("what happened"))
    happened_on = models.DateField(_("happened on"))
    discovered_on = models.DateField(_("discovered on"))
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, related_name="deviations")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        triggers = ledger(
            "id participant_id kind criterion what happened_on discovered_on consent_id recorded_by_id recorded_at"
        )
