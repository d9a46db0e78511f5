"""The chat app: small changes decided in Slack, by people who linked their account."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "orchestrator.chat"
    label = "chat"
