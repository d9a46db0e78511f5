"""The workflows app."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "orchestrator.workflows"
    label = "workflows"
