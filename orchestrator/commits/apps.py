"""The commits app: it listens for approvals."""

from django.apps import AppConfig


class CommitsConfig(AppConfig):
    name = "orchestrator.commits"
    label = "commits"

    def ready(self) -> None:
        """Connect the project's only signal receiver."""
        from orchestrator.commits import receivers  # noqa: PLC0415 - models must be loaded first

        receivers.connect()
