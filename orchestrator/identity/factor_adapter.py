"""How second factors are kept: the app's secret is encrypted, names are plain."""

from allauth.mfa.adapter import DefaultMFAAdapter

from orchestrator.identity.wording import WORDS
from orchestrator.orgs.encryption import key_ring
from orchestrator.people.models import User


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    """Secrets are written with the key ring that also keeps the CRM's credentials."""

    error_messages = {**DefaultMFAAdapter.error_messages, **WORDS}

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for the database."""
        return key_ring().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a secret from the database."""
        return key_ring().decrypt(encrypted_text.encode()).decode()

    def get_totp_label(self, user: User) -> str:
        """Return what the app shows beside the code."""
        return user.username

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """Return a name for a new passkey."""
        return "Passkey"
