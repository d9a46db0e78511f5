"""The approvals app: it says how preparation is woken."""

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "approvals"
    label = "approvals"

    def ready(self) -> None:
        """Register the wake-ups of its workers and the handler of its timers."""
        from approvals import ledger_sight, tasks  # noqa: PLC0415 - models must be loaded first
        from approvals.announcing.wake import ANNOUNCE  # noqa: PLC0415
        from approvals.bulk_decisions import DECIDE  # noqa: PLC0415
        from approvals.carried_duties import AgentDuties, ReviewDuties  # noqa: PLC0415
        from approvals.carried_shifts import ShiftDuties  # noqa: PLC0415
        from approvals.escalation import arming, asking, firing  # noqa: PLC0415
        from approvals.people_notices import tell_each  # noqa: PLC0415
        from approvals.revisions import PREPARE  # noqa: PLC0415
        from approvals.watching import pass_for  # noqa: PLC0415
        from audit import readers  # noqa: PLC0415
        from orchestrator.kernel import wakeups  # noqa: PLC0415
        from orchestrator.live import passes  # noqa: PLC0415
        from orchestrator.people import carried, telling  # noqa: PLC0415
        from orchestrator.timers import handlers  # noqa: PLC0415

        wakeups.register(PREPARE, tasks.send_prepare)
        wakeups.register(DECIDE, tasks.send_decide_bulk)
        telling.register(tell_each)
        passes.register(pass_for)
        readers.register(ledger_sight.readable)
        for duties in (ReviewDuties(), AgentDuties(), ShiftDuties()):
            carried.register(duties)
        wakeups.register(ANNOUNCE, tasks.send_announce)
        handlers.register(arming.KIND, firing.fire, batch=firing.BATCH)
        handlers.register(arming.ASKING, asking.ask, batch=firing.BATCH)
