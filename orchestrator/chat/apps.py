"""The chat app: small changes decided in Slack, by people who linked their account."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "orchestrator.chat"
    label = "chat"

    def ready(self) -> None:
        """Say what ends in Slack when somebody's account is closed."""
        from orchestrator.chat import linking  # noqa: PLC0415 - models must be ready
        from orchestrator.people import closing  # noqa: PLC0415 - as above

        closing.register(linking.unlink_closed)
