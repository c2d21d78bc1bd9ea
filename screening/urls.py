"""Addresses of the screening record. Those of its review are in ``urls_review``."""

from django.urls import URLPattern, URLResolver, include, path

from screening.views import cards, documents, lifecycle, record, sheet, signing

record_pages = [
    path("", record.record, name="record"),
    path("card/<str:card_id>/", cards.card, name="card"),
    path("sheet/<str:item>/", sheet.sheet, name="sheet"),
    path("submit/", lifecycle.submit, name="submit"),
    path("reopen/", signing.reopen, name="reopen"),
    path("discontinue/", lifecycle.discontinue, name="discontinue"),
    path("result/<int:pk>/strike/", lifecycle.strike_result, name="result-strike"),
    path("query/<int:pk>/answer/", lifecycle.answer, name="answer-query"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/strike/", documents.strike, name="document-strike"),
    path("documents/<str:card_id>/", documents.add, name="document-add"),
]
screening_pages = [
    path("open/", lifecycle.open_attempt, name="open"),
    path("<int:attempt>/", include(record_pages)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("participants/<str:number>/screening/", include((screening_pages, "screening"))),
]
