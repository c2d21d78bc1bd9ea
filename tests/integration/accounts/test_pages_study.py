"""Pages of the study's configuration: who sees what of it, what each form does, and what lists cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import PASSWORD, SiteFactory, UserFactory, person
from tests.integration.accounts.forms import FORMS, as_posted
from tests.integration.accounts.world import Study
from trial_portal.accounts import actions
from trial_portal.accounts.models import Delegation, Site, SiteApproval, User, UserStep
from trial_portal.audit.models import AuditEvent
from trial_portal.signatures.models import Signature

pytestmark = pytest.mark.django_db


@pytest.fixture
def study() -> Study:
    return Study()


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="trial_portal.accounts.backend.PortalBackend")
    return client


def page(user: User, url: str, *args: Any, query: str = "") -> Any:
    return as_(user).get(reverse(url, args=args) + query)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


class TestWhatIsSeen:
    def test_of_users_admins_alone(self, study: Study) -> None:
        pages = [("study:users", []), ("study:user", [study.somebody.pk]), ("study:user-add", [])]
        for url, args in pages:
            assert page(study.admin, url, *args).status_code == 200
            for user in (study.principal, person("coordinator", study.site), person("monitor")):
                assert page(user, url, *args).status_code == 403

    def test_of_another_site_nothing(self, study: Study) -> None:
        other = SiteFactory(code="02", name="The Other Hospital", short_name="Other", city="Ganzhou")
        there = person("investigator", other, principal=True, printed_name="Dr Elsewhere")
        delegation = Delegation.objects.get(user=there)
        for user in (study.principal, person("monitor", study.site), person("admin", study.site)):
            for url in ("study:overview", "study:sites", "study:delegations"):
                answer = page(user, url)
                assert answer.status_code == 200
                assert not re.search("Other|Elsewhere|Ganzhou", text(answer))
            for url, args in (
                ("study:site", ["02"]),
                ("study:delegation", [delegation.pk]),
                ("study:delegation-sign", [delegation.pk]),
                ("study:delegation-end", [delegation.pk]),
                ("study:delegation-decline", [delegation.pk]),
            ):
                assert page(user, url, *args).status_code == 404
            query = f"?site={other.pk}"
            assert page(user, "study:delegations", query=query).status_code == 422

    def test_of_another_site_nothing_that_its_admin_could_change(self, study: Study) -> None:
        other = SiteFactory(code="02")
        there = person("coordinator", other)
        approval = SiteApproval.objects.create(
            site=other,
            protocol_label="x",
            ethics_committee="x",
            ethics_reference="x",
            ethics_approved_on="2026-01-01",
            site_approved_on="2026-01-01",
            recorded_by=study.admin,
        )
        here = as_(person("admin", study.site))
        for url, args in (
            ("study:site-edit", ["02"]),
            ("study:approval-add", ["02"]),
            ("study:approval-strike", [approval.pk]),
            ("study:delegation-withdraw", [Delegation.objects.get(user=there).pk]),
            ("study:user-disable", [there.pk]),
        ):
            assert here.get(reverse(url, args=args)).status_code == 404
            assert here.post(reverse(url, args=args), {"reason": "x"}).status_code == 404

    def test_of_people_those_of_ones_sites(self, study: Study) -> None:
        person("coordinator", SiteFactory(code="02"), printed_name="Somebody Elsewhere")
        person("coordinator", study.site, printed_name="Somebody Here")
        of_all, of_one = text(page(study.admin, "study:users")), text(page(person("admin", study.site), "study:users"))
        assert "Somebody Elsewhere" in of_all
        assert "Somebody Elsewhere" not in of_one
        assert "Somebody Here" in of_one

    def test_of_the_portal_itself_nothing(self, study: Study) -> None:
        portal = UserFactory(username="portal", printed_name="Portal itself", is_system=True)
        assert "Portal itself" not in text(page(study.admin, "study:users"))
        for url in ("study:user", "study:user-disable", "study:user-password", "study:user-edit"):
            assert page(study.admin, url, portal.pk).status_code == 404

    def test_without_a_delegation_nothing(self, study: Study) -> None:
        for url in ("study:overview", "study:sites", "study:delegations", "study:users"):
            assert page(study.somebody, url).status_code == 403

    def test_buttons_are_those_one_may_press(self, study: Study) -> None:
        row = study.propose()
        assert "Read and sign" in text(page(study.principal, "study:delegation", row.pk))
        for user in (study.admin, person("monitor", study.site)):
            assert "Read and sign" not in text(page(user, "study:delegation", row.pk))
        assert "Withdraw" in text(page(study.admin, "study:delegation", row.pk))
        assert "Withdraw" not in text(page(study.principal, "study:delegation", row.pk))
        assert "Add an approval" not in text(page(study.principal, "study:site", "01"))
        assert "Add a site" not in text(page(person("admin", study.site), "study:sites"))

    def test_what_waits_for_a_signature_is_said_to_who_may_sign(self, study: Study) -> None:
        study.propose()
        says = "The delegation of Chen Yulan waits for your signature"
        assert says in text(page(study.principal, "study:overview"))
        assert says not in text(page(study.admin, "study:overview"))

    def test_locked_accounts_are_told_to_admins(self, study: Study) -> None:
        now = timezone.now()
        for _ in range(5):
            with pytest.raises(Exception, match="attempt"):
                actions.sign_in(at=now, username="chen.yulan", password="x")
        assert "One account is locked" in text(page(study.admin, "study:overview"))
        listed = text(page(study.admin, "study:users", query="?account=locked"))
        assert "Chen Yulan" in listed
        assert "He Qing" not in listed
        assert "Unlock" in text(page(study.admin, "study:user", study.somebody.pk))
        answer = as_(study.admin).post(reverse("study:user-unlock", args=[study.somebody.pk]), {"reason": "asked her"})
        assert answer.status_code == 303
        assert "One account is locked" not in text(page(study.admin, "study:overview"))


class TestAForm:
    @pytest.mark.parametrize("name", FORMS)
    def test_does_what_it_says(self, study: Study, name: str) -> None:
        form = FORMS[name](study)
        client = as_(form.by)
        assert client.get(form.url).status_code == 200
        before = AuditEvent.objects.count()
        answer = client.post(form.url, as_posted(form.good))
        assert answer.status_code == (200 if form.shows_password else 303), text(answer)
        rows = AuditEvent.objects.order_by("id")[before:]
        assert {row.actor for row in rows} == {form.by.username}
        assert {row.reason for row in rows} == {form.good.get("reason", "")}
        assert len({row.request for row in rows} - {""}) == 1

    @pytest.mark.parametrize("name", FORMS)
    def test_says_at_each_field_what_to_do_and_saves_nothing(self, study: Study, name: str) -> None:
        form = FORMS[name](study)
        client = as_(form.by)
        for bad in form.bad:
            before = AuditEvent.objects.exclude(table="accounts_signin").count()
            answer = client.post(form.url, as_posted(form.good | bad.values))
            shown = text(answer)
            assert answer.status_code == 422, bad
            assert bad.says in shown, f"{bad}: {re.findall('<p>(.*?)</p>', shown)}"
            assert re.search(rf'id="id_{bad.field}_error"', shown), bad
            assert AuditEvent.objects.exclude(table="accounts_signin").count() == before
            for field, value in (form.good | bad.values).items():
                if isinstance(value, str) and field not in ("password", "shown") and value.strip():
                    assert value.replace("'", "&#x27;") in shown, f"{field} was not kept"

    @pytest.mark.parametrize("name", FORMS)
    def test_refuses_a_field_it_does_not_know(self, study: Study, name: str) -> None:
        form = FORMS[name](study)
        before = AuditEvent.objects.count()
        answer = as_(form.by).post(form.url, as_posted(form.good) | {"is_superuser": "on"})
        assert answer.status_code == 422
        assert "does not know the field is_superuser" in text(answer)
        assert AuditEvent.objects.count() == before

    @pytest.mark.parametrize("name", FORMS)
    def test_is_nobodys_elses(self, study: Study, name: str) -> None:
        form = FORMS[name](study)
        others = [person("monitor"), person("coordinator", study.site)]
        if study.somebody.is_active:
            others.append(User.objects.get(pk=study.somebody.pk))
        before = AuditEvent.objects.count()
        for user in others:
            client = as_(user)
            assert client.get(form.url).status_code in (403, 404)
            assert client.post(form.url, as_posted(form.good)).status_code in (403, 404)
        assert AuditEvent.objects.count() == before

    @pytest.mark.parametrize("name", FORMS)
    def test_has_its_token(self, study: Study, name: str) -> None:
        form = FORMS[name](study)
        client = Client(enforce_csrf_checks=True)
        client.force_login(form.by, backend="trial_portal.accounts.backend.PortalBackend")
        before = AuditEvent.objects.count()
        assert client.post(form.url, as_posted(form.good)).status_code == 403
        assert AuditEvent.objects.count() == before


class TestAPasswordForAnother:
    def test_made_by_the_portal_is_shown_once_and_works(self, study: Study) -> None:
        client = as_(study.admin)
        answer = client.post(reverse("study:user-add"), {"username": "zhou.min", "printed_name": "Dr Zhou Min"})
        password = re.search(r"<output[^>]*>([^<]+)</output>", answer.content.decode())
        assert password is not None
        assert answer.headers["Cache-Control"] == "no-store"
        user = actions.sign_in(at=timezone.now(), username="zhou.min", password=password[1])
        assert user.must_change_password
        assert password[1] not in text(client.get(reverse("study:user", args=[user.pk])))
        assert "_messages" not in client.session
        again = client.post(reverse("study:user-add"), {"username": "zhou.min", "printed_name": "Dr Zhou Min"})
        assert (again.status_code, password[1] in text(again)) == (422, False)

    def test_typed_by_the_admin_is_not_shown(self, study: Study) -> None:
        client = as_(study.admin)
        url = reverse("study:user-password", args=[study.somebody.pk])
        answer = client.post(url, {"password": "xk3q-92wm-abcd", "reason": "lost"})
        assert (answer.status_code, "xk3q-92wm-abcd" in text(answer)) == (200, False)
        assert UserStep.objects.get(user=study.somebody, action="set_password").reason == "lost"


class TestSigningOnThePage:
    def test_shows_all_that_is_signed_and_signs_that(self, study: Study) -> None:
        row = study.propose()
        url = reverse("study:delegation-sign", args=[row.pk])
        client = as_(study.principal)
        shown = text(client.get(url))
        for words in ("Chen Yulan (chen.yulan)", "01 · Hospital 01", "Coordinator", "Obtain consent, Enter data"):
            assert words in shown
        assert "I authorise this person" in shown
        digest = re.search(r'name="shown" value="([0-9a-f]{64})"', shown)
        assert digest is not None
        answer = client.post(url, {"shown": digest[1], "password": PASSWORD})
        assert answer.status_code == 303
        after = text(client.get(answer.url))
        assert "Valid, content unchanged" in after
        assert Signature.objects.get().digest in after

    def test_of_something_else_than_was_shown_is_refused_until_it_was_read(self, study: Study) -> None:
        row = study.propose()
        url = reverse("study:delegation-sign", args=[row.pk])
        client = as_(study.principal)
        answer = client.post(url, {"shown": "0" * 64, "password": PASSWORD})
        assert answer.status_code == 422
        assert "not what stands now" in text(answer)
        digest = re.search(r'name="shown" value="([0-9a-f]{64})"', text(answer))
        assert digest is not None
        assert client.post(url, {"shown": digest[1], "password": PASSWORD}).status_code == 303

    def test_without_a_password_counts(self, study: Study) -> None:
        row = study.propose()
        url = reverse("study:delegation-sign", args=[row.pk])
        answer = as_(study.principal).post(url, {"password": ""})
        assert answer.status_code == 422
        assert "Enter your password. After 4 more attempts" in text(answer)
        assert Signature.objects.count() == 0

    def test_of_what_is_settled_leads_to_it(self, study: Study) -> None:
        row = study.propose()
        client = as_(study.principal)
        url = reverse("study:delegation-sign", args=[row.pk])
        client.post(url, {"password": PASSWORD})
        assert client.get(url).url == reverse("study:delegation", args=[row.pk])


class TestAList:
    @pytest.mark.parametrize("url", ["study:users", "study:sites", "study:delegations", "study:overview"])
    def test_takes_as_many_queries_for_many_rows_as_for_few(self, study: Study, url: str) -> None:
        self.grow(study, 3)
        few = self.queries(study.admin, url)
        self.grow(study, 20)
        assert self.queries(study.admin, url) == few <= 14

    def test_of_a_site_takes_as_many_queries_for_much_staff_as_for_little(self, study: Study) -> None:
        few = self.queries(study.admin, "study:site", "01")
        for _ in range(10):
            person("coordinator", study.site)
        assert self.queries(study.admin, "study:site", "01") == few <= 14

    def test_is_paged_and_searched(self, study: Study) -> None:
        self.grow(study, 40)
        first = text(page(study.admin, "study:users"))
        assert "1–25 of" in first
        second = text(page(study.admin, "study:users", query="?page=2"))
        assert "26–" in second
        found = text(page(study.admin, "study:users", query="?name=yulan"))
        assert "Chen Yulan" in found
        assert "He Qing" not in found
        assert "Nobody matches." in text(page(study.admin, "study:users", query="?name=qqqq"))
        assert "Chen Yulan" not in text(page(study.admin, "study:users", query="?role=admin"))

    def test_is_filtered_by_state(self, study: Study) -> None:
        study.propose()
        waiting = text(page(study.admin, "study:delegations", query="?state=waiting"))
        assert "Chen Yulan" in waiting
        assert study.principal.printed_name not in waiting

    @pytest.mark.parametrize(
        "query", ["users/?site=999", "users/?role=emperor", "users/?account=odd", "delegations/?state=odd"]
    )
    def test_says_of_a_filter_that_is_none_that_it_is_none(self, study: Study, query: str) -> None:
        assert as_(study.admin).get(f"/study/{query}").status_code == 422

    def grow(self, study: Study, count: int) -> None:
        for n in range(count):
            site = SiteFactory(code=f"{100 + n + Site.objects.count()}")
            user = person("coordinator", site)
            Delegation.objects.create(
                user=user,
                site=site,
                role="monitor",
                trained_on="2026-01-01",
                starts_on="2026-01-01",
                proposed_by=study.admin,
            )

    def queries(self, user: User, url: str, *args: Any) -> int:
        client = as_(user)
        client.get(reverse(url, args=args))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(url, args=args)).status_code == 200
        return len(captured)
