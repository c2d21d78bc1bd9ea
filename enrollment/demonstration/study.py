"""Setting the demonstration study up: accounts, two sites, delegations, approvals, ICF versions, the registry.

Every step is the action that a person would take, with a moment in the past; entry times are the database's, today.
"""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction

from enrollment.actions import open_recruitment, set_target
from enrollment.demonstration.pdf import one_page
from enrollment.demonstration.people import APPROACHED, PEOPLE, Person
from enrollment.demonstration.plan import PASSWORD, Study
from enrollment.demonstration.tales import tell
from trial_portal.accounts.actions import delegations, set_up, sites, users
from trial_portal.accounts.models import User
from trial_portal.accounts.permissions import TASKS_OF, Role
from trial_portal.accounts.selectors import authority_of, user_named
from trial_portal.accounts.selectors import sites as sites_of
from trial_portal.accounts.words import STATEMENT
from trial_portal.audit.actions import SYSTEM_USER
from trial_portal.participants import selectors as registry
from trial_portal.participants.actions import consent, icf, prescreening, registration
from trial_portal.participants.models import IcfVersion, Participant

_FIRST = "for-the-first-day"

STAFF = (
    ("investigator2", "Dr Shen Rong", "02", Role.INVESTIGATOR, True),
    ("investigator3", "Dr Pan Lei", "01", Role.INVESTIGATOR, False),
    ("coordinator", "Chen Yulan", "01", Role.COORDINATOR, False),
    ("coordinator2", "Zhou Min", "02", Role.COORDINATOR, False),
    ("monitor", "Hu Ping", None, Role.MONITOR, False),
)


def is_there() -> bool:
    """Whether the demonstration study was loaded before."""
    return user_named("coordinator") is not None


def load(now: datetime) -> Study:
    """Set the whole study up, or nothing of it."""
    study = Study(now)
    with transaction.atomic():
        _accounts(study)
        _delegations(study)
        _approvals(study)
        _recruitment(study)
        _registry(study)
        tell(study)
    return study


def _accounts(study: Study) -> None:
    portal = user_named(SYSTEM_USER) or User(username=SYSTEM_USER, printed_name="The portal", is_system=True)
    set_up.set_up_study(
        by=portal,
        at=study.at(200),
        admins=[
            set_up.NewPerson("admin", "Wu Jie", _FIRST, phone="ext. 6120"),
            set_up.NewPerson("admin2", "Qian Bo", _FIRST, phone="ext. 6121"),
        ],
        site=set_up.NewSite("01", "Jiangxi Provincial People's Hospital", "Nanchang", "Nanchang", "Asia/Shanghai"),
        principal=set_up.NewPerson("investigator", "Dr Liu Jun", _FIRST),
        trained_on=study.day(210),
    )
    for name in ("admin", "admin2", "investigator"):
        _first_day(study, name, 199)
    admin = study.people["admin"]
    for username, printed_name, *_where in STAFF:
        users.create_user(by=admin, at=study.at(190), username=username, printed_name=printed_name, password=_FIRST)
        _first_day(study, username, 189)
    sites.create_site(
        by=admin,
        at=study.at(190),
        code="02",
        name="Ganzhou Riverside Hospital (invented)",
        short_name="Ganzhou",
        city="Ganzhou",
        time_zone="Asia/Shanghai",
    )

    study.sites = {site.code: site for site in sites_of(authority_of(admin, study.now), study.now)}


def _first_day(study: Study, username: str, days_ago: int) -> None:
    """Somebody changes the first password and accepts that signatures bind."""
    user = user_named(username)
    if user is None:
        raise LookupError(username)
    users.change_password(by=user, at=study.at(days_ago), old=_FIRST, new=PASSWORD)
    user = user_named(username)
    users.accept_statement(by=user, at=study.at(days_ago), text=str(STATEMENT))
    study.people[username] = user


def _delegations(study: Study) -> None:
    admin, second = study.people["admin"], study.people["admin2"]
    for username, _name, code, role, principal in STAFF:
        site = study.sites[code] if code else None
        row = delegations.propose_delegation(
            by=admin,
            at=study.at(185),
            user=study.people[username],
            site=site,
            role=role.value,
            principal=principal,
            tasks=sorted(task.value for task in TASKS_OF[role]),
            trained_on=study.day(186),
            starts_on=study.day(184),
        )
        signer = second
        if site is not None and not principal:
            signer = study.people["investigator" if code == "01" else "investigator2"]
        delegations.sign_delegation(
            by=signer, at=study.at(183 if principal else 181), delegation=row, password=PASSWORD
        )


def _approvals(study: Study) -> None:
    admin = study.people["admin"]
    for code, committee in (("01", "Ethics committee, Nanchang"), ("02", "Ethics committee, Ganzhou")):
        site = study.sites[code]
        sites.add_approval(
            by=admin,
            at=study.at(170),
            site=site,
            protocol_label=settings.PROTOCOL.label,
            ethics_committee=committee,
            ethics_reference=f"2026-{code}",
            ethics_approved_on=study.day(176),
            site_approved_on=study.day(172),
        )
        for label, language, since, expires in (
            ("v2.0", "zh", 165, None),
            ("v3.0", "zh", 42, -320),
            ("v3.0", "en", 42, -320),
        ):
            icf.add_icf_version(
                by=admin,
                at=study.at(since),
                site=site,
                language=language,
                label=label,
                ethics_approved_on=study.day(since + 4),
                effective_from=study.day(since),
                expires_on=study.day(expires) if expires is not None else None,
                file=ContentFile(
                    one_page(
                        [
                            "Informed consent form: demonstration, not for use",
                            f"Version {label}, language {language}, site {code}",
                        ]
                    ),
                    name=f"icf-{label}.pdf",
                ),
            )


def _recruitment(study: Study) -> None:
    admin = study.people["admin"]
    set_target(by=admin, at=study.at(80), target=10, reason="Ten participants are planned (registry mirror).")
    open_recruitment(by=admin, at=study.at(80), reason="Ethics and site approval of protocol 1.0 on file.")


def _registry(study: Study) -> None:
    criteria = [criterion.id for criterion in settings.PROTOCOL.criteria]
    for one in APPROACHED:
        prescreening.add_prescreening_entry(
            by=_coordinator(study, one.site),
            at=study.at(one.days_ago, 15),
            site=study.sites[one.site],
            approached_on=study.day(one.days_ago),
            outcome=one.outcome,
            criteria=[criteria[number] for number in one.criteria],
        )
    for number, person in enumerate(PEOPLE):
        study.participants.append((person, _participant(study, person, number)))


def _coordinator(study: Study, code: str) -> User:
    return study.people["coordinator" if code == "01" else "coordinator2"]


def _participant(study: Study, person: Person, number: int) -> Participant:
    by, site = _coordinator(study, person.site), study.sites[person.site]
    twin = any(earlier.name == person.name for earlier in PEOPLE[:number])
    participant = registration.register_participant(
        by=by,
        at=study.at(person.registered, 9),
        site=site,
        sex_at_birth=person.sex,
        name=person.name,
        birth_date=person.born,
        record_number=f"R{person.site}{number:05}",
        explanation="Says she was never at the other hospital." if twin else "",
        confirmed=twin,
    )
    if person.consent == "none":
        return participant
    signed_on = study.day(person.registered)
    right = registry.icf_in_force(site, "zh", signed_on)
    wrong = person.consent == "wrong version"
    consent.record_consent(
        by=by,
        at=study.at(person.registered, 11),
        participant=participant,
        version=_other_version(study, right) if wrong else right,
        signed_on=signed_on,
        signed_time=time(10, 20) if signed_on < study.day(0) else None,
        signed_by="patient",
        held_by=by,
        copy_given=True,
        confirmed_version=wrong,
    )
    if person.consent == "withdrawn":
        consent.withdraw_consent(
            by=by,
            at=study.at(person.registered - 6, 16),
            participant=participant,
            withdrawn_on=study.day(person.registered - 6),
            reason_given="Does not want further visits.",
        )
    return participant


def _other_version(study: Study, right: IcfVersion | None) -> IcfVersion:
    """A version of the same site and language that is not in force."""
    versions = registry.versions_of(right.site).versions if right else []
    return next(version for version in versions if version != right and version.language == "zh")
