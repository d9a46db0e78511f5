"""Addresses for the machines that watch, and of figures beside the pages of others."""

from django.urls import path

from orchestrator.insight import agent_activity, exposition, health, workflow_figures

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", exposition.metrics, name="metrics"),
    path("workflows/<slug:slug>/figures/", workflow_figures.show_figures, name="show-figures"),
    path("agents/<slug:name>/activity/", agent_activity.show_activity, name="show-activity"),
]
