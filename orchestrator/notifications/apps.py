"""The notifications app: messages to people, and how they arrive."""

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "orchestrator.notifications"
    label = "notifications"
