"""The live app: what changed just now, told to the pages that are open."""

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "orchestrator.live"
    label = "live"
