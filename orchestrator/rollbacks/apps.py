"""The rollbacks app."""

from django.apps import AppConfig


class RollbacksConfig(AppConfig):
    name = "orchestrator.rollbacks"
    label = "rollbacks"
