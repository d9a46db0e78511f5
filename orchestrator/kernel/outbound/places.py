"""Reading a web address that somebody entered; pure."""

from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit


@dataclass(frozen=True, slots=True)
class Place:
    """An address in parts, its host in small letters."""

    parts: SplitResult
    host: str
    port: int | None


def place_of(text: str) -> Place:
    """
    Return the parts of an address; an absent host is empty.

    :raises ValueError: if its brackets or its port make no sense
    """
    parts = urlsplit(text)
    return Place(parts, (parts.hostname or "").lower(), parts.port)
