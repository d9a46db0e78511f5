"""Addresses for the machines that watch."""

from django.urls import path

from orchestrator.insight import exposition, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", exposition.metrics, name="metrics"),
]
