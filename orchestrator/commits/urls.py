"""Addresses of failures and controls."""

from django.urls import path

from orchestrator.commits.views import controls, failures

app_name = "commits"
urlpatterns = [
    path("failures/", failures.show_failures, name="show-failures"),
    path("failures/<str:commit_id>/requeue/", failures.requeue, name="requeue"),
    path("failures/<str:commit_id>/discard/", failures.discard, name="discard"),
    path("controls/", controls.show_controls, name="show-controls"),
    path("controls/halt/", controls.halt, name="halt"),
    path("controls/<int:halt_id>/ask-release/", controls.ask_release, name="ask-release"),
    path("controls/<int:halt_id>/release/", controls.release, name="release"),
]
