"""The paging app: calling somebody now, until somebody answers."""

from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "orchestrator.paging"
    label = "paging"

    def ready(self) -> None:
        """Say what happens when a page's time is up, and who leaves."""
        from orchestrator.paging import due, ticking  # noqa: PLC0415 - models must be ready
        from orchestrator.paging.carried_pages import PageDuties  # noqa: PLC0415 - as above
        from orchestrator.people import carried  # noqa: PLC0415 - as above
        from orchestrator.timers.handlers import register  # noqa: PLC0415 - as above

        register(ticking.UNACKNOWLEDGED, due.unacknowledged, batch=due.BATCH)
        register(ticking.REMINDER, due.reminder, batch=due.BATCH)
        carried.register(PageDuties())
