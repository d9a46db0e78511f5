"""The duties app: recurring work of people, tracked."""

from django.apps import AppConfig


class DutiesConfig(AppConfig):
    name = "orchestrator.duties"
    label = "duties"
