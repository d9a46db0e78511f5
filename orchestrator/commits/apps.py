"""The commits app: it listens for approvals."""

from django.apps import AppConfig


class CommitsConfig(AppConfig):
    name = "orchestrator.commits"
    label = "commits"

    def ready(self) -> None:
        """Connect the project's only signal receiver; register failures as duties of people."""
        from orchestrator.commits import receivers  # noqa: PLC0415 - models must be loaded first
        from orchestrator.commits.carried_failures import FailureDuties  # noqa: PLC0415
        from orchestrator.people import carried  # noqa: PLC0415

        receivers.connect()
        carried.register(FailureDuties())
