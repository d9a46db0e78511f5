"""Addresses of the first steps."""

from django.urls import path

from orchestrator.onboarding import views

app_name = "onboarding"
urlpatterns = [
    path("start/", views.show_start, name="show-start"),
    path("start/simulator/", views.use_simulator, name="use-simulator"),
    path("start/owners/", views.name_owners, name="name-owners"),
    path("start/workflow/", views.load_workflow, name="load-workflow"),
    path("start/agent/", views.make_agent, name="make-agent"),
    path("start/key/", views.issue_key, name="issue-key"),
    path("start/arrival/", views.show_arrival, name="show-arrival"),
]
