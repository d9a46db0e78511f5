"""The workflows app."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "orchestrator.workflows"
    label = "workflows"

    def ready(self) -> None:
        """Register being responsible for a workflow as a duty of people."""
        from orchestrator.people import carried  # noqa: PLC0415 - models must be loaded first
        from orchestrator.workflows.ownership import WorkflowDuties  # noqa: PLC0415

        carried.register(WorkflowDuties())
