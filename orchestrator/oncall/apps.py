"""The oncall app: on-call schedules."""

from django.apps import AppConfig


class OnCallConfig(AppConfig):
    name = "orchestrator.oncall"
    label = "oncall"
