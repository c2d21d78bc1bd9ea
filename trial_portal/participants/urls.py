"""Addresses of the registry."""

from django.urls import URLPattern, URLResolver, include, path

from trial_portal.participants.views import consent, icf, participants, prescreening

participant_pages = [
    path("", participants.participants, name="list"),
    path("register/", participants.register, name="register"),
    path("find/", participants.find, name="find"),
    path("<str:number>/", participants.participant, name="participant"),
    path("<str:number>/identity/", participants.identity, name="identity"),
    path("<str:number>/identity/change/", participants.change_identity, name="identity-change"),
    path("<str:number>/strike/", participants.strike, name="strike"),
    path("<str:number>/duplicates/<int:pk>/", participants.duplicate, name="duplicate"),
    path("<str:number>/consent/", consent.add, name="consent-add"),
    path("<str:number>/consent/<int:pk>/strike/", consent.strike, name="consent-strike"),
    path("<str:number>/withdrawal/<int:pk>/strike/", consent.strike_withdrawal, name="withdrawal-strike"),
    path("<str:number>/withdraw/", consent.withdraw, name="withdraw"),
]
prescreening_pages = [
    path("", prescreening.entries, name="list"),
    path("add/", prescreening.add, name="add"),
    path("<int:pk>/strike/", prescreening.strike, name="strike"),
]
icf_pages = [
    path("", icf.versions, name="list"),
    path("add/", icf.add, name="add"),
    path("<int:pk>/", icf.version, name="version"),
    path("<int:pk>/file/", icf.file, name="file"),
    path("<int:pk>/strike/", icf.strike, name="strike"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("participants/", include((participant_pages, "participants"))),
    path("prescreening/", include((prescreening_pages, "prescreening"))),
    path("study/icf/", include((icf_pages, "icf"))),
]
