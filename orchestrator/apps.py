"""The composition root as an app: it holds the management commands and the system checks."""

from django.apps import AppConfig


class OrchestratorConfig(AppConfig):
    name = "orchestrator"
    label = "orchestrator"

    def ready(self) -> None:
        """Register checks and the broker, and hand policy's check of conditions to the grants."""
        from orchestrator import celery, checks  # noqa: F401, PLC0415 - importing registers them
        from orchestrator.agents import record_filters  # noqa: PLC0415 - once the apps are loaded
        from orchestrator.policy.conditions import compile_condition  # noqa: PLC0415

        record_filters.register(compile_condition)
