"""Addresses of accounts: signing in, and the pages of the study's configuration."""

from django.urls import URLPattern, URLResolver, include, path

from trial_portal.accounts.views import delegations, overview, sign_in, sites, users

account_pages = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("password/", sign_in.password, name="password"),
    path("statement/", sign_in.statement, name="statement"),
]
study_pages = [
    path("", overview.overview, name="overview"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add, name="user-add"),
    path("users/<int:pk>/", users.user, name="user"),
    path("users/<int:pk>/edit/", users.edit, name="user-edit"),
    path("users/<int:pk>/disable/", users.disable, name="user-disable"),
    path("users/<int:pk>/enable/", users.enable, name="user-enable"),
    path("users/<int:pk>/password/", users.password, name="user-password"),
    path("users/<int:pk>/unlock/", users.unlock, name="user-unlock"),
    path("sites/", sites.sites, name="sites"),
    path("sites/add/", sites.add, name="site-add"),
    path("sites/<str:code>/", sites.site, name="site"),
    path("sites/<str:code>/edit/", sites.edit, name="site-edit"),
    path("sites/<str:code>/approvals/add/", sites.approval_add, name="approval-add"),
    path("approvals/<int:pk>/strike/", sites.approval_strike, name="approval-strike"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/propose/", delegations.propose, name="delegation-propose"),
    path("delegations/<int:pk>/", delegations.delegation, name="delegation"),
    path("delegations/<int:pk>/sign/", delegations.sign, name="delegation-sign"),
    path("delegations/<int:pk>/decline/", delegations.decline, name="delegation-decline"),
    path("delegations/<int:pk>/withdraw/", delegations.withdraw, name="delegation-withdraw"),
    path("delegations/<int:pk>/end/", delegations.end, name="delegation-end"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((account_pages, "accounts"))),
    path("study/", include((study_pages, "study"))),
]
