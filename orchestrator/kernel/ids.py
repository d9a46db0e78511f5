"""Public ids: a prefix that says what it is, and a body that sorts by time."""

import datetime as dt
import secrets
import time

# Crockford's base 32: no I, L, O or U, so an id can be read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
TIME_CHARACTERS = 10
RANDOM_CHARACTERS = 16


def new_id(prefix: str) -> str:
    """Return a new id such as `prp_01JD…`: 48 bits of milliseconds, then 80 random bits."""
    return f"{prefix}_{_encode(time.time_ns() // 1_000_000, TIME_CHARACTERS)}" + _encode(
        secrets.randbits(80), RANDOM_CHARACTERS
    )


def new_proposal_id() -> str:
    """Return a new proposal id."""
    return new_id("prp")


def earliest_proposal_id(at: dt.datetime) -> str:
    """Return what sorts before the id of every proposal that came at this moment or later."""
    return f"prp_{_encode(int(at.timestamp() * 1000), TIME_CHARACTERS)}"


def new_review_id() -> str:
    """Return a new review id."""
    return new_id("rvw")


def new_bulk_decision_id() -> str:
    """Return a new bulk decision id."""
    return new_id("blk")


def new_commit_id() -> str:
    """Return a new commit id."""
    return new_id("cmt")


def new_rollback_id() -> str:
    """Return a new rollback id."""
    return new_id("rbk")


def new_page_id() -> str:
    """Return a new id for calling people about a matter."""
    return new_id("pag")


def new_agent_id() -> str:
    """Return a new agent id."""
    return new_id("agt")


def _encode(number: int, length: int) -> str:
    characters = []
    for _ in range(length):
        number, remainder = divmod(number, 32)
        characters.append(ALPHABET[remainder])
    return "".join(reversed(characters))
