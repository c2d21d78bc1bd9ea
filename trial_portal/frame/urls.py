"""Addresses of the frame."""

from django.urls import URLPattern, URLResolver, path

from trial_portal.frame.views import language

urlpatterns: list[URLPattern | URLResolver] = [path("", language, name="language")]
