"""The identity app: signing in, proving who it is again, and what a directory says about people."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "orchestrator.identity"
    label = "identity"

    def ready(self) -> None:
        """Count with our own counters, listen to the library, and end sessions with an account."""
        from orchestrator.identity import limits, receivers, sessions  # noqa: PLC0415 - models first
        from orchestrator.people import closing  # noqa: PLC0415 - as above

        limits.use_our_counters()
        receivers.connect()
        closing.register(sessions.end_with_account)
