"""The inbox with many open proposals against few: queries of a page, and its time over HTTP."""

from collections.abc import Sequence

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orchestrator.bench.alone import timed
from orchestrator.bench.copies import copy_open
from orchestrator.bench.door import Door
from orchestrator.bench.figures import Figure, check, middle, p95
from orchestrator.bench.scene import ROLES, Scene, session_of
from orchestrator.bench.waiting import until_prepared
from orchestrator.people.models import Role

FEW = 1_000
MOST_QUERIES, MOST_TIMES = 12, 1.5
WARM_UP = 20


def measure(scene: Scene) -> list[Figure]:
    """Look at the page with a thousand open proposals, then with very many."""
    many, looks = (10_000, 40) if scene.quick else (100_000, 150)
    start = scene.crm.last_effect()
    template = _template(scene)
    roles = list(Role.objects.filter(slug__in=ROLES).order_by("slug").values_list("pk", flat=True))
    copy_open(template, roles=roles, first=1, last=FEW)
    few, few_bare, _ = _look(scene, looks)
    copy_open(template, roles=roles, first=FEW + 1, last=many)
    times, bare, queries = _look(scene, looks)
    scene.crm.check_written(start, [])
    ratio = p95(times) / p95(few)
    return [
        Figure(
            name=f"Queries of the inbox, {many:,} open",
            value=queries,
            unit="",
            aim=f"at most {MOST_QUERIES}",
            met=queries <= MOST_QUERIES,
        ),
        Figure(
            name=f"Inbox over HTTP, {many:,} open, p95",
            value=p95(times),
            unit="ms",
            floor=p95(few),
            floor_name=f"with {FEW:,} open (/healthz {p95(few_bare):.1f}, then {p95(bare):.1f})",
            aim="at most 1.5 x",
            met=ratio <= MOST_TIMES,
        ),
        Figure(
            name=f"Inbox over HTTP, {many:,} open, p50",
            value=middle(times),
            unit="ms",
            floor=middle(few),
            floor_name=f"with {FEW:,} open",
        ),
    ]


def _template(scene: Scene) -> str:
    """Return a real proposal in review, which the others are copies of."""
    [record] = scene.crm.seed(1)
    with scene.agents_door() as door:
        made = str(scene.submit(door, record, f"inbox-{next(scene.keys)}")["id"])
    until_prepared(scene.here.env["DATABASE_URL"], [made])
    return made


def _look(scene: Scene, looks: int) -> tuple[Sequence[float], Sequence[float], int]:
    """Return the times of the page and of a bare request, and the queries of one page."""
    session = session_of(scene.people[0])
    pages, bare = [], []
    with Door(scene.here.address, session) as door:
        shown = door.ask("GET", "/").body
        check(shown.count(b"/proposals/prp_") >= 50, "the page should be full")
        for _ in range(WARM_UP + looks):
            pages.append(timed(lambda: door.ask("GET", "/")))
            bare.append(timed(lambda: door.ask("GET", "/healthz")))
    return pages[WARM_UP:], bare[WARM_UP:], _queries(session)


def _queries(session: dict[str, str]) -> int:
    """Count the queries of the page with all its middleware, in this process."""
    client = Client(headers=session)
    # The first page of a process fills its caches.
    client.get("/")
    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/")
    check(answer.status_code == 200, "the inbox should answer")
    return len(captured)
