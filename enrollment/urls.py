"""Addresses of recruitment."""

from django.urls import URLPattern, URLResolver, include, path

from enrollment import views

recruitment: list[URLPattern | URLResolver] = [
    path("", views.overview, name="overview"),
    path("open/", views.open_recruitment, name="open"),
    path("close/", views.close_recruitment, name="close"),
    path("target/", views.set_target, name="target"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((recruitment, "recruitment")))]
