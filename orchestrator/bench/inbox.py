"""The inbox and the review page with a million proposals against a thousand, over HTTP."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from approvals.models import Decision, Proposal, Review, Revision
from orchestrator.bench.alone import timed
from orchestrator.bench.copies import copy_decided, copy_open
from orchestrator.bench.door import Door
from orchestrator.bench.figures import Figure, check, middle, p95
from orchestrator.bench.scene import Scene, session_of
from orchestrator.bench.waiting import until_prepared
from orchestrator.embedded.supervisor import say
from orchestrator.people.models import Role

# Open among all, at first and in the end.
FEW, MANY, QUICK = (1_000, 1_000), (100_000, 1_000_000), (10_000, 50_000)
ROLES = 200
MOST_QUERIES, MOST_TIMES = 12, 1.5
WARM_UP = 5
PAGES = {
    "mine": "/?tab=mine",
    "team": "/?tab=team",
    "all": "/?tab=all",
    "decided": "/?tab=decided",
    "my requests": "/?tab=requests",
    "high risk": "/?risk=high",
    "one agent": "/?agent={agent}",
    "due today": "/?due=today",
    "a rare word": "/?text=northwind",
    "a common word": "/?text=deal",
    "no such word": "/?text=nosuchword",
    "grouped": "/?grouped=1",
    "one group": "/?group={group}",
    "the next page": "/?after={after}",
}


def measure(scene: Scene) -> list[Figure]:
    """Look at every page with a thousand proposals, then with very many, from 200 roles."""
    most, looks = (QUICK, 20) if scene.quick else (MANY, 60)
    start = scene.crm.last_effect()
    template, roles = _template(scene), _roles(scene)
    others = scene.people[1].pk
    copy_open(template, roles=roles, first=1, last=FEW[0], voter=others)
    few, few_queries = _look(scene, looks, template)
    say(f"filling {most[1]:,} proposals, {most[0]:,} of them open, for {ROLES} roles …")
    copy_open(template, roles=roles, first=FEW[0] + 1, last=most[0], voter=others)
    copy_decided(template, first=most[0] + 1, last=most[1])
    _settle()
    many, queries = _look(scene, looks, template)
    scene.crm.check_written(start, [])
    return [
        *_figures(few, many, f"{most[0]:,} open of {most[1]:,}"),
        Figure(
            name=f"Most queries of an inbox page, {ROLES} roles",
            value=max(queries),
            unit="",
            floor=max(few_queries),
            floor_name="with 1,000",
            aim=f"at most {MOST_QUERIES}",
            met=max(queries) <= MOST_QUERIES,
        ),
    ]


def _figures(
    few: Mapping[str, Sequence[float]], many: Mapping[str, Sequence[float]], size: str
) -> Iterator[Figure]:
    for name, times in many.items():
        yield Figure(
            name=f"{name}, {size}, p50",
            value=middle(times),
            unit="ms",
            floor=middle(few[name]),
            floor_name="with 1,000 proposals",
            aim=f"at most {MOST_TIMES} x",
            met=middle(times) <= MOST_TIMES * middle(few[name]),
        )
        yield Figure(
            name=f"{name}, p95",
            value=p95(times),
            unit="ms",
            floor=p95(few[name]),
            floor_name="with 1,000 proposals",
        )


def _template(scene: Scene) -> str:
    """Return a real proposal in review, which the others are copies of."""
    [record] = scene.crm.seed(1)
    with scene.agents_door() as door:
        made = str(scene.submit(door, record, f"inbox-{next(scene.keys)}")["id"])
    until_prepared(scene.here.env["DATABASE_URL"], [made])
    return made


def _roles(scene: Scene) -> list[int]:
    """Return very many roles that one person is in."""
    names = [f"bench-crowd-{number}" for number in range(ROLES)]
    groups = Group.objects.bulk_create(Group(name=name) for name in names)
    roles = Role.objects.bulk_create(
        Role(slug=group.name, title=group.name, group=group) for group in groups
    )
    scene.people[0].groups.add(*groups)
    return [role.pk for role in roles]


def _settle() -> None:
    """Tidy up as the database does by itself in time."""
    with connection.cursor() as cursor:
        for model in (Proposal, Revision, Review, Decision):
            cursor.execute(f"VACUUM (ANALYZE) {model._meta.db_table}")


def _look(scene: Scene, looks: int, template: str) -> tuple[dict[str, list[float]], list[int]]:
    """Return the times of each page over HTTP, and the queries of each inbox page."""
    session = session_of(scene.people[0])
    addresses = _addresses(scene)
    times: dict[str, list[float]] = {}
    with Door(scene.here.address, session) as door:
        check(door.ask("GET", "/").body.count(b"/proposals/prp_") >= 50, "the page should be full")
        for name, address in {**addresses, "review page": f"/proposals/{template}/"}.items():
            asked = [timed(lambda: door.ask("GET", address)) for _ in range(WARM_UP + looks)]  # noqa: B023 - called at once
            times[name] = asked[WARM_UP:]
    return times, [_queries(session, address) for address in addresses.values()]


def _addresses(scene: Scene) -> dict[str, str]:
    rows = Review.objects.filter(state="open", role__slug__startswith="bench-crowd")
    group, due_at, key = rows.order_by("due_at").values_list("group_key", "due_at", "pk")[300]
    after = quote(f"{due_at.isoformat() if due_at else ''}~{key}")
    return {
        name: address.format(agent=scene.agent.slug, group=group, after=after)
        for name, address in PAGES.items()
    }


def _queries(session: dict[str, str], address: str) -> int:
    """Count the queries of a page with all its middleware, in this process."""
    client = Client(headers=session)
    # The first page of a process fills its caches.
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    check(answer.status_code == 200, f"{address} should answer")
    return len(captured)
