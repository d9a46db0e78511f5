"""The oncall app: on-call schedules."""

from django.apps import AppConfig


class OnCallConfig(AppConfig):
    name = "orchestrator.oncall"
    label = "oncall"

    def ready(self) -> None:
        """Say which addresses end when somebody's account is closed."""
        from orchestrator.oncall import addresses  # noqa: PLC0415 - models must be ready
        from orchestrator.people import closing  # noqa: PLC0415 - as above

        closing.register(addresses.revoke_all)
