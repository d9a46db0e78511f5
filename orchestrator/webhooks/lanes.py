"""Threads that send: two for each endpoint at most, and none of them touches the database."""

import datetime as dt
import queue
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from orchestrator.kernel import faultpoints
from orchestrator.webhooks.claiming import Lane
from orchestrator.webhooks.replies import Reply, Verdict
from orchestrator.webhooks.sending import TIMEOUT_SECONDS, Clock, Parcel, send

IN_FLIGHT = 2
MOST_LANES = 16
# Results that are stored together: a statement for each of them would cost more than its message.
MOST_AT_ONCE = 200
# After so long a lane begins nothing new: with one more time-out it stays within the lease.
LANE_SECONDS = 10.0
UNREADABLE = "Its secret cannot be read: add the key it was written with, or make a new secret."


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one parcel; without a reply it was not tried."""

    parcel: Parcel
    reply: Reply | None


class Lanes:
    """The lanes that are busy, and what comes out of them."""

    def __init__(self, *, clock: Clock, timeout: float = TIMEOUT_SECONDS) -> None:
        """Keep threads for every lane; they start when they are needed."""
        self._clock, self._timeout = clock, timeout
        self._pool = ThreadPoolExecutor(MOST_LANES * IN_FLIGHT, thread_name_prefix="webhook")
        self._results: queue.SimpleQueue[Result] = queue.SimpleQueue()
        self._open: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Return the lanes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what is on the wire; nothing else begins."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    @property
    def room(self) -> int:
        """Return how many more endpoints can be served now."""
        return MOST_LANES - len(self._open)

    @property
    def busy(self) -> bool:
        """Say whether anything is still to come out."""
        return bool(self._open)

    def start(self, lanes: Sequence[Lane]) -> None:
        """Begin to send."""
        for lane in lanes:
            self._open[lane.endpoint_id] = len(lane.parcels)
            waiting: queue.SimpleQueue[Parcel] = queue.SimpleQueue()
            for parcel in lane.parcels:
                waiting.put(parcel)
            stopped = threading.Event()
            until = time.monotonic() + LANE_SECONDS
            for _ in range(min(IN_FLIGHT, len(lane.parcels))):
                self._pool.submit(self._run, waiting, stopped, until)

    def finished(self, *, wait: float) -> list[Result]:
        """Return what comes out within so many seconds; sooner if nothing more is to come."""
        until, expected = time.monotonic() + wait, sum(self._open.values())
        found: list[Result] = []
        while len(found) < min(expected, MOST_AT_ONCE):
            try:
                found.append(self._results.get(timeout=max(until - time.monotonic(), 0)))
            except queue.Empty:
                break
        for result in found:
            self._count_off(result.parcel.endpoint_id)
        return found

    def _count_off(self, endpoint_id: str) -> None:
        self._open[endpoint_id] -= 1
        if not self._open[endpoint_id]:
            del self._open[endpoint_id]

    def _run(
        self, waiting: "queue.SimpleQueue[Parcel]", stopped: threading.Event, until: float
    ) -> None:
        """Send one after another; after a failure the rest waits until the endpoint has rested."""
        while True:
            try:
                parcel = waiting.get_nowait()
            except queue.Empty:
                return
            reply = None
            if not stopped.is_set() and time.monotonic() < until:
                reply = self._send(parcel)
                if reply.verdict in (Verdict.TROUBLED, Verdict.GONE):
                    stopped.set()
            self._results.put(Result(parcel, reply))

    def _send(self, parcel: Parcel) -> Reply:
        began = self._clock()
        if not parcel.secrets:
            return _broken(UNREADABLE, began)
        try:
            reply = send(parcel, clock=self._clock, timeout=self._timeout)
        except Exception as error:  # noqa: BLE001 - one message that breaks must not end its lane
            return _broken(f"It could not be sent: {type(error).__name__}.", began)
        faultpoints.reach("webhook_sent")
        return reply


def _broken(words: str, at: dt.datetime) -> Reply:
    return Reply(verdict=Verdict.TROUBLED, words=words, at=at, milliseconds=0)
