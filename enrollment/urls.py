"""Addresses of the top floor: recruitment, the gate and what follows it, deviations, logs, flow."""

from django.urls import URLPattern, URLResolver, include, path

from enrollment.views import deviations, flow, gate, logs, recruitment

RECORD = "participants/<str:number>/screening/<int:attempt>"
ENROLLMENT = "participants/<str:number>/enrollment"

recruitment_pages: list[URLPattern | URLResolver] = [
    path("", recruitment.overview, name="overview"),
    path("open/", recruitment.open_recruitment, name="open"),
    path("close/", recruitment.close_recruitment, name="close"),
    path("target/", recruitment.set_target, name="target"),
]
enrollment_pages: list[URLPattern | URLResolver] = [
    path(f"{RECORD}/gate/", gate.check, name="gate"),
    path(f"{RECORD}/enroll/", gate.enroll, name="enroll"),
    path(f"{ENROLLMENT}/", gate.status, name="status"),
    path(f"{ENROLLMENT}/withdrawn/", gate.withdraw, name="withdraw"),
    path(f"{ENROLLMENT}/completed/", gate.complete, name="complete"),
    path(f"{ENROLLMENT}/ineligible/", gate.ineligible, name="ineligible"),
]

deviation_pages: list[URLPattern | URLResolver] = [
    path("", logs.deviation_log, name="list"),
    path("add/", deviations.add, name="add"),
    path("csv/", logs.deviation_csv, name="csv"),
    path("<int:pk>/report/", deviations.report, name="report"),
]
log_pages: list[URLPattern | URLResolver] = [
    path("screening/", logs.screening_log, name="screening"),
    path("screening/csv/", logs.screening_csv, name="screening-csv"),
    path("enrollment/", logs.enrollment_log, name="enrollment"),
    path("enrollment/csv/", logs.enrollment_csv, name="enrollment-csv"),
]
flow_pages: list[URLPattern | URLResolver] = [
    path("", flow.overview, name="overview"),
    path("rows/<slug:place>/", flow.rows, name="rows"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("study/recruitment/", include((recruitment_pages, "recruitment"))),
    path("", include((enrollment_pages, "enrollment"))),
    path("deviations/", include((deviation_pages, "deviations"))),
    path("logs/", include((log_pages, "logs"))),
    path("flow/", include((flow_pages, "flow"))),
]
