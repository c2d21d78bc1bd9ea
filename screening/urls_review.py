"""Addresses of review and signature."""

from django.urls import URLPattern, URLResolver, include, path

from screening.views import review, signing

RECORD = "participants/<str:number>/screening/<int:attempt>"

review_pages = [
    path("review/", review.waiting, name="list"),
    path(f"{RECORD}/review/", review.record, name="record"),
    path(f"{RECORD}/review/judge/", review.judge, name="judge"),
    path(f"{RECORD}/review/confirm/", review.confirm, name="confirm"),
    path(f"{RECORD}/review/ask/", review.ask, name="ask"),
    path(f"{RECORD}/review/queries/<int:pk>/close/", review.close_query, name="close-query"),
    path(f"{RECORD}/review/return/", review.return_record, name="return"),
    path(f"{RECORD}/review/sign/", signing.sign, name="sign"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include((review_pages, "review")))]
