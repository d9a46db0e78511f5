"""The paging app: calling somebody now, until somebody answers."""

from django.apps import AppConfig


class PagingConfig(AppConfig):
    name = "orchestrator.paging"
    label = "paging"
