"""The composition root as an app: it holds the management commands and the system checks."""

from django.apps import AppConfig


class OrchestratorConfig(AppConfig):
    name = "orchestrator"
    label = "orchestrator"

    def ready(self) -> None:
        """Hand policy's check of conditions down to the grants; tell tasks which broker is ours."""
        from orchestrator import celery  # noqa: F401, PLC0415 - every process that sends needs it
        from orchestrator.agents import record_filters  # noqa: PLC0415 - once the apps are loaded
        from orchestrator.policy.conditions import compile_condition  # noqa: PLC0415

        record_filters.register(compile_condition)
