"""The text of a key: csn_<prefix>_<secret>. Only the hash of the secret is ever stored. Pure."""

import hashlib
import re
import secrets
from typing import NamedTuple

from orchestrator.kernel.ids import ALPHABET

PREFIX_CHARACTERS = 10
SECRET_BYTES = 32
TEXT = re.compile(r"csn_([0-9A-Z]{8,12})_([A-Za-z0-9_-]{40,100})")


class KeyText(NamedTuple):
    """The two parts of a key: the public name, and what nobody else knows."""

    prefix: str
    secret: str

    @property
    def text(self) -> str:
        """Return the key as an agent sends it."""
        return f"csn_{self.prefix}_{self.secret}"

    @property
    def secret_hash(self) -> str:
        """Return what is stored. A secret of 256 random bits needs no salt and no slow hash."""
        return hashlib.sha256(self.secret.encode()).hexdigest()


def new_key_text() -> KeyText:
    """Return a new key."""
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(PREFIX_CHARACTERS))
    return KeyText(prefix, secrets.token_urlsafe(SECRET_BYTES))


def parse_key_text(text: str) -> KeyText | None:
    """Return the parts of a key, or None if the text cannot be one."""
    found = TEXT.fullmatch(text)
    return KeyText(found[1], found[2]) if found else None
