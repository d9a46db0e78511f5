"""The connectors app: it registers what this installation can talk to."""

from django.apps import AppConfig


class ConnectorsConfig(AppConfig):
    name = "orchestrator.connectors"
    label = "connectors"

    def ready(self) -> None:
        """Register the connectors."""
        from orchestrator.connectors import registry  # noqa: PLC0415 - models must be loaded first
        from orchestrator.connectors.control import connector as control  # noqa: PLC0415
        from orchestrator.connectors.salesforce import connector as salesforce  # noqa: PLC0415

        registry.register("salesforce", salesforce.connector_for)
        registry.register("control", control.connector_for)
