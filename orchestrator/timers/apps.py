"""The timers app: due times with a step."""

from django.apps import AppConfig


class TimersConfig(AppConfig):
    name = "orchestrator.timers"
    label = "timers"
