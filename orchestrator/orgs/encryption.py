"""Secrets at rest: encrypted with a key ring of their own, never with SECRET_KEY."""

from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

if TYPE_CHECKING:
    # The stubs know what a field holds; the class itself takes no parameters.
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class UnreadableSecret(ImproperlyConfigured):
    """A stored secret was written with a key that is not in CREDENTIALS_KEY."""


def key_ring() -> MultiFernet:
    """Return the key ring: the first key encrypts, every key can decrypt."""
    return MultiFernet([Fernet(key) for key in settings.CREDENTIALS_KEYS])


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # generic only in the stubs
    """Text that is encrypted in the database and plain in Python."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt what goes to the database; empty stays empty."""
        text = super().get_prep_value(value)
        return key_ring().encrypt(text.encode()).decode() if text else text

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """
        Decrypt what comes from the database.

        :raises UnreadableSecret: if no key of the ring wrote it, or it was changed
        """
        if not value:
            return value
        try:
            return key_ring().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise UnreadableSecret(
                "A stored credential cannot be read: add the key it was written with to "
                "CREDENTIALS_KEY (comma separated, newest first), or enter the credential again."
            ) from error
