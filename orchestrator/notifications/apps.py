"""The notifications app: messages to people, and how they arrive."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "orchestrator.notifications"
    label = "notifications"

    def ready(self) -> None:
        """Register the wake-up of the worker that sends."""
        from orchestrator.kernel import wakeups  # noqa: PLC0415 - models must be loaded first
        from orchestrator.notifications import tasks  # noqa: PLC0415
        from orchestrator.notifications.waking import DELIVER  # noqa: PLC0415

        wakeups.register(DELIVER, tasks.send_deliver)
