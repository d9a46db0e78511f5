"""Lanes: a few threads that only send, one channel each, so that a slow one holds up no other."""

import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from types import TracebackType

from django.conf import settings

from orchestrator.kernel import faultpoints
from orchestrator.notifications.channels import transports
from orchestrator.notifications.channels.parcels import Receipt, failed
from orchestrator.notifications.claiming import Lane
from orchestrator.notifications.recording import Result

# What gets no turn within this share of its lease is put back: a claim must not outlive it.
SHARE_OF_LEASE = 0.4
STUCK = "No answer in time."
# Seconds between looks at lanes that are stuck.
GLANCE = 1.0
# Channels claimed for each thread: enough to keep all of them busy while others are recorded.
WAITING_PER_THREAD = 4


@dataclass(slots=True)
class Run:
    """One lane under way: until when it may begin something, and since when a thread is at it."""

    lane: Lane
    ends: float
    started: float | None = None

    def send(self) -> list[Receipt | None]:
        """Send the share in order, until one fails or the time is used; None was not tried."""
        self.started = time.monotonic()
        receipts: list[Receipt | None] = []
        for _, parcel in self.lane.parcels:
            if time.monotonic() > self.ends or (receipts and not _went_well(receipts[-1])):
                receipts.append(None)
                continue
            lane = self.lane
            receipts.append(transports.send(lane.channel.kind, lane.address, parcel))
            faultpoints.reach("after_delivery_send")
        return receipts


class Lanes:
    """Threads that send, and what they came to; no thread of them touches the database."""

    def __init__(self, size: int) -> None:
        """Keep room for so many channels side by side."""
        self.size = size
        self.pool = ThreadPoolExecutor(size, thread_name_prefix="send")
        self.under_way: dict[Future[list[Receipt | None]], Run] = {}

    def __enter__(self) -> "Lanes":
        """Open the lanes."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close them without waiting for what is stuck."""
        self.pool.shutdown(wait=False, cancel_futures=True)

    @property
    def busy(self) -> set[int]:
        """Return the channels that are being sent through."""
        return {run.lane.channel.pk for run in self.under_way.values()}

    @property
    def room(self) -> int:
        """Return how many channels could begin, or nothing while it is not worth a claim."""
        room = self.size * WAITING_PER_THREAD - len(self.under_way)
        return room if room >= self.size or not self.under_way else 0

    def start(self, lanes: Sequence[Lane]) -> None:
        """Begin with these channels; what finds no thread free waits for one."""
        share = settings.COUNTERSIGN["notify_lease_seconds"] * SHARE_OF_LEASE
        for lane in lanes:
            run = Run(lane, time.monotonic() + share)
            self.under_way[self.pool.submit(run.send)] = run

    def results(self) -> list[Result]:
        """Wait for at least one channel, and return what became of its deliveries."""
        if not self.under_way:
            return []
        done, _ = wait(self.under_way, GLANCE, FIRST_COMPLETED)
        found: list[Result] = []
        for future in done:
            lane = self.under_way.pop(future).lane
            tried = [delivery for delivery, _ in lane.parcels]
            found += zip(tried, future.result(), strict=True)
        return found + self._stuck()

    def _stuck(self) -> list[Result]:
        """Give up lanes whose receiver drips on without ever coming to an end."""
        limit = settings.COUNTERSIGN["notify_lease_seconds"] / 2
        now, found = time.monotonic(), list[Result]()
        for future, run in list(self.under_way.items()):
            if run.started is not None and now - run.started > limit:
                del self.under_way[future]
                (first, _), *rest = run.lane.parcels
                found += [(first, failed(STUCK)), *((each, None) for each, _ in rest)]
        return found


def _went_well(receipt: Receipt | None) -> bool:
    return receipt is not None and receipt.sent
