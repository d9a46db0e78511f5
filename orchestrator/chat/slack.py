"""Speaking to Slack: the one module that knows its client."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.conf import settings
from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError
from slack_sdk.signature import Clock, SignatureVerifier

TIMEOUT_SECONDS = 10


class SlackFailed(Exception):
    """Slack did not take it; the words hold no secret."""


def is_on() -> bool:
    """Say whether the operator switched deciding in Slack on, with everything it needs."""
    slack = settings.COUNTERSIGN["slack"]
    return bool(slack["buttons"] and slack["bot_token"] and slack["signing_secret"])


def is_genuine(*, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> bool:
    """
    Say whether Slack signed this request within the last five minutes.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    secret = settings.COUNTERSIGN["slack"]["signing_secret"]
    if not secret:
        return False
    verifier = SignatureVerifier(secret, clock=_At(at))
    timestamp = headers.get("X-Slack-Request-Timestamp", "")
    if not timestamp.isascii() or not timestamp.isdigit():
        return False
    signature = headers.get("X-Slack-Signature", "")
    return bool(verifier.is_valid(body=body, timestamp=timestamp, signature=signature))


def post(*, user_id: str, text: str, blocks: Any) -> tuple[str, str]:
    """
    Send a direct message; return the channel and the message's time stamp, which name it.

    :raises SlackFailed: if Slack did not take it
    """
    answer = _call("chat.postMessage", channel=user_id, text=text, blocks=blocks)
    return str(answer["channel"]), str(answer["ts"])


def update(*, channel: str, message: str, text: str, blocks: Any) -> None:
    """
    Replace what a message says.

    :raises SlackFailed: if Slack did not take it
    """
    _call("chat.update", channel=channel, ts=message, text=text, blocks=blocks)


def whisper(*, channel: str, user_id: str, text: str) -> None:
    """
    Say something that only one person sees.

    :raises SlackFailed: if Slack did not take it
    """
    _call("chat.postEphemeral", channel=channel, user=user_id, text=text)


def _call(method: str, **body: Any) -> Mapping[str, Any]:
    slack = settings.COUNTERSIGN["slack"]
    try:
        answer = _client(slack["bot_token"], slack["api_url"]).api_call(method, json=body)
    except (SlackClientError, OSError) as error:
        response = getattr(error, "response", None)
        told = response.get("error", "") if response is not None else ""
        raise SlackFailed(str(told or type(error).__name__)[:100]) from error
    if not isinstance(answer.data, dict):
        raise SlackFailed("no JSON")
    return answer.data


@cache
def _client(token: str, api_url: str) -> WebClient:
    return WebClient(token=token, base_url=api_url, timeout=TIMEOUT_SECONDS)


class _At(Clock):
    """The moment at which the request was taken, for the library that reads a clock itself."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = at

    def now(self) -> float:
        return self._at.timestamp()
