"""System checks: what production must not start with."""

from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from orchestrator.kernel import faultpoints


@register()
def no_fault_point_in_production(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Refuse a production process that is told to kill itself."""
    if not settings.PRODUCTION or not faultpoints.armed():
        return []
    hint = f"Take {faultpoints.VARIABLE} out of the environment; it is for tests alone."
    return [Error("A fault point is armed.", hint=hint, id="countersign.E001")]


@register()
def credentials_key_is_usable(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Refuse a key ring that could not decrypt anything."""
    try:
        for key in settings.CREDENTIALS_KEYS:
            Fernet(key)
    except ValueError:
        hint = "Make one as docs/operations.md says; several are separated by commas."
        return [Error("CREDENTIALS_KEY holds no Fernet key.", hint=hint, id="countersign.E002")]
    return []
