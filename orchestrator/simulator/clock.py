"""The org's time: real, shifted or frozen; and how the API writes it."""

import datetime as dt
import email.utils
import functools
import time
from typing import Any


def real_now() -> dt.datetime:
    """Return the machine's time in UTC."""
    return dt.datetime.now(dt.UTC)  # noqa: TID251 - the simulator stands alone: this is its clock


class Clock:
    """The time that records are stamped with; logins and time-outs keep to the machine's."""

    def __init__(self) -> None:
        """Start as the machine's time."""
        self.offset = 0.0
        self.frozen_at: float | None = None

    def now(self) -> dt.datetime:
        """Return the org's time."""
        stamp = time.time() + self.offset if self.frozen_at is None else self.frozen_at
        return dt.datetime.fromtimestamp(stamp, dt.UTC)

    def freeze(self, at: dt.datetime) -> None:
        """Stand still at a moment."""
        self.frozen_at = at.timestamp()

    def advance(self, seconds: float) -> None:
        """Go forward (or back), frozen or not."""
        if self.frozen_at is None:
            self.offset += seconds
        else:
            self.frozen_at += seconds

    def be_real(self) -> None:
        """Go with the machine again."""
        self.offset, self.frozen_at = 0.0, None

    def state(self) -> dict[str, Any]:
        """Return what must outlive a restart."""
        return {"offset": self.offset, "frozen_at": self.frozen_at}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up a saved state."""
        self.offset, self.frozen_at = state.get("offset", 0.0), state.get("frozen_at")


def written(moment: dt.datetime, *, milliseconds: bool = False) -> str:
    """Return a moment as the API writes it: UTC, whole seconds unless told otherwise."""
    utc = moment.astimezone(dt.UTC)
    fraction = utc.microsecond // 1000 if milliseconds else 0
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{fraction:03}+0000"


@functools.lru_cache(maxsize=4096)
def read(text: str) -> dt.datetime:
    """
    Return a moment from its ISO text; without a zone it is UTC.

    :raises ValueError: if it is not a date and time
    """
    if "T" not in text:
        raise ValueError(f"{text!r} has no time of day")
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def read_http_date(text: str) -> dt.datetime:
    """
    Return a moment from an RFC 1123 date.

    :raises ValueError: if it is not one
    """
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (TypeError, IndexError) as error:
        raise ValueError(f"{text!r} is not an HTTP date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def http_date(moment: dt.datetime) -> str:
    """Return a moment as an RFC 1123 date."""
    return email.utils.format_datetime(moment.astimezone(dt.UTC), usegmt=True)
