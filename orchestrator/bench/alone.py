"""One client on an idle system: how long a submission and a decision take."""

import time
from collections.abc import Callable, Sequence

import psycopg
from psycopg.types.json import Jsonb

from orchestrator.bench.door import Door
from orchestrator.bench.figures import Figure, middle, p95
from orchestrator.bench.floor import BARE_INSERT, bare_inserts, raw_floor, raw_latency
from orchestrator.bench.scene import Scene, open_desk, session_of
from orchestrator.bench.waiting import eventually, until_prepared

AIM_MS, AIM_FLOORS = 2.5, 5.0
# With the time of the CRM in it.
AIM_COMMITTED_MS = 1000.0
WARM_UP = 10
# Between two decisions, so that every one of them finds the workers idle.
PAUSE_SECONDS = 0.03
STATE = "SELECT state FROM approvals_proposal WHERE id = %s"


def measure_submit(scene: Scene) -> list[Figure]:
    """Submit one after another, each beside a bare request and a bare insert."""
    count = WARM_UP + (60 if scene.quick else 300)
    records, start = scene.crm.seed(count), scene.crm.last_effect()
    database = scene.here.env["DATABASE_URL"]
    bare_inserts(database, "{}", WARM_UP)
    ours, pings, inserts, ids = [], [], [], []
    payload = scene.body(records[0])
    with (
        scene.agents_door() as door,
        Door(scene.here.address) as plain,
        psycopg.connect(database, autocommit=True) as line,
    ):
        for record in records:
            key = f"alone-{next(scene.keys)}"
            ours.append(timed(lambda: ids.append(scene.submit(door, record, key)["id"])))  # noqa: B023 - called at once
            pings.append(timed(lambda: plain.ask("GET", "/healthz")))
            row = [key, Jsonb(payload)]
            inserts.append(timed(lambda: line.execute(BARE_INSERT, row)))  # noqa: B023 - called at once
    until_prepared(database, ids)
    scene.crm.check_written(start, [])
    ours, pings, inserts = ours[WARM_UP:], pings[WARM_UP:], inserts[WARM_UP:]
    return [
        Figure(
            name="Submit over REST, 1 client, p50",
            value=middle(ours),
            unit="ms",
            floor=middle(pings) + middle(inserts),
            floor_name=f"bare request {middle(pings):.2f} + durable insert {middle(inserts):.2f}",
            aim="at most 2.5 ms",
            met=middle(ours) <= AIM_MS,
        ),
        Figure(
            name="Submit over REST, 1 client, p95",
            value=p95(ours),
            unit="ms",
            floor=p95(pings) + p95(inserts),
            floor_name="the same two, p95",
        ),
    ]


def measure_decide(scene: Scene) -> list[Figure]:
    """Decide one after another; measure from the answer until the proposal is committed."""
    count = WARM_UP + (30 if scene.quick else 150)
    database = scene.here.env["DATABASE_URL"]
    records, start = scene.crm.seed(count), scene.crm.last_effect()
    with scene.agents_door() as agent:
        made = [scene.submit(agent, each, f"decide-{next(scene.keys)}") for each in records]
    until_prepared(database, [each["id"] for each in made])
    with raw_floor(database, scene.here.env["REDIS_URL"], scene.body(records[0])) as floor:
        bare = raw_latency(floor, count)[WARM_UP:]
    pages, answers, commits = _decide_each(scene, [(each["id"], each["digest"]) for each in made])
    scene.crm.check_written(start, records)
    return [
        Figure(
            name="Decided to committed, 1 client, p50",
            value=middle(commits),
            unit="ms",
            floor=middle(bare),
            floor_name="raw SQL cycle",
            aim="at most 5 x",
            met=middle(commits) <= AIM_FLOORS * middle(bare),
        ),
        Figure(
            name="Decided to committed, 1 client, p95",
            value=p95(commits),
            unit="ms",
            floor=p95(bare),
            floor_name="raw SQL cycle",
            aim="at most 1 s",
            met=p95(commits) <= AIM_COMMITTED_MS,
        ),
        Figure(name="Review page, p50", value=middle(pages), unit="ms"),
        Figure(name="Answer to a decision, p50", value=middle(answers), unit="ms"),
        Figure(name="Answer to a decision, p95", value=p95(answers), unit="ms"),
    ]


def _decide_each(
    scene: Scene, proposals: Sequence[tuple[str, str]]
) -> tuple[list[float], list[float], list[float]]:
    session = session_of(scene.people[0])
    desk = open_desk(scene.here.address, session, proposals[0][0])
    pages, answers, commits = [], [], []
    with (
        psycopg.connect(scene.here.env["DATABASE_URL"], autocommit=True) as line,
        Door(scene.here.address, session) as reader,
    ):
        for proposal, digest in proposals:
            pages.append(timed(lambda: reader.ask("GET", f"/proposals/{proposal}/")))  # noqa: B023 - called at once
            time.sleep(PAUSE_SECONDS)
            answers.append(timed(lambda: desk.approve(proposal, digest)))  # noqa: B023 - called at once
            commits.append(timed(lambda: _until_committed(line, proposal)))  # noqa: B023 - called at once
            time.sleep(PAUSE_SECONDS)
    return pages[WARM_UP:], answers[WARM_UP:], commits[WARM_UP:]


def _until_committed(line: psycopg.Connection, proposal: str) -> None:
    eventually(
        lambda: line.execute(STATE, [proposal]).fetchone() == ("committed",),
        f"{proposal} should be committed",
        every=0.0005,
    )


def timed(work: Callable[[], object]) -> float:
    """Do the work; return how many milliseconds it took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
