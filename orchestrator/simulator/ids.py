"""Record ids: 15 characters that mind their case, or 18 that do not."""

import functools
import re

RECORD_ID = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-9]{3})?", re.ASCII)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
# Between the key prefix and the number: which instance made the record.
INSTANCE = "Sm0"
NUMBER_WIDTH = 9


@functools.lru_cache(maxsize=65_536)
def full_id(text: str) -> str | None:
    """Return the 18 characters of an id given with 15 or 18, or None if it cannot be one."""
    if not RECORD_ID.fullmatch(text):
        return None
    stem = text[:15]
    return text if len(text) == 18 and text[15:] == suffix(stem) else stem + suffix(stem)


def suffix(stem: str) -> str:
    """Return the three characters that say which letters of the 15 are upper-case."""
    return "".join(
        SUFFIX[sum(1 << place for place, letter in enumerate(stem[start : start + 5])
                   if letter.isupper())]
        for start in (0, 5, 10)
    )  # fmt: skip


def record_id(prefix: str, number: int) -> str:
    """Return the id of the n-th record with a key prefix."""
    digits = ""
    for _ in range(NUMBER_WIDTH):
        number, digit = divmod(number, len(DIGITS))
        digits = DIGITS[digit] + digits
    stem = f"{prefix}{INSTANCE}{digits}"
    return stem + suffix(stem)
