"""The composition root as an app: it holds the management commands and the system checks."""

from django.apps import AppConfig


class OrchestratorConfig(AppConfig):
    name = "orchestrator"
    label = "orchestrator"

    def ready(self) -> None:
        """Register the system checks."""
        from orchestrator import checks  # noqa: F401, PLC0415 - importing registers them
