"""The workflows app."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    name = "orchestrator.workflows"
    label = "workflows"

    def ready(self) -> None:
        """Register what people carry for workflows, and which roles workflows name."""
        from orchestrator.people import (  # noqa: PLC0415 - models must be loaded first
            carried,
            role_changes,
        )
        from orchestrator.workflows import role_uses  # noqa: PLC0415
        from orchestrator.workflows.ownership import WorkflowDuties  # noqa: PLC0415

        carried.register(WorkflowDuties())
        role_changes.register(role_uses.workflows_naming)
