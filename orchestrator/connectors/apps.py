"""The connectors app."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "orchestrator.connectors"
    label = "connectors"
