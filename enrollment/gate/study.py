"""What stands in the way outside the record: consent, approval, duplicates, recruitment, places.

Boundary: facts in, blockers out; no database. Each check returns blockers, or one ``Passed`` that says what it found.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from enrollment.gate.blockers import Blocker, Passed
from enrollment.gate.facts import Facts
from enrollment.gate.words import address, is_signed, participant_page, people
from trial_portal.accounts.permissions import May, Role, Task
from trial_portal.frame.templatetags.portal import day
from trial_portal.participants.models import Participant
from trial_portal.participants.selectors import IN_FORCE

Results = Sequence[Blocker | Passed]


def consent(facts: Facts) -> Results:
    """Consent in force, not withdrawn, on the version effective today."""
    state = facts.participant.status
    obtain = people(_("Someone delegated to obtain consent"), facts, Task.OBTAIN_CONSENT)
    add = reverse("participants:consent-add", args=[facts.participant.number])
    if state == Participant.Status.STRUCK:
        return [
            Blocker(
                "consent",
                "circle-slash",
                _("%(number)s was entered in error") % {"number": facts.participant.number},
                _("Nobody is enrolled under this number."),
                _("Nobody"),
                mendable=False,
            )
        ]
    if state == Participant.Status.WITHDRAWN:
        last = max((row.withdrawn_on for row in facts.withdrawals), default=None)
        return [
            Blocker(
                "consent",
                "arrow-back",
                _("Consent was withdrawn on %(day)s") % {"day": day(last)},
                _("The screening ends: discontinue it with that reason."),
                people(_("Coordinator"), facts, Task.ENTER_DATA),
                url=address("screening:discontinue", facts),
                label=_("Discontinue"),
                may=May.SCREEN,
                mendable=False,
            )
        ]
    since = max((row.withdrawn_on for row in facts.withdrawals), default=None)
    given = [row for row in facts.consents if since is None or row.signed_on > since]
    if not given:
        return [
            Blocker(
                "consent",
                "document",
                _("No consent stands"),
                _("Record the consent that was signed, as it was signed."),
                obtain,
                url=add,
                label=_("Record consent"),
                may=May.RECORD_CONSENT,
            )
        ]
    in_force = facts.versions.in_force(facts.today)
    good = [row for row in given if row.version_valid and facts.versions.standing(row.version, facts.today) is IN_FORCE]
    if good:
        return [Passed("consent", _("Consent on ICF %(version)s, in force today") % {"version": good[-1].version})]
    if not in_force:
        return [
            Blocker(
                "consent",
                "document",
                _("No ICF version is in force at this site today"),
                _("Add the version that follows; then it is gone through with the participant, and signed."),
                people(_("Admin"), facts, Role.ADMIN),
                url=reverse("icf:add"),
                label=_("Add a version"),
                may=May.CONFIGURE,
            )
        ]
    last_given, first = given[-1], given[0]
    right = next((v for v in in_force if v.language == last_given.version.language), in_force[0])
    if last_given.version in in_force:
        title = _("Consent on ICF %(version)s was signed before it was in force")
    else:
        title = _("Consent is on ICF %(version)s; %(right)s is in force since %(since)s")
    words = {"version": last_given.version, "right": right.label, "since": day(right.effective_from)}
    return [
        Blocker(
            "consent",
            "document",
            title % words,
            _("Go through %(right)s with the participant and record the new consent. The consent of %(day)s stays.")
            % {"right": right.label, "day": day(first.signed_on)},
            obtain,
            url=add,
            label=_("Record re-consent"),
            may=May.RECORD_CONSENT,
            voids=is_signed(facts) and not any(row.version_valid for row in given),
        )
    ]


def approval(facts: Facts) -> Results:
    """The site takes part, and the record's protocol version is approved there."""
    label = facts.record.protocol_label
    admin = people(_("Admin"), facts, Role.ADMIN)
    if not facts.site.is_active:
        return [
            Blocker(
                "approval",
                "building",
                _("%(site)s does not take part in the study") % {"site": facts.site},
                _("An admin lets it take part again, with the reason."),
                admin,
                url=reverse("study:site", args=[facts.site.code]),
                label=_("Open the site"),
                may=May.CONFIGURE,
            )
        ]
    if any(row.in_force and row.protocol_label == label for row in facts.approvals):  # type: ignore[attr-defined]
        return [Passed("approval", _("%(label)s approved by ethics committee and site") % {"label": label})]
    ended = [row.expires_on for row in facts.approvals if row.protocol_label == label and row.expires_on]
    over = [last for last in ended if last < facts.today]
    return [
        Blocker(
            "approval",
            "building",
            _("The approval of %(label)s ended on %(day)s") % {"label": label, "day": day(max(over))}
            if over
            else _("%(label)s is not approved at this site") % {"label": label},
            _("Record the approval of the ethics committee and of the site, each with its date."),
            admin,
            url=reverse("study:approval-add", args=[facts.site.code]),
            label=_("Record an approval"),
            may=May.CONFIGURE,
        )
    ]


def duplicates(facts: Facts) -> Results:
    """Nobody who may be the same person is enrolled, and every possible duplicate is resolved."""
    found: list[Blocker | Passed] = []
    investigators = people(_("An investigator of this site"), facts, Role.INVESTIGATOR)
    for pair in facts.unresolved:
        here = pair.other.site_id == facts.participant.site_id
        which = pair.other.number if here else _("a participant of another site")
        match = str(pair.get_match_display())
        if pair.same:
            found.append(
                Blocker(
                    "duplicate",
                    "people",
                    _("This is the same person as %(other)s") % {"other": which},
                    _("Mark the one that was entered in error. Only one of the two goes on."),
                    people(_("Coordinator"), facts, Task.ENTER_DATA),
                    url=reverse("participants:strike", args=[facts.participant.number]),
                    label=_("Mark this one"),
                    may=May.STRIKE,
                )
            )
            continue
        found.append(
            Blocker(
                "duplicate",
                "people",
                _("This may be the same person as %(other)s: %(match)s") % {"other": which, "match": match},
                _("An investigator says whether it is, and why."),
                investigators,
                url=reverse("participants:duplicate", args=[facts.participant.number, pair.pk]),
                label=_("Resolve"),
                may=May.RESOLVE_DUPLICATES,
            )
        )
    for enrollment in facts.known_as:
        here = enrollment.site_id == facts.participant.site_id
        found.append(
            Blocker(
                "elsewhere",
                "people",
                _("This person is enrolled already, as %(number)s") % {"number": enrollment.number}
                if here
                else _("This person is enrolled already, at another site"),
                _("Nobody is enrolled twice. Where these are two people, an investigator resolves the duplicate so."),
                investigators,
                url=participant_page(facts),
                label=_("Open the participant"),
                mendable=False,
            )
        )
    return found or [Passed("duplicate", _("Not enrolled elsewhere, no possible duplicate"))]


def recruitment(facts: Facts) -> Results:
    """Recruitment is open."""
    if facts.recruitment.is_open:
        return [Passed("recruitment", _("Recruitment is open"))]
    return [
        Blocker(
            "recruitment",
            "circle-slash",
            _("Recruitment is closed"),
            _("Nobody is enrolled until an admin opens it, with a reason."),
            people(_("Admin"), facts, Role.ADMIN),
            url=reverse("recruitment:open"),
            label=_("Open recruitment"),
            may=May.CONFIGURE,
            whole_study=True,
        )
    ]


def places(facts: Facts) -> Results:
    """A place is free, where a target is set."""
    target = facts.recruitment.target
    if target is None:
        return [Passed("places", _("No target is set, so there is no cap; %(filled)s enrolled") % _numbers(facts))]
    if facts.filled < target:
        return [Passed("places", _("%(free)s of %(target)s places free") % _numbers(facts))]
    return [
        Blocker(
            "places",
            "people",
            ngettext("The one place is filled", "All %(target)s places are filled", target) % _numbers(facts),
            _("Nobody else is enrolled unless an admin changes the target, with a reason."),
            people(_("Admin"), facts, Role.ADMIN),
            url=reverse("recruitment:target"),
            label=_("Change the target"),
            may=May.CONFIGURE,
            whole_study=True,
        )
    ]


def _numbers(facts: Facts) -> dict[str, int]:
    """Places: how many are filled, wanted and free."""
    target = facts.recruitment.target or 0
    return {"filled": facts.filled, "target": target, "free": max(0, target - facts.filled)}
