"""Sites and approvals (ICH E6(R3) 4.3.5): entered, changed with a reason, struck, in force from the later day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from tests.factories import AT, SiteFactory, person
from tests.integration.accounts.world import TODAY, Study
from trial_portal.accounts import actions, selectors
from trial_portal.accounts.models import Site, SiteApproval, SiteStep
from trial_portal.audit.models import AuditEvent
from trial_portal.audit.refusals import NotPermitted, Refused

pytestmark = pytest.mark.django_db
FACTS = {"name": "Second Hospital", "short_name": "Second", "city": "Nanchang", "time_zone": "Asia/Shanghai"}
DAY = timedelta(days=1)


@pytest.fixture
def study() -> Study:
    return Study()


def approve(study: Study, ethics: date, site: date, until: date | None = None, **kwargs: Any) -> SiteApproval:
    values = {
        "by": study.admin,
        "at": AT,
        "site": study.site,
        "protocol_label": settings.PROTOCOL.label,
        "ethics_committee": "Ethics committee",
        "ethics_reference": "2026-031",
        "ethics_approved_on": ethics,
        "site_approved_on": site,
        "expires_on": until,
    }
    return actions.add_approval(**(values | kwargs))


def approved(study: Study, at: datetime = AT) -> bool:
    return selectors.sites(selectors.authority_of(study.admin, AT), at).get(pk=study.site.pk).approved


class TestASite:
    def test_is_added_with_its_step(self, study: Study) -> None:
        site = actions.create_site(by=study.admin, at=AT, code="02", **FACTS)
        assert (str(site), site.is_active) == ("02 · Second", True)
        assert SiteStep.objects.get(site=site).action == "create"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("code", "1"),
            ("code", "AB"),
            ("code", "12345"),
            ("name", ""),
            ("city", " "),
            ("time_zone", "Nanchang"),
            ("short_name", "x" * 41),
        ],
    )
    def test_is_refused_with_a_value_that_its_column_does_not_take(self, study: Study, field: str, value: str) -> None:
        with pytest.raises(Refused) as refusal:
            actions.create_site(by=study.admin, at=AT, **({"code": "02"} | FACTS | {field: value}))
        assert refusal.value.field == field

    def test_has_a_code_of_its_own(self, study: Study) -> None:
        with pytest.raises(Refused, match="there already") as refusal:
            actions.create_site(by=study.admin, at=AT, code="01", **FACTS)
        assert refusal.value.field == "code"

    def test_is_changed_with_a_reason_old_and_new(self, study: Study) -> None:
        old = study.site.name
        actions.change_site(by=study.admin, at=AT, site=study.site, is_active=True, reason="renamed", **FACTS)
        step = SiteStep.objects.get(site=study.site)
        assert (step.action, step.reason, step.changes["name"]) == ("change", "renamed", [old, "Second Hospital"])

    def test_no_longer_taking_part_gives_nobody_authority(self, study: Study) -> None:
        facts = {name: getattr(study.site, name) for name in FACTS}
        actions.change_site(by=study.admin, at=AT, site=study.site, is_active=False, reason="closed", **facts)
        assert SiteStep.objects.get(site=study.site).action == "deactivate"
        assert selectors.authority_of(study.principal, AT).grants == ()
        actions.change_site(by=study.admin, at=AT, site=study.site, is_active=True, reason="open again", **facts)
        assert len(selectors.authority_of(study.principal, AT).grants) == 1

    def test_without_a_difference_or_a_reason_is_not_changed(self, study: Study) -> None:
        facts = {name: getattr(study.site, name) for name in FACTS}
        with pytest.raises(Refused, match="nothing was changed"):
            actions.change_site(by=study.admin, at=AT, site=study.site, is_active=True, reason="x", **facts)
        with pytest.raises(Refused) as refusal:
            actions.change_site(by=study.admin, at=AT, site=study.site, is_active=False, reason="  ", **facts)
        assert refusal.value.field == "reason"

    def test_of_ones_own_is_configured_by_its_admin_and_no_other(self, study: Study) -> None:
        other = SiteFactory(code="02")
        by = person("admin", study.site)
        actions.change_site(by=by, at=AT, site=study.site, is_active=True, reason="x", **FACTS)
        with pytest.raises(NotPermitted):
            actions.change_site(by=by, at=AT, site=other, is_active=True, reason="x", **FACTS)
        with pytest.raises(NotPermitted):
            actions.create_site(by=by, at=AT, code="03", **FACTS)


class TestAnApproval:
    @pytest.mark.parametrize(
        ("ethics", "site", "until", "holds"),
        [
            (TODAY, TODAY, None, True),
            (TODAY - DAY, TODAY, None, True),
            (TODAY, TODAY - 9 * DAY, TODAY, True),
            (TODAY - 9 * DAY, TODAY - 8 * DAY, TODAY - DAY, False),
        ],
    )
    def test_is_in_force_from_the_later_day_to_its_last(
        self, study: Study, ethics: date, site: date, until: date | None, holds: bool
    ) -> None:
        row = approve(study, ethics, site, until)
        assert approved(study) is holds
        listed = selectors.approvals_of(study.site, AT).get()
        assert (listed.in_force, listed.since) == (holds, max(ethics, site))
        if until is None:
            before = datetime.combine(max(ethics, site) - DAY, AT.time(), UTC)
            assert not selectors.approvals_of(study.site, before).get().in_force
        assert AuditEvent.objects.get(table="accounts_siteapproval", key=str(row.pk)).actor == "wu.jie"

    def test_begins_at_midnight_of_the_site(self, study: Study) -> None:
        approve(study, TODAY, TODAY)
        midnight = datetime(2026, 10, 19, 16, tzinfo=UTC)
        assert not approved(study, midnight - timedelta(seconds=1))
        assert approved(study, midnight)

    @pytest.mark.parametrize(
        ("field", "values"),
        [
            ("ethics_approved_on", {"ethics": TODAY + DAY}),
            ("site_approved_on", {"site": TODAY + DAY}),
            ("expires_on", {"until": TODAY - DAY}),
            ("protocol_label", {"protocol_label": "another/2.0"}),
            ("ethics_committee", {"ethics_committee": " "}),
            ("ethics_reference", {"ethics_reference": ""}),
        ],
    )
    def test_is_refused_with_wrong_values(self, study: Study, field: str, values: dict[str, Any]) -> None:
        with pytest.raises(Refused) as refusal:
            approve(study, **({"ethics": TODAY, "site": TODAY} | values))
        assert refusal.value.field == field
        assert not SiteApproval.objects.exists()

    def test_entered_in_error_counts_no_longer_and_stays(self, study: Study) -> None:
        row = approve(study, TODAY, TODAY)
        actions.strike_approval(by=study.admin, at=AT, approval=row, reason="other protocol")
        assert not approved(study)
        struck = selectors.approvals_of(study.site, AT).get()
        assert (struck.struck_by, struck.struck_reason, struck.in_force) == (study.admin, "other protocol", False)
        with pytest.raises(Refused, match="struck already"):
            actions.strike_approval(by=study.admin, at=AT, approval=row, reason="again")


def test_sites_in_reach_are_those_of_ones_delegations(study: Study) -> None:
    other = SiteFactory(code="02")
    reach = selectors.sites(selectors.authority_of(study.principal, AT), AT)
    assert list(reach) == [study.site]
    assert list(selectors.sites(selectors.authority_of(study.admin, AT), AT)) == [study.site, other]
    assert list(selectors.sites(selectors.authority_of(study.somebody, AT), AT)) == []
    assert Site.objects.count() == 2
