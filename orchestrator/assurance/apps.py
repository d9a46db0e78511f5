"""The assurance app: proof that nothing waits unseen."""

from django.apps import AppConfig


class AssuranceConfig(AppConfig):
    name = "orchestrator.assurance"
    label = "assurance"
