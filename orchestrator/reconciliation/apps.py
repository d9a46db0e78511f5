"""Reconciliation: what we last wrote against what is there."""

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

HOURS = range(24)


class ReconciliationConfig(AppConfig):
    name = "orchestrator.reconciliation"
    label = "reconciliation"

    def ready(self) -> None:
        """Refuse to start with an hour that no day has."""
        hour = settings.COUNTERSIGN["reconciliation_hour"]
        if hour not in HOURS:
            raise ImproperlyConfigured(f"RECONCILIATION_HOUR is {hour}; use 0 to 23 (UTC).")
