"""Which cache counts the tries, and how often the ledger hears of a lock."""

import hashlib

from allauth.core.internal import ratelimit
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import caches

LOCKED_SECONDS = 300


def use_our_counters() -> None:
    """Let the library count in the cache that goes on without Redis; called once, at the start."""
    ratelimit.cache = caches["limits"]
    totp.cache = caches["limits"]


def first_lock(*, username: str, address: str) -> bool:
    """Say whether this lock is news: a flood of tries makes one line of the ledger, not a flood."""
    digest = hashlib.sha256(f"{username}\n{address}".encode()).hexdigest()
    return bool(caches["limits"].add(f"sign-in-lock:{digest}", "y", LOCKED_SECONDS))
