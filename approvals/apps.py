"""The approvals app: it says how preparation is woken."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    label = "approvals"

    def ready(self) -> None:
        """Register the wake-up of preparation."""
        from approvals import tasks  # noqa: PLC0415 - models must be loaded first
        from approvals.bulk_decisions import DECIDE  # noqa: PLC0415
        from approvals.revisions import PREPARE  # noqa: PLC0415
        from orchestrator.kernel import wakeups  # noqa: PLC0415

        wakeups.register(PREPARE, tasks.send_prepare)
        wakeups.register(DECIDE, tasks.send_decide_bulk)
