"""Who handles which kind of timer: a table, filled when the apps are ready."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.timers.models import Timer

Handle = Callable[[Sequence[Timer], dt.datetime], None]
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Handler:
    """What is called with the due timers of a kind, and with how many of them at once."""

    handle: Handle
    batch: int


_handlers: dict[str, Handler] = {}


def register(kind: str, handler: Handle, *, batch: int = BATCH) -> None:
    """
    Say who handles a kind; called once, when the app is ready.

    The handler runs inside the claiming transaction and only changes rows. It keeps the rows that
    it locks until the batch ends, so what is slow asks for a small batch. It asks itself whether
    the subject is still open: a timer that fires while it is being cancelled fires.
    """
    _handlers[kind] = Handler(handler, batch)


def handler_of(kind: str) -> Handler:
    """Return the handler of a registered kind."""
    return _handlers[kind]


def kinds() -> list[str]:
    """Return the kinds that this process can handle: what it does not know it leaves alone."""
    return sorted(_handlers)
