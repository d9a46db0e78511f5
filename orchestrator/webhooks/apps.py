"""The webhooks app: outcomes, sent to agents."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "orchestrator.webhooks"
    label = "webhooks"

    def ready(self) -> None:
        """Register the wake-up of the worker that sends."""
        from orchestrator.kernel import wakeups  # noqa: PLC0415 - models must be loaded first
        from orchestrator.webhooks import tasks  # noqa: PLC0415
        from orchestrator.webhooks.enqueueing import DELIVER  # noqa: PLC0415

        wakeups.register(DELIVER, tasks.send_deliver)
