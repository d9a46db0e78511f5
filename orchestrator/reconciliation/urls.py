"""Addresses of reconciliation."""

from django.urls import path

from orchestrator.reconciliation import views

app_name = "reconciliation"
urlpatterns = [
    path("reconciliation/", views.show_runs, name="show-runs"),
    path("reconciliation/start/", views.start_run, name="start-run"),
    path("reconciliation/<int:run_id>.csv", views.export_run, name="export-run"),
]
