"""Idempotency keys: the same write sent twice is done once, and answered the same twice."""

import contextlib
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestrator.simulator import clock
from orchestrator.simulator.calls import Answer, Call
from orchestrator.simulator.errors import ApiError, Refusal, refusal

HEADER = "idempotency-key"
DAYS, MOST_CHARACTERS = 30, 9_000_000
KEPT_HEADERS = frozenset({"Location"})
VERSION = 4
# The statuses are documented, their codes are not.
CONFLICT, REUSED = "CONFLICT", "UNPROCESSABLE_ENTITY"
IN_FLIGHT = Answer(
    409,
    [ApiError(CONFLICT, "A request with this Idempotency-Key is in progress.").as_row()],
    {"Retry-After": "1"},
)


class InFlight:
    """The keys of requests that have come in and are not answered yet."""

    def __init__(self) -> None:
        """Start with none."""
        self._keys: set[str] = set()

    @contextlib.contextmanager
    def holding(self, key: str | None) -> Iterator[bool]:
        """Hold a key for the block; say whether nobody else does."""
        if key is None or key in self._keys:
            yield key is None
            return
        self._keys.add(key)
        try:
            yield True
        finally:
            self._keys.discard(key)


def key_of(target: str, headers: Mapping[str, str]) -> str | None:
    """Return the key of a request to a resource that minds them, or None."""
    return headers.get(HEADER) if "/ui-api/" in target.lower() else None


def once(call: Call, write: Callable[[Call], Answer]) -> Answer:
    """
    Do a write, or return the answer that its key got before.

    :raises Refusal: if the key is bad, somebody else's, or another request's
    """
    key = call.asked_for(HEADER)
    if key is None:
        return write(call)
    _check(call, key)
    kept = call.context.org.store.replays.get(key)
    if kept is not None and _is_fresh(call, kept):
        return _again(call, kept)
    answer = write(call)
    entry = {
        "user": call.context.user_id, "request": _fingerprint(call), "at": call.context.stamp,
        "status": answer.status, "body": answer.body,
        "headers": {name: one for name, one in answer.headers.items() if name in KEPT_HEADERS},
    }  # fmt: skip
    # An answer that is too large is not kept: the same request is done again then.
    if len(json.dumps(answer.body)) <= MOST_CHARACTERS:
        call.context.org.store.keep_answer(key, entry)
    return answer


def _check(call: Call, key: str) -> None:
    if not call.context.org.switches["idempotent_writes"]:
        message = "Idempotent record writes are not enabled for this org."
        raise refusal("IDEMPOTENCY_FEATURE_NOT_ENABLED", message)
    try:
        good = uuid.UUID(key).version == VERSION and len(key) == len(str(uuid.UUID(key)))
    except ValueError:
        good = False
    if not good:
        raise refusal("INVALID_IDEMPOTENCY_KEY", "The Idempotency-Key must be a version 4 UUID.")


def _is_fresh(call: Call, kept: Mapping[str, Any]) -> bool:
    return call.context.now - clock.read(kept["at"]) <= dt.timedelta(days=DAYS)


def _again(call: Call, kept: Mapping[str, Any]) -> Answer:
    if kept["user"] != call.context.user_id:
        message = "This Idempotency-Key was used by another user."
        raise Refusal(409, ApiError(CONFLICT, message))
    if kept["request"] != _fingerprint(call):
        message = "This Idempotency-Key was used for another request."
        raise Refusal(422, ApiError(REUSED, message))
    return Answer(kept["status"], kept["body"], kept["headers"])


def _fingerprint(call: Call) -> str:
    asked = [call.method, call.path, dict(call.query), call.body]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()
