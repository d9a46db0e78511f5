"""Many open pages on one web process: what they cost who decides, and how soon they are told."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from orchestrator.bench.alone import PAUSE_SECONDS, WARM_UP, timed
from orchestrator.bench.figures import Figure, check, middle, p95
from orchestrator.bench.load import CONTEXT, LONGEST_SECONDS
from orchestrator.bench.pages import listen
from orchestrator.bench.scene import Scene, open_desk, session_of
from orchestrator.bench.waiting import until_all_committed, until_prepared

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

PAGES = 200
AIM = 2.0
# So long after the last decision everybody has to know of it.
LATEST_SECONDS = 3.0


def measure(scene: Scene) -> list[Figure]:
    """Decide with nobody watching, and then with very many open pages; check that all were told."""
    count = WARM_UP + (20 if scene.quick else 100)
    idle, _, _ = _decide(scene, count)
    before = _megabytes(scene)
    with _open_pages(scene) as told:
        held = _megabytes(scene)
        watched, sent, ids = _decide(scene, count)
        time.sleep(LATEST_SECONDS)
    delays = _delays(told, sent)
    check(
        len(delays) == PAGES * len(ids), f"all {PAGES} pages should be told of all {len(ids)} once"
    )
    return [
        Figure(
            name=f"Answer to a decision with {PAGES} pages open, p95",
            value=p95(watched),
            unit="ms",
            floor=p95(idle),
            floor_name="with none open",
            aim=f"at most {AIM:g} x",
            met=p95(watched) <= AIM * p95(idle),
        ),
        Figure(name="  the same, p50", value=middle(watched), unit="ms", floor=middle(idle)),
        Figure(name="From the key to another page, p50", value=middle(delays), unit="ms"),
        Figure(name="From the key to another page, p95", value=p95(delays), unit="ms"),
        Figure(name="Memory of an open page", value=(held - before) * 1024 / PAGES, unit="kB"),
    ]


def _decide(scene: Scene, count: int) -> tuple[list[float], dict[str, float], list[str]]:
    """Decide so often; return how long each answer took, and when each was sent."""
    database = scene.here.env["DATABASE_URL"]
    records = scene.crm.seed(count)
    with scene.agents_door() as agent:
        made = [scene.submit(agent, each, f"live-{next(scene.keys)}") for each in records]
    ids = [each["id"] for each in made]
    until_prepared(database, ids)
    desk = open_desk(scene.here.address, session_of(scene.people[0]), ids[0])
    answers, sent = [], {}
    for each in made:
        sent[each["id"]] = time.perf_counter()
        answers.append(timed(lambda: desk.approve(each["id"], each["digest"])))  # noqa: B023 - called at once
        time.sleep(PAUSE_SECONDS)
    until_all_committed(database, ids)
    return answers[WARM_UP:], sent, ids


@contextmanager
def _open_pages(scene: Scene) -> Iterator["Queue[Any]"]:
    """Have a process of its own hold the pages' streams open; what they hear is in the queue."""
    cookies = [session_of(person)["Cookie"] for person in scene.people]
    ready, over, told = CONTEXT.Event(), CONTEXT.Event(), CONTEXT.Queue()
    wanted = [cookies[number % len(cookies)] for number in range(PAGES)]
    arguments = (scene.here.address, wanted, ready, over, told)
    child = CONTEXT.Process(target=listen, args=arguments, daemon=True)
    child.start()
    try:
        check(ready.wait(LONGEST_SECONDS), f"{PAGES} pages should open")
        yield told
    finally:
        over.set()


def _delays(told: "Queue[Any]", sent: dict[str, float]) -> list[float]:
    heard: Sequence[tuple[str, float]] = told.get(timeout=LONGEST_SECONDS)
    return [(moment - sent[key]) * 1000 for key, moment in heard if key in sent]


def _megabytes(scene: Scene) -> float:
    """Return what the processes of the web server hold in memory."""
    port = str(urlsplit(scene.here.address).port)
    total = 0.0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
            if port.encode() in words and any(b"granian" in word for word in words):
                status = (process / "status").read_text()
                total += int(status.partition("VmRSS:")[2].split()[0]) / 1024
        except (OSError, IndexError):
            continue
    return total
