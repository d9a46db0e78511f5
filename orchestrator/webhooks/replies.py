"""What an endpoint made of a message."""

import datetime as dt
from dataclasses import dataclass

from orchestrator.kernel.choices import Choices

OK, MULTIPLE_CHOICES, BAD_REQUEST = 200, 300, 400
REQUEST_TIMEOUT, GONE, TOO_MANY = 408, 410, 429
SERVER_ERROR = 500


class Verdict(Choices):
    """What a reply means for the message and for its endpoint."""

    DELIVERED = "delivered"
    # This message was not taken; the endpoint works.
    REFUSED = "refused"
    # The endpoint could not be reached, broke, or has too much to do.
    TROUBLED = "troubled"
    # It says that it wants no more messages.
    GONE = "gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer, or why there was none."""

    verdict: Verdict
    words: str
    at: dt.datetime
    milliseconds: int
    status: int | None = None
    answer: str = ""
    retry_after: dt.timedelta | None = None


def verdict_of(status: int) -> Verdict:
    """Return what a status means."""
    if OK <= status < MULTIPLE_CHOICES:
        return Verdict.DELIVERED
    if status == GONE:
        return Verdict.GONE
    if status in (REQUEST_TIMEOUT, TOO_MANY) or status >= SERVER_ERROR:
        return Verdict.TROUBLED
    return Verdict.REFUSED


def words_of(status: int) -> str:
    """Return a status in words, for whoever looks after the endpoint."""
    if MULTIPLE_CHOICES <= status < BAD_REQUEST:
        return f"It answered {status}: redirects are not followed. Enter the final address."
    if status == GONE:
        return "It answered 410: it wants no more messages."
    if status == TOO_MANY:
        return "It answered 429: too many messages for it."
    return f"It answered {status}."
