"""How the fields of a card stand on the page, for crispy-forms: result sets, questions, evidence.

Boundary: which template draws what; the fields come from ``card``.
"""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

FIELD = "screening/field.html"


class Part(LayoutObject):
    """Some fields inside a template, which gets them drawn as ``fields``, and ``more``. Nothing without fields."""

    def __init__(self, template: str, *fields: Any, **more: Any) -> None:
        self.template, self.fields, self.more = template, list(fields), more

    def render(
        self, form: forms.BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        """The template with the fields in it."""
        if not self.fields:
            return SafeString("")
        drawn = self.get_rendered_fields(form, context, template_pack, template=FIELD, **kwargs)
        return SafeString(render_to_string(self.template, {**context.flatten(), "fields": drawn, **self.more}))


class Hidden(LayoutObject):
    """Hidden fields."""

    def __init__(self, *fields: str) -> None:
        self.fields = list(fields)

    def render(
        self, form: forms.BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        """The inputs alone."""
        return SafeString("".join(str(form[name]) for name in self.fields))


class Always(LayoutObject):
    """A template that stands between the fields, whatever the form asks."""

    def __init__(self, template: str) -> None:
        self.template, self.fields = template, []

    def render(
        self, form: forms.BaseForm, context: Context, template_pack: str = TEMPLATE_PACK, **kwargs: Any
    ) -> SafeString:
        """The template in the context of the page."""
        return SafeString(render_to_string(self.template, context.flatten()))
