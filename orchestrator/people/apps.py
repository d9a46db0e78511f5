"""The people app: it knows which duties people carry by their roles."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "orchestrator.people"
    label = "people"

    def ready(self) -> None:
        """Register the duties that are roles and standing in."""
        from orchestrator.people import carried  # noqa: PLC0415 - models must be loaded first
        from orchestrator.people.role_duties import RoleDuties, StandInDuties  # noqa: PLC0415

        carried.register(RoleDuties())
        carried.register(StandInDuties())
