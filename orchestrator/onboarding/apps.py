"""The onboarding app: the first steps of a new installation."""

from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "orchestrator.onboarding"
    label = "onboarding"
