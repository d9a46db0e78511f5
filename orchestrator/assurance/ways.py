"""
The second path: straight from the auditor to people, past our own queues and workers.

What the first path needs (timers, deliveries, their worker) may be just what is broken.
"""

import smtplib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Result:
    """What one way came to; never with an address in it."""

    way: str
    sent: bool
    words: str


def send(*, title: str, lines: Sequence[str], key: str) -> list[Result]:
    """Send by every way that is set up; an empty list says that there is none."""
    return [attempt(title, lines, key) for attempt in _set_up().values()]


def set_up() -> list[str]:
    """Return the names of the ways that are set up."""
    return list(_set_up())


Way = Callable[[str, Sequence[str], str], Result]


def _set_up() -> dict[str, Way]:
    ways: dict[str, Way] = {}
    if settings.COUNTERSIGN["alarm_emails"]:
        ways["e-mail"] = _mail
    if settings.COUNTERSIGN["alarm_webhook_url"]:
        ways["webhook"] = _post
    return ways


def _mail(title: str, lines: Sequence[str], key: str) -> Result:
    message = EmailMessage(
        subject=f"[Countersign] {title}",
        body="\n".join(lines) + "\n",
        to=settings.COUNTERSIGN["alarm_emails"],
        # The same alarm sent twice is one message to whoever folds by it.
        headers={"Message-ID": f"<{key}@countersign.invalid>"},
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        return Result("e-mail", sent=False, words=type(error).__name__)
    return Result("e-mail", sent=True, words="accepted")


def _post(title: str, lines: Sequence[str], key: str) -> Result:
    body = {"key": key, "title": title, "text": "\n".join([title, *lines])}
    try:
        answer = httpx.post(
            settings.COUNTERSIGN["alarm_webhook_url"], json=body, timeout=TIMEOUT_SECONDS
        )
        answer.raise_for_status()
    except httpx.HTTPStatusError as error:
        return Result("webhook", sent=False, words=f"answered {error.response.status_code}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Result("webhook", sent=False, words=type(error).__name__)
    return Result("webhook", sent=True, words=f"answered {answer.status_code}")
