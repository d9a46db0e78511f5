"""The identity app: signing in, proving who it is again, and what a directory says about people."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "orchestrator.identity"
    label = "identity"
