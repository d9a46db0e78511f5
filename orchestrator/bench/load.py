"""Clients that put load on a server: threads in processes of their own, one after another."""

import multiprocessing
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import Empty
from typing import Any

PROCESSES = 2
LONGEST_SECONDS = 240
CONTEXT = multiprocessing.get_context("fork")

# What one client does with its share of the work; it returns what it found out.
Client = Callable[[int, Sequence[Any]], list[Any]]


class ClientsFailed(Exception):
    """A client broke off; its words are those of the first error."""


def together(client: Client, shares: Sequence[Sequence[Any]]) -> tuple[list[Any], float]:
    """
    Run one client a share, all at once, in two processes; return what they found, and the seconds.

    The caller holds no thread and no open connection: its processes are copies of this one.

    :raises ClientsFailed: if a client breaks off or takes too long
    """
    start, answers = CONTEXT.Event(), CONTEXT.Queue()
    numbered = list(enumerate(shares))
    groups = [group for n in range(PROCESSES) if (group := numbered[n::PROCESSES])]
    ready = CONTEXT.Barrier(len(groups) + 1)
    children = [
        CONTEXT.Process(target=_group, args=(client, group, ready, start, answers), daemon=True)
        for group in groups
    ]
    for child in children:
        child.start()
    try:
        ready.wait(timeout=LONGEST_SECONDS)
        began = time.perf_counter()
        start.set()
        found = _collect(answers, len(groups))
        took = time.perf_counter() - began
    finally:
        for child in children:
            child.join(timeout=1)
            child.kill()
    return found, took


def dealt(work: Sequence[Any], clients: int) -> list[Sequence[Any]]:
    """Deal work out to clients like cards."""
    return [work[number::clients] for number in range(clients)]


def _collect(answers: Any, count: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(count):
        try:
            part, problem = answers.get(timeout=LONGEST_SECONDS)
        except Empty as late:
            raise ClientsFailed("the clients did not come to an end in time") from late
        if problem:
            raise ClientsFailed(problem)
        found += part
    return found


def _group(
    client: Client,
    shares: Sequence[tuple[int, Sequence[Any]]],
    ready: Any,
    start: Any,
    answers: Any,
) -> None:
    gate = threading.Barrier(len(shares) + 1)

    def run(share: tuple[int, Sequence[Any]]) -> list[Any]:
        gate.wait(timeout=LONGEST_SECONDS)
        return client(*share)

    try:
        with ThreadPoolExecutor(len(shares)) as pool:
            running = [pool.submit(run, share) for share in shares]
            ready.wait(timeout=LONGEST_SECONDS)
            start.wait(timeout=LONGEST_SECONDS)
            gate.wait(timeout=LONGEST_SECONDS)
            found = [one for each in running for one in each.result()]
        answers.put((found, ""))
    except Exception as problem:  # noqa: BLE001 - told by the parent, whatever it is
        answers.put(([], f"{type(problem).__name__}: {problem}"))
