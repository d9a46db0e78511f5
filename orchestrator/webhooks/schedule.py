"""When a message that did not come through is tried again, and when it is given up: pure."""

import datetime as dt
import email.utils

from orchestrator.webhooks.replies import Reply, Verdict

SECOND, MINUTE, HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
# What Standard Webhooks suggests; after the last of them a message is dead.
WAITS = (
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
)
# A tenth more at most, so that what failed together does not come back together.
JITTER = 0.1
LONGEST_WAIT = 24 * HOUR
FIRST_REST, LONGEST_REST = 5 * SECOND, 5 * MINUTE
LONGEST_ASKED_REST = HOUR
FAILING_TOO_LONG = dt.timedelta(days=5)


def next_wait(*, tries: int, reply: Reply, share: float) -> dt.timedelta | None:
    """Return how long to wait after so many tries (`share` of the jitter), or None: given up."""
    if reply.verdict == Verdict.GONE or tries > len(WAITS):
        return None
    planned = WAITS[tries - 1]
    asked = reply.retry_after or dt.timedelta(0)
    return min(max(planned, asked), LONGEST_WAIT) * (1 + JITTER * share)


def rest(*, failures: int, reply: Reply) -> dt.timedelta:
    """Return how long an endpoint is left alone after so many failures in a row."""
    doubled: dt.timedelta = FIRST_REST * 2 ** min(failures - 1, 10)
    asked = min(reply.retry_after or dt.timedelta(0), LONGEST_ASKED_REST)
    return max(min(doubled, LONGEST_REST), asked)


def asked_wait(header: str, *, at: dt.datetime) -> dt.timedelta | None:
    """Return what a Retry-After header asks for: seconds, or a moment; None if it says neither."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return dt.timedelta(seconds=min(int(text[:9]), 10**8))
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return max(moment - at, dt.timedelta(0))
