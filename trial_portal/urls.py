"""Every address of the portal. Looks up to all floors; nothing else does, but settings, celery and wsgi."""

from django.urls import URLPattern, URLResolver, include, path

from enrollment.views import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("trial_portal.accounts.urls")),
    path("", include("trial_portal.participants.urls")),
    path("", include("screening.urls")),
    path("", include("screening.urls_review")),
    path("", include("enrollment.urls")),
    path("language/", include("trial_portal.frame.urls")),
]

handler400 = "trial_portal.frame.errors.bad_request"
handler403 = "trial_portal.frame.errors.forbidden"
handler404 = "trial_portal.frame.errors.not_found"
handler500 = "trial_portal.frame.errors.broken"
