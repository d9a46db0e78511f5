"""One message to one endpoint over HTTP: no database here, so that threads can do it."""

import datetime as dt
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import httpcore
import httpx
from django.conf import settings

from orchestrator.kernel.outbound import transport
from orchestrator.webhooks import schedule, signing
from orchestrator.webhooks.addresses import listed
from orchestrator.webhooks.replies import Reply, Verdict, verdict_of, words_of

TIMEOUT_SECONDS = 15.0
MOST_READ = 64 * 1024
MOST_KEPT = 2000
LONGEST_WORDS = 300
Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is sent where, and the secrets that sign it."""

    delivery_id: str
    endpoint_id: str
    url: str
    body: str
    claimed_at: dt.datetime
    secrets: tuple[str, ...] = field(repr=False)


def send(parcel: Parcel, *, clock: Clock, timeout: float = TIMEOUT_SECONDS) -> Reply:
    """Send a message and say what came of it; whatever goes wrong is a reply as well."""
    began, at = time.monotonic(), clock()
    transport.give_until(began + timeout)
    try:
        status, answer, asked = _post(parcel, at)
    except transport.NotPublic as refused:
        return _none(str(refused), began, at)
    except (httpx.TimeoutException, httpcore.TimeoutException):
        return _none(f"No answer within {timeout:g} seconds.", began, at)
    except (httpx.HTTPError, httpcore.NetworkError, httpx.InvalidURL, OSError) as error:
        return _none(f"No answer: {error or type(error).__name__}", began, at)
    return Reply(
        verdict=verdict_of(status),
        words=words_of(status),
        at=at,
        milliseconds=_since(began),
        status=status,
        answer=answer,
        retry_after=schedule.asked_wait(asked, at=at) if asked else None,
    )


def _post(parcel: Parcel, at: dt.datetime) -> tuple[int, str, str]:
    body = parcel.body.encode()
    headers = {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"Countersign-Webhooks/{settings.VERSION}",
        **signing.headers(
            parcel.secrets,
            message_id=parcel.delivery_id,
            timestamp=int(at.timestamp()),
            body=body,
        ),
    }
    with client(os.getpid()).stream("POST", parcel.url, content=body, headers=headers) as answer:
        status, asked = answer.status_code, answer.headers.get("retry-after", "")
        return status, _beginning(answer), asked


def _beginning(answer: httpx.Response) -> str:
    """Return the beginning of an answer; one that is cut short does not undo its status."""
    read = b""
    try:
        for piece in answer.iter_raw(MOST_KEPT):
            read += piece
            if len(read) >= MOST_READ:
                break
    except (httpx.HTTPError, httpcore.TimeoutException, OSError):
        pass
    return read[:MOST_KEPT].decode(errors="replace").replace("\x00", "\ufffd")


@cache
def client(process: int) -> httpx.Client:
    """Return the client of this process: connections must not be shared with a copy of it."""
    return httpx.Client(
        transport=transport.Transport(listed),
        timeout=TIMEOUT_SECONDS,
        follow_redirects=False,
        trust_env=False,
    )


def _none(words: str, began: float, at: dt.datetime) -> Reply:
    return Reply(
        verdict=Verdict.TROUBLED, words=words[:LONGEST_WORDS], at=at, milliseconds=_since(began)
    )


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
