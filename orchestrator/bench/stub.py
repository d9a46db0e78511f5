"""The least a CRM could be: an HTTP server that answers every PATCH at once and counts them."""

import asyncio
import multiprocessing
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.embedded.ports import LOOPBACK

ANSWER = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
CONTEXT = multiprocessing.get_context("fork")
END_OF_HEAD, LENGTH = b"\r\n\r\n", b"content-length:"


@contextmanager
def running_stub() -> Iterator[tuple[str, Any]]:
    """Run the stub in a process of its own; give its address and the count of its requests."""
    listener = socket.create_server((LOOPBACK, 0), backlog=256)
    count = CONTEXT.Value("q", 0)
    child = CONTEXT.Process(target=_serve, args=(listener, count), daemon=True)
    child.start()
    try:
        yield f"http://{LOOPBACK}:{listener.getsockname()[1]}", count
    finally:
        child.kill()
        child.join()
        listener.close()


def _serve(listener: socket.socket, count: Any) -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Answering(count), sock=listener)
        await server.serve_forever()

    asyncio.run(run())


class _Answering(asyncio.Protocol):
    """One connection; requests come one after another, whole or in pieces."""

    def __init__(self, count: Any) -> None:
        self._count = count
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is complete."""
        self._rest += data
        while (end := _end_of_request(self._rest)) is not None:
            self._rest = self._rest[end:]
            # This process is the only one that writes the number.
            self._count.value += 1
            self._transport.write(ANSWER)  # type: ignore[attr-defined]  # TCP can be written to


def _end_of_request(data: bytes) -> int | None:
    head, found, _ = data.partition(END_OF_HEAD)
    if not found:
        return None
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(LENGTH):
            length = int(line[len(LENGTH) :])
    end = len(head) + len(END_OF_HEAD) + length
    return end if len(data) >= end else None
