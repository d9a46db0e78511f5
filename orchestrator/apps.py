"""The composition root as an app: it holds the management commands and the system checks."""

from django.apps import AppConfig


class OrchestratorConfig(AppConfig):
    name = "orchestrator"
    label = "orchestrator"
