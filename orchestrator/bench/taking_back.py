"""Taking back a thousand commits: how long one look at all of it takes."""

from orchestrator.bench import backlog
from orchestrator.bench.alone import timed
from orchestrator.bench.door import Door
from orchestrator.bench.figures import Figure, check, middle
from orchestrator.bench.scene import SETTING_UP, Scene, session_of
from orchestrator.bench.waiting import until_all_committed
from orchestrator.kernel import clock
from orchestrator.people import operations as people
from orchestrator.people.models import Role
from orchestrator.rollbacks.selection import Kind, Selection

LOOKS = 3
AIM_MS = 2000.0
RECORDS = 'data-figure="records">{}<'


def measure(scene: Scene) -> list[Figure]:
    """Commit a backlog, then open the page that shows what taking all of it back would do."""
    count = 200 if scene.quick else 1000
    since = clock.now()
    waiting = backlog.build(scene, count)
    backlog.release(scene, waiting.halt)
    until_all_committed(scene.here.env["DATABASE_URL"], waiting.proposals)
    _let_administer(scene)
    chosen = Selection(kind=Kind.AGENT, value=scene.agent.slug, since=since)
    address = f"/rollbacks/new/?{chosen.query}"
    began = scene.crm.calls()
    with Door(scene.here.address, session_of(scene.people[0])) as door:
        page = door.ask("GET", address).body.decode()
        calls = scene.crm.calls() - began
        check(RECORDS.format(count) in page, f"the page should show {count} records")
        took = [timed(lambda: door.ask("GET", address)) for _ in range(LOOKS)]
        bare = [timed(lambda: door.ask("GET", "/healthz")) for _ in range(LOOKS)]
    return [
        Figure(
            name=f"Look at taking back {count} commits, one page",
            value=middle(took),
            unit="ms",
            floor=middle(bare),
            floor_name="bare request",
            aim="at most 2 s",
            met=middle(took) <= AIM_MS,
        ),
        Figure(name="  of it calls of the CRM", value=float(calls), unit="calls"),
    ]


def _let_administer(scene: Scene) -> None:
    role = Role.objects.get(slug="bench-desk")
    people.grant_right(
        role=role,
        workflow=scene.workflow,
        right="administer",
        by=SETTING_UP,
        at=clock.now(),
    )
