"""Fetching a calendar: public addresses only, one answer, so much time and so many bytes."""

import time

import httpcore
import httpx

from orchestrator.kernel.outbound.transport import NotPublic, Transport, give_until
from orchestrator.oncall.calendar_reading import MOST_BYTES, BadCalendar, decoded
from orchestrator.webhooks.addresses import listed

SECONDS = 20.0
OK = 200
HEADERS = {
    "Accept": "text/calendar",
    "User-Agent": "Countersign on-call",
    "Accept-Encoding": "identity",
}


def fetch(url: str) -> str:
    """
    Return the calendar at an address.

    :raises BadCalendar: if nothing usable comes back within the bounds
    """
    # The connection goes to the very address that was checked, and a slow drip ends in time.
    give_until(time.monotonic() + SECONDS)
    try:
        with (
            httpx.Client(transport=Transport(listed), timeout=SECONDS, trust_env=False) as client,
            client.stream("GET", url, headers=HEADERS) as answer,
        ):
            return decoded(_body(answer))
    except NotPublic as error:
        raise BadCalendar("Its host is not on the public internet.") from error
    except (httpx.HTTPError, httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise BadCalendar(f"It could not be fetched: {type(error).__name__}.") from error


def _body(answer: httpx.Response) -> bytes:
    if answer.status_code != OK:
        raise BadCalendar(f"The address answered {answer.status_code}.")
    body = b""
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BadCalendar(f"It is longer than {MOST_BYTES // 1_000_000} MB.")
    return body
