"""The duties app: recurring work of people, tracked."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "orchestrator.duties"
    label = "duties"

    def ready(self) -> None:
        """Say what happens when a step of a round's time has come, and who leaves."""
        from orchestrator.duties import changing_hands, reminding  # noqa: PLC0415 - models must be ready
        from orchestrator.people import carried  # noqa: PLC0415 - as above
        from orchestrator.timers.handlers import register  # noqa: PLC0415 - as above

        register(reminding.STEP, reminding.step_due, batch=100)
        carried.register(changing_hands.RoundDuties())
        carried.register(changing_hands.FollowUpDuties())
