"""One decision on very many: its pages, its pace with a worker killed in it, and everybody else."""

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals import submission
from approvals.models import BulkDecision, BulkItem, Decision, Proposal
from approvals.requesters import agent_requester
from approvals.states import BulkState
from orchestrator.bench import backlog
from orchestrator.bench.alone import timed
from orchestrator.bench.figures import Figure, check, middle, p95
from orchestrator.bench.scene import FORM, Desk, Scene, open_desk, session_of
from orchestrator.bench.waiting import eventually, until_all_committed, until_prepared
from orchestrator.embedded import stack
from orchestrator.embedded.processes import Child
from orchestrator.embedded.supervisor import Supervisor
from orchestrator.kernel import clock

Chosen = tuple[str, str]
CHECK, START = "/bulk-decisions/check/", "/bulk-decisions/"
MOST_STATEMENTS, MOST_TIMES = 30, 4.0
PAUSE_SECONDS = 0.05


def measure(scene: Scene) -> list[Figure]:
    """Decide on a thousand at once, kill the worker in the middle, decide singly beside it."""
    count, singles = (200, 15) if scene.quick else (1000, 60)
    start = scene.crm.last_effect()
    listed, records = _waiting(scene, count + 2 * singles)
    many, idle, beside = listed[:count], listed[count : count + singles], listed[count + singles :]
    alone = _desk(scene, 1, idle[0])
    before = [_single(alone, each) for each in idle]
    statements = _statements(scene, many)
    desk = _desk(scene, 0, many[0])
    checked = timed(lambda: desk.door.ask("POST", CHECK, _form(desk, many), {"Content-Type": FORM}))
    sent = [timed(lambda: _start(desk, many)) for _ in range(2)]
    took, meanwhile = _cast(scene, beside)
    _check_each(scene, many)
    until_all_committed(scene.here.env["DATABASE_URL"], [each for each, _ in listed])
    scene.crm.check_written(start, records)
    return [
        Figure(name=f"Check page of {count} at once", value=checked, unit="ms"),
        _of_statements(count, statements),
        Figure(name=f"Answer to a decision on {count} at once", value=sent[0], unit="ms"),
        Figure(
            name=f"Decisions of {count} at once, a worker killed in it",
            value=count / took,
            unit="/s",
            floor=1000 / middle(before),
            floor_name="one by one over HTTP",
        ),
        Figure(
            name="A single decision beside it, p95",
            value=p95(meanwhile),
            unit="ms",
            floor=p95(before),
            floor_name="with nothing beside it",
            aim=f"at most {MOST_TIMES} x",
            met=p95(meanwhile) <= MOST_TIMES * p95(before),
        ),
    ]


def _of_statements(count: int, statements: int) -> Figure:
    return Figure(
        name=f"Statements of that page, {count} at once",
        value=statements,
        unit="",
        aim=f"at most {MOST_STATEMENTS}",
        met=statements <= MOST_STATEMENTS,
    )


def _waiting(scene: Scene, count: int) -> tuple[list[Chosen], list[str]]:
    """Return proposals that wait for the same people, and the records they would write."""
    records, requester = scene.crm.seed(count, per_account=4), agent_requester(scene.agent)
    made = [
        submission.submit(
            draft=backlog.draft(scene, record),
            requester=requester,
            idempotency_key=f"bulk-{next(scene.keys)}",
            at=clock.now(),
        ).proposal.pk
        for record in records
    ]
    until_prepared(scene.here.env["DATABASE_URL"], made)
    digests = dict(Proposal.objects.filter(pk__in=made).values_list("pk", "digest"))
    return [(each, digests[each]) for each in made], records


def _desk(scene: Scene, number: int, first: Chosen) -> Desk:
    return open_desk(scene.here.address, session_of(scene.people[number]), first[0])


def _single(desk: Desk, chosen: Chosen) -> float:
    took = timed(lambda: desk.approve(*chosen))
    time.sleep(PAUSE_SECONDS)
    return took


def _form(desk: Desk, chosen: Sequence[Chosen]) -> bytes:
    fields = {"csrfmiddlewaretoken": desk.token, **_fields(chosen)}
    return urlencode(fields).encode()


def _fields(chosen: Sequence[Chosen]) -> dict[str, str]:
    return {"vote": "approve", "key": "bench", "chosen": " ".join("~".join(e) for e in chosen)}


def _start(desk: Desk, chosen: Sequence[Chosen]) -> None:
    desk.door.ask("POST", START, _form(desk, chosen), {"Content-Type": FORM}, expect=(302,))


def _statements(scene: Scene, chosen: Sequence[Chosen]) -> int:
    """Count the statements of the check page with all its middleware, in this process."""
    client = Client(headers=session_of(scene.people[0]))
    client.post(CHECK, _fields(chosen[:1]))
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(CHECK, _fields(chosen))
    check(answer.status_code == 200, "the check page should answer")
    return len(captured)


def _cast(scene: Scene, beside: Sequence[Chosen]) -> tuple[float, list[float]]:
    """Let workers cast it, the first killed after a third; return its seconds, and the singles'."""
    began, bulk = time.perf_counter(), BulkDecision.objects.get(key="bench")
    with _worker(scene) as child:
        eventually(lambda: _through(bulk) >= bulk.total // 3, "a third should be decided")
        os.killpg(child.pid, signal.SIGKILL)
        child.process.wait()
    check(_through(bulk) < bulk.total, "the worker should have been killed in the middle")
    with _worker(scene):
        # A connection that rested would have been closed by the server.
        alone = _desk(scene, 1, beside[0])
        meanwhile = [_single(alone, each) for each in beside]
        eventually(lambda: _over(bulk), "the bulk decision should end")
        took = time.perf_counter() - began
    return took, meanwhile


@contextlib.contextmanager
def _worker(scene: Scene) -> Iterator[Child]:
    with Supervisor(logs=scene.here.folder / "logs", signals=False) as supervisor:
        yield supervisor.start(stack.worker("notify", side_by_side=1, env=scene.here.env))


def _through(bulk: BulkDecision) -> int:
    return BulkItem.objects.filter(bulk=bulk).exclude(state="waiting").count()


def _over(bulk: BulkDecision) -> bool:
    return BulkDecision.objects.get(pk=bulk.pk).state == BulkState.FINISHED


def _check_each(scene: Scene, chosen: Sequence[Chosen]) -> None:
    """Stop the bench unless every item has exactly one vote."""
    digests = [digest for _, digest in chosen]
    votes = Decision.objects.filter(digest__in=digests).count()
    check(BulkDecision.objects.filter(key="bench").count() == 1, "two forms, one bulk decision")
    check(votes == len(chosen), f"{len(chosen)} items have {votes} votes")
