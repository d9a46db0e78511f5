"""The paging app: calling somebody now, until somebody answers."""

from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "orchestrator.paging"
    label = "paging"

    def ready(self) -> None:
        """Say what happens when a page's time is up."""
        from orchestrator.paging import due, ticking  # noqa: PLC0415 - models must be ready
        from orchestrator.timers.handlers import register  # noqa: PLC0415 - as above

        register(ticking.UNACKNOWLEDGED, due.unacknowledged, batch=due.BATCH)
        register(ticking.REMINDER, due.reminder, batch=due.BATCH)
