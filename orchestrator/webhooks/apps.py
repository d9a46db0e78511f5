"""The webhooks app: outcomes, sent to agents."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "orchestrator.webhooks"
    label = "webhooks"
