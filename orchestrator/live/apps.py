"""The live app: what changed just now, told to the pages that are open."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "orchestrator.live"
    label = "live"

    def ready(self) -> None:
        """Have the ledger followed."""
        from audit import ledger  # noqa: PLC0415 - models must be loaded first
        from orchestrator.live import following  # noqa: PLC0415

        ledger.follow(following.FOLLOWED, following.read)
