"""The forms of the review page: one for judgements and confirmations, one each to ask, to return and to sign.

Judgements and confirmations are two blocks with a button each, in one form: what is typed in the other block is not
lost by saving this one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from screening.actions.answers import Typed
from screening.eligibility.items import Item
from screening.models import ReasonCode
from screening.reviewing.blocks import Group, Question
from screening.reviewing.content import Seen
from screening.selectors import Loaded
from screening.words import answer, asked, label
from trial_portal.frame.forms import PortalForm

SALT = "screening.review.seen"
LONGEST = 2000


class ReviewForm(PortalForm):
    """The two blocks. Judgements by item name, ``confirm-<criterion>`` ticks with ``shown-<criterion>`` digests."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason_code = forms.ChoiceField(
        label=_("Reason"), required=False, choices=[("", _("Choose a reason")), *ReasonCode.choices]
    )
    reason = forms.CharField(label=_("In words"), required=False, max_length=500)

    def __init__(
        self,
        data: Any,
        loaded: Loaded,
        questions: Sequence[Question],
        groups: Sequence[Group],
        typed: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial={"revision": loaded.record.revision})
        self.loaded, self.questions, self.groups = loaded, questions, groups
        for question in questions:
            self._ask(question.item, typed)
            if question.rationale is not None:
                self._ask(question.rationale, typed)
        for group in groups:
            id = group.criterion.id
            if not group.confirmed:
                self.fields[f"confirm-{id}"] = forms.BooleanField(label=group.criterion.title, required=False)
                self.fields[f"confirm-{id}"].initial = bool(typed and typed.get(f"confirm-{id}"))
                self.fields[f"shown-{id}"] = forms.CharField(required=False, widget=forms.HiddenInput)
                self.fields[f"shown-{id}"].initial = group.digest

    def _known(self) -> set[str]:
        """Also what was there to tick when the page was loaded, and is confirmed by now."""
        parts = {f"{part}-{group.criterion.id}" for group in self.groups for part in ("confirm", "shown")}
        return super()._known() | parts

    def _ask(self, item: Item, typed: Mapping[str, object] | None) -> None:
        if item.use == "decides":
            choices = [(code, answer(item, code, {}).capitalize()) for code in item.codes]
            field: forms.Field = forms.ChoiceField(
                label=asked(item), required=False, choices=choices, widget=forms.RadioSelect
            )
        else:
            words = forms.Textarea(attrs={"rows": 2})
            field = forms.CharField(label=label(item), required=False, max_length=LONGEST, widget=words)
        field.initial = (typed or {}).get(item.name, self.loaded.items.get(item.name))
        self.fields[item.name] = field

    @property
    def judged(self) -> dict[str, object]:
        """What is answered in the block of judgement, by item name. A cleaned form only."""
        names = [item.name for question in self.questions for item in (question.item, question.rationale) if item]
        return {name: self.cleaned_data[name] or None for name in names if name in self.data}

    @property
    def typed(self) -> Typed:
        """The block of judgement as an action takes it."""
        data = self.cleaned_data
        return Typed(data["revision"], self.judged, reason_code=data["reason_code"])

    @property
    def ticked(self) -> dict[str, str]:
        """The ticked criteria with the digest of the values that were shown."""
        found = {}
        for group in self.groups:
            id = group.criterion.id
            if self.data.get(f"confirm-{id}"):
                found[id] = group.digest if group.confirmed else self.cleaned_data.get(f"shown-{id}", "")
        return found

    def unsaved(self, loaded: Loaded, *, judgement: bool) -> dict[str, object]:
        """What is typed in the block that was not saved and is not as it is saved; {} when nothing is lost."""
        if judgement:
            return {name: value for name, value in self.judged.items() if value != loaded.items.get(name)}
        return {f"confirm-{group.criterion.id}": True for group in self.groups if group.criterion.id in self.ticked}


class AskForm(PortalForm):
    """A question about one criterion. Its ids on the page carry the criterion, since each has a form of its own."""

    not_done: Any = _("Not asked")
    criterion = forms.CharField(max_length=4, widget=forms.HiddenInput)
    question = forms.CharField(
        label=_("Your question"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write what you want to know.")},
    )

    def __init__(self, data: Any = None, *, criterion: str) -> None:
        super().__init__(data, initial={"criterion": criterion}, auto_id=f"id_%s-{criterion}")


class ReturnForm(PortalForm):
    """Why a record goes back; queries alone are enough."""

    not_done: Any = _("Not returned")
    reason = forms.CharField(
        label=_("Why it goes back"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_return-%s")


class SignForm(PortalForm):
    """The signature: the password, what is signed, and what the page showed."""

    not_done: Any = _("Not signed")
    decision = forms.CharField(widget=forms.HiddenInput)
    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)
    password = forms.CharField(
        label=_("Your password"),
        required=False,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    @property
    def shown(self) -> Seen | None:
        """What the page showed; None when that cannot be read back."""
        try:
            return Seen(**signing.loads(self.cleaned_data["seen"], salt=SALT))
        except (signing.BadSignature, TypeError):
            return None


def sealed(seen: Seen) -> str:
    """What a page showed, as it travels with the form: it cannot be written by hand."""
    return signing.dumps(seen.as_json, salt=SALT, compress=True)
