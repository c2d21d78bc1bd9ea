"""What is around every page: navigation by role, headers, languages; and how fields, dates and statuses are drawn."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from tests.factories import SiteFactory, person
from trial_portal.accounts.permissions import Role
from trial_portal.frame import context, views
from trial_portal.frame.forms import DateField, PortalForm
from trial_portal.frame.templatetags.portal import STATUS_ICONS, day, moment, site_day, status

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


class SampleForm(PortalForm):
    """Every kind of field."""

    name = forms.CharField(label="Name", help_text="As on the card.")
    born = DateField(label="Birth date", partial=True)
    sex = forms.ChoiceField(label="Sex", choices=[("f", "Female"), ("m", "Male")], widget=forms.RadioSelect)
    copy = forms.BooleanField(label="A copy was given")
    phone = forms.CharField(label="Telephone", required=False)
    secret = forms.CharField(label="Password", widget=forms.PasswordInput)
    tasks = forms.MultipleChoiceField(
        label="Tasks", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple, required=False
    )


def drawn(form: forms.Form) -> str:
    return Template("{% load crispy_forms_tags %}{% crispy form %}").render(Context({"form": form}))


class TestNavigation:
    @pytest.mark.django_db
    @pytest.mark.parametrize("role", Role)
    def test_is_by_role_and_says_where_one_is(self, client: Client, role: Role) -> None:
        client.force_login(person(role, None if role is Role.ADMIN else SiteFactory(code="01")))
        page = client.get(reverse("home")).content.decode()
        assert re.search(r'aria-current="page">Home<', page)
        assert "All sites" in page if role is Role.ADMIN else "Site 01 · Nanchang" in page
        assert role.value in page

    @pytest.mark.django_db
    def test_several_sites_are_counted(self, client: Client) -> None:
        user = person(Role.MONITOR, SiteFactory(code="01"))
        delegation = user.delegations.get()
        delegation.pk, delegation.site = None, SiteFactory(code="02")
        delegation.save()
        client.force_login(user)
        assert "2 sites" in client.get(reverse("home")).content.decode()

    @pytest.mark.django_db
    def test_policy_for_content_allows_no_inline_style_or_script(self, client: Client) -> None:
        client.force_login(person(Role.ADMIN))
        policy = client.get(reverse("home")).headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe-inline" not in policy


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_templates_hold_no_inline_style_or_script(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", source)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_icons_named_in_templates_are_drawn(path: Path) -> None:
    sprite = (ROOT / "static" / "frame" / "icons.svg").read_text(encoding="utf-8")
    names = set(re.findall(r'{% icon "([a-z-]+)"', path.read_text(encoding="utf-8"))) | set(STATUS_ICONS.values())
    assert {name for name in names if f'id="{name}"' not in sprite} == set()


class TestLanguage:
    def send(self, language: str, to: str) -> tuple[str, str]:
        request = RequestFactory().post("/language/", {"language": language, "next": to})
        answer = views.language(request)
        cookie = answer.cookies.get(settings.LANGUAGE_COOKIE_NAME)
        return answer.headers["Location"], cookie.value if cookie else ""

    def test_goes_on_where_one_was(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(views, "languages_offered", lambda: ("en", "zh-hans"))
        assert self.send("zh-hans", "/participants/?status=consented") == ("/participants/?status=consented", "zh-hans")

    @pytest.mark.parametrize(
        "to", ["", "https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org"]
    )
    def test_never_leads_out_of_the_portal(self, to: str) -> None:
        assert self.send("en", to) == ("/", "en")

    def test_unknown_language_changes_nothing(self) -> None:
        assert self.send("xx", "/") == ("/", "")

    @pytest.mark.django_db
    def test_switch_is_shown_for_languages_with_a_catalogue(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(context, "languages_offered", lambda: ("en", "zh-hans"))
        client.force_login(person(Role.ADMIN))
        page = client.get(reverse("home")).content.decode()
        assert 'value="zh-hans" lang="zh-hans">简体中文</button>' in page


class TestFields:
    def test_label_help_and_error_are_tied_to_the_field(self) -> None:
        page = drawn(SampleForm({}))
        assert '<label for="id_name">Name' in page
        assert re.search(r'<input [^>]*aria-describedby="id_name_helptext id_name_error"', page)
        assert re.search(r'<input [^>]*name="name"[^>]*aria-invalid="true"', page)
        assert 'id="id_name_error"' in page
        assert "Enter: Name." in page

    def test_groups_have_a_legend_and_carry_their_error(self) -> None:
        page = drawn(SampleForm({}))
        assert re.search(r'<fieldset id="div_id_sex"[^>]*role="radiogroup"[^>]*aria-describedby="id_sex_error"', page)
        assert re.search(r'<fieldset id="div_id_born"[^>]*aria-describedby="id_born_error"', page)
        assert "Choose: Sex." in page
        assert "Tick: A copy was given." in page

    def test_errors_stand_on_top_with_links(self) -> None:
        page = drawn(SampleForm({"name": "Li Hua"}))
        assert "Not saved: 4 things to mend" in page
        for target in ("id_born-year", "id_sex_0", "id_copy", "id_secret"):
            assert f'href="#{target}"' in page
            assert f'id="{target}"' in page

    def test_date_boxes_keep_what_was_typed(self) -> None:
        page = drawn(SampleForm({"born-year": "1979", "born-month": "13", "born-day": ""}))
        assert re.search(r'name="born-month" value="13"[^>]*aria-invalid="true"', page)
        assert 'inputmode="numeric"' in page

    def test_what_may_stay_empty_says_so(self) -> None:
        page = drawn(SampleForm())
        assert re.search(r'<label for="id_phone">Telephone <span class="p-optional">optional</span>', page)
        assert page.count("p-optional") == 2

    def test_nothing_is_chosen_by_default(self) -> None:
        assert "checked" not in drawn(SampleForm())

    def test_password_is_not_sent_back(self) -> None:
        assert "hunter2" not in drawn(SampleForm({"secret": "hunter2"}))

    def test_what_is_typed_is_escaped(self) -> None:
        assert "<script>" not in drawn(SampleForm({"name": "<script>alert(1)</script>"}))


class TestWords:
    def test_dates_are_unambiguous(self) -> None:
        assert day(date(2026, 10, 3)) == "3 Oct 2026"
        assert day(None) == ""

    def test_moments_say_their_zone(self) -> None:
        at = datetime(2026, 10, 20, 18, 32, tzinfo=UTC)
        assert moment(at) == "21 Oct 2026, 02:32 (Asia/Shanghai)"
        assert moment(at, "Europe/Berlin") == "20 Oct 2026, 20:32 (Europe/Berlin)"
        assert site_day(at) == "21 Oct 2026"
        assert site_day(at, "UTC") == "20 Oct 2026"
        assert moment(None) == site_day(None) == ""

    @pytest.mark.parametrize("kind", STATUS_ICONS)
    def test_a_status_is_shape_and_word_and_colour(self, kind: str) -> None:
        assert re.fullmatch(
            rf'<span class="s s-{kind}"><svg .*#{STATUS_ICONS[kind]}"/></svg> Clear</span>', status(kind, "Clear")
        )
