"""One chaos run from an empty folder to a judgement."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from orchestrator.embedded import stack
from orchestrator.embedded.ports import LOOPBACK, free_port
from orchestrator.embedded.postgres import running_postgres
from orchestrator.embedded.supervisor import Supervisor
from orchestrator.embedded.valkey import running_valkey
from tests.chaos import evidence, plan
from tests.chaos.crew import Crew, specifications
from tests.chaos.figures import Outcome
from tests.chaos.judge import Case, Violation, judge
from tests.chaos.proposing import Agent, Colleague, Deals, Said
from tests.chaos.striking import Storm
from tests.simulated_org import SimulatedOrg, running_simulator

# A crash of the server must lose nothing that it has confirmed; one of the machine is not played.
POSTGRES_SETTINGS = {"fsync": "off", "full_page_writes": "off"}
CRM_TIMEOUT_SECONDS = 3
# So long may nothing at all get on before the run gives up on it.
PATIENCE_SECONDS = 90.0
# A slow machine gets so many times the time to bring the proposals together.
MOST_OVERTIME = 6
PAUSE_SECONDS = 0.05
TELL_EVERY_SECONDS = 10.0
LOGS = stack.ROOT / ".artifacts" / "chaos"
Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Options:
    """How long, how wild."""

    seed: int
    seconds: float
    commit_workers: int = 4
    agents: int = 16
    # Seconds between two proposals of one agent, two edits by hand, two strikes.
    propose_every: float = 0.3
    edit_every: float = 0.25
    strike_every: float = 3.0
    opportunities: int = 1500
    least_proposals: int = 0
    most_proposals: int = 100_000
    # Whether Ctrl-C ends the run in good order; a test runner has its own way.
    signals: bool = False


@dataclass
class Scene:
    """Everything that runs, and how to reach it."""

    crew: Crew
    storm: Storm
    crm: SimulatedOrg
    database_url: str
    redis_url: str
    address: str
    key: str
    deals: Deals


def run(options: Options, *, tell: Tell) -> Outcome:
    """Start everything, let it storm, let it settle, and judge."""
    folder = Path(tempfile.mkdtemp(prefix="countersign-chaos-"))
    try:
        with standing_scene(options, folder, tell) as scene:
            outcome = _play(options, scene, tell)
        if outcome.violations:
            shutil.rmtree(LOGS, ignore_errors=True)
            shutil.copytree(folder / "logs", LOGS)
            tell(f"The logs of this run are in {LOGS}.")
        return outcome
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _play(options: Options, scene: Scene, tell: Tell) -> Outcome:
    start, began = scene.crm.last_effect(), time.monotonic()
    said, stop = Said(), threading.Event()
    colleague = Colleague(scene.crm, scene.deals, seed=f"{options.seed} colleague")
    edits = {"every": options.edit_every, "stop": stop}
    threads = [threading.Thread(target=colleague.work, kwargs=edits)]
    for number in range(options.agents):
        agent = _agent(options, scene, f"a{number}", said)
        kwargs = {"every": options.propose_every, "stop": stop, "most": options.most_proposals}
        threads.append(threading.Thread(target=agent.work, kwargs=kwargs))
    for thread in threads:
        thread.start()
    try:
        _wait_for_a_first_write(scene)
        _storm(options, scene, said)
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
    tell(f"The storm is over after {time.monotonic() - began:.0f} s; everything settles now.")
    calm = time.monotonic()
    left = settle(scene, tell)
    outcome = Outcome(options.seed, time.monotonic() - began, time.monotonic() - calm)
    case = evidence.collect(scene.database_url, scene.crm, after=start, acknowledged=said.proposals)
    outcome.struck, outcome.edits = scene.storm.struck, colleague.edits
    outcome.retries, outcome.replays = said.retries, said.replays
    _fill_in(outcome, case, scene.database_url)
    refused = [Violation("refused", "agent", words) for words in said.refusals]
    waiting = [Violation("unsettled", str(row["id"]), str(row)) for row in left]
    idle = [] if case.effects else [Violation("idle", "all", "nothing was ever written")]
    outcome.violations = [*waiting, *judge(case), *refused, *idle]
    return outcome


def _agent(options: Options, scene: Scene, name: str, said: Said) -> Agent:
    seed = f"{options.seed} {name}"
    return Agent(scene.address, scene.key, scene.deals, name=name, seed=seed, said=said)


def _wait_for_a_first_write(scene: Scene) -> None:
    """Let everything start in peace: a storm over processes that still load breaks nothing."""
    ends = time.monotonic() + PATIENCE_SECONDS
    while not evidence.events(scene.database_url)["commit.done"]:
        assert time.monotonic() < ends, "Nothing was written even in fair weather."
        scene.crew.tend()
        time.sleep(PAUSE_SECONDS)


def _storm(options: Options, scene: Scene, said: Said) -> None:
    """Strike as planned, and keep everything that dies coming back."""
    began = time.monotonic()
    waiting: list[plan.Strike] = []
    planned = plan.draw(seed=options.seed, seconds=options.seconds, every=options.strike_every)
    following = next(planned, None)
    while not scene.crew.supervisor.stopping:
        spent = time.monotonic() - began
        if spent > options.seconds * MOST_OVERTIME:
            return
        enough = len(said.proposals) >= options.least_proposals
        # What was broken in the CRM must have met somebody.
        if spent > options.seconds and enough and not waiting and scene.storm.has_struck():
            return
        if following is not None and spent >= following.second:
            waiting.append(following)
            following = next(planned, None)
        # Who is dead already cannot be killed: it is their turn as soon as they are back.
        waiting = [strike for strike in waiting if not scene.storm.strike(strike)]
        scene.storm.pass_by()
        scene.crew.tend()
        time.sleep(PAUSE_SECONDS)


def settle(scene: Scene, tell: Tell) -> list[dict[str, object]]:
    """Wait until nothing moves by itself, for as long as something does; return what is left."""
    scene.storm.die_down()
    left: list[dict[str, object]] = [{"id": "the database does not answer"}]
    fewest, changed = len(left), time.monotonic()
    told = changed
    while left and time.monotonic() - changed < PATIENCE_SECONDS:
        if scene.crew.supervisor.stopping:
            break
        scene.crew.tend(at_once=True)
        with contextlib.suppress(psycopg.OperationalError):
            left = evidence.unsettled(scene.database_url)
        if len(left) != fewest:
            fewest, changed = len(left), time.monotonic()
        if left and time.monotonic() - told > TELL_EVERY_SECONDS:
            told = time.monotonic()
            tell(f"{len(left)} proposals are still on their way, among them {left[0]['id']}")
        time.sleep(PAUSE_SECONDS)
    return left


def _fill_in(outcome: Outcome, case: Case, database_url: str) -> None:
    outcome.proposals, outcome.approved = len(case.states), len(case.approved)
    outcome.written = len(case.effects)
    outcome.standings = Counter(one.standing for one in case.approved)
    outcome.events = evidence.events(database_url)


@contextlib.contextmanager
def standing_scene(options: Options, folder: Path, tell: Tell) -> Iterator[Scene]:
    with contextlib.ExitStack() as opened:
        crm = opened.enter_context(running_simulator())
        supervisor = opened.enter_context(
            Supervisor(logs=folder / "logs", signals=options.signals, tell=tell)
        )
        database = opened.enter_context(
            running_postgres(folder, settings=POSTGRES_SETTINGS, supervisor=supervisor)
        )
        broker = opened.enter_context(running_valkey(folder, supervisor=supervisor))
        port = free_port()
        env = _environment(database.url, broker.url, f"http://{LOOPBACK}:{port}")
        crew = Crew(supervisor, seed=options.seed)
        specs = specifications(
            folder, port=port, commit_workers=options.commit_workers, seed=options.seed, env=env
        )
        web = crew.begin(specs[0])[0]
        key = _set_up(crm, env)
        deals = _seed(crm, options.opportunities)
        crew.begin(*specs[1:])
        supervisor.wait_until_ready(web)
        storm = Storm(crew, crm, redis_url=broker.url, folder=folder, env=env)
        yield Scene(crew, storm, crm, database.url, broker.url, env["PUBLIC_URL"], key, deals)


def _environment(database_url: str, redis_url: str, address: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "orchestrator.settings",
        "COUNTERSIGN_MODE": "demo",
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": address,
        "AGENT_REQUESTS_PER_MINUTE": "100000",
        "UNDO_SECONDS": "0",
        "CRM_TIMEOUT_SECONDS": str(CRM_TIMEOUT_SECONDS),
        "STALE_COMMIT_SECONDS": "1",
        "LOG_LEVEL": "WARNING",
    }


def _set_up(crm: SimulatedOrg, env: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.scenery", crm.url, crm.client_id],
        input=crm.client_secret,
        capture_output=True,
        text=True,
        cwd=stack.ROOT,
        env={**os.environ, **env},
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"The set-up failed:\n{done.stderr}"
    return done.stdout.strip()


def _seed(crm: SimulatedOrg, count: int) -> Deals:
    accounts = max(count // 5, 1)
    records = [
        {"object": "Account", "key": f"acc-{n}", "fields": {"Name": f"Account {n}"}}
        for n in range(accounts)
    ]
    records += [
        {
            "object": "Opportunity",
            "key": f"deal-{n}",
            "fields": {
                "Name": f"Deal {n}",
                "AccountId": f"@acc-{n % accounts}",
                "StageName": "Prospecting",
                "CloseDate": "2027-12-31",
                "NextStep": "Wait",
            },
        }
        for n in range(count)
    ]
    ids = crm.reset(records)
    return Deals(
        [ids[f"deal-{n}"] for n in range(count)], [ids[f"acc-{n}"] for n in range(accounts)]
    )
