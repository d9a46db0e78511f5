"""Observation: what people did anyway, against what agents would have done."""

from django.apps import AppConfig


class ObservationConfig(AppConfig):
    name = "orchestrator.observation"
    label = "observation"
