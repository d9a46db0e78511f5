"""The demo's processes: databases unless given, simulator, web, workers, beat, example agents."""

import contextlib
import json
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet

from orchestrator.embedded import locks, stack
from orchestrator.embedded.ports import LOOPBACK, free_port
from orchestrator.embedded.postgres import running_postgres
from orchestrator.embedded.processes import ProcessSpec
from orchestrator.embedded.supervisor import Supervisor, say
from orchestrator.embedded.valkey import running_valkey
from orchestrator.web.demo_people import DEMO_PASSWORD, DEMO_PEOPLE

WEB_PORT, CRM_PORT, HOOK_PORT = 8000, 8100, 8200
LOCK = "demo.lock"
SERVER_LOCKS = ("postgres.lock", "valkey.lock")
# Told outcomes by webhook; the others ask.
LISTENER = "lead-hygiene"
HOOK_KEPT = f"keys/{LISTENER}.webhook"
AGENTS = ("stuck-deals", "lead-hygiene", "deal-desk-agent")
# Every so many seconds each agent looks at a few records: enough to watch, not to drown in.
AGENT_PAUSE = "20"
AGENT_RECORDS = "2"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where this run keeps its data and answers."""

    folder: Path
    address: str
    crm: str
    # Where the agent that is told outcomes listens.
    hook: str
    env: dict[str, str]

    @property
    def client_file(self) -> Path:
        """Return the file with the CRM client's id and secret."""
        return self.folder / "crm-client.json"


def run(*, folder: Path, reset: bool) -> None:
    """
    Start everything, say where, and watch until a signal comes.

    :raises EmbeddedError: if something cannot be started; the message says what to look at
    """
    began = time.monotonic()
    # Open to look into: the database server may run as another user; what is secret is 0600.
    folder.mkdir(parents=True, exist_ok=True)
    with locks.held(folder / LOCK):
        if reset:
            _empty(folder)
        with Supervisor(logs=folder / "logs") as supervisor, _databases(folder, supervisor) as env:
            _start(supervisor, _plan(folder, env), began)
            supervisor.wait()


def _empty(folder: Path) -> None:
    """Throw the data away, once no server of an earlier run has it open any more."""
    for name in SERVER_LOCKS:
        with locks.held(folder / name):
            pass
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != LOCK:
            path.unlink()


def _start(supervisor: Supervisor, plan: Plan, began: float) -> None:
    # Starting takes longer than migrating: let the servers come up meanwhile.
    port = int(plan.address.rpartition(":")[2])
    begun = [
        supervisor.begin(_simulator(plan)),
        supervisor.begin(stack.web(host=LOOPBACK, port=port, processes=1, env=plan.env)),
    ]
    supervisor.run(stack.manage("migrate", "--verbosity", "0", "--skip-checks", env=plan.env))
    for child in begun:
        supervisor.wait_until_ready(child)
    say(f"The first page answers after {time.monotonic() - began:.1f} s. Filling the demo …")
    for queues in stack.SMALL:
        supervisor.start(stack.worker(*queues, side_by_side=len(queues), env=plan.env))
    supervisor.start(stack.beat(plan.folder, env=plan.env))
    supervisor.run(
        stack.manage(
            "seed_demo",
            *("--crm", plan.crm, "--client", str(plan.client_file)),
            *("--address", plan.address, "--folder", str(plan.folder)),
            *("--hook", LISTENER, plan.hook),
            env=plan.env,
        )
    )
    for agent in AGENTS:
        supervisor.start(_agent(plan, agent))
    _tell(plan)


@contextlib.contextmanager
def _databases(folder: Path, supervisor: Supervisor) -> Iterator[dict[str, str]]:
    """Give the addresses of PostgreSQL and Redis where the environment has none."""
    with contextlib.ExitStack() as opened:
        env = {}
        if not os.environ.get("DATABASE_URL"):
            server = running_postgres(folder, supervisor=supervisor)
            env["DATABASE_URL"] = opened.enter_context(server).url
        if not os.environ.get("REDIS_URL"):
            valkey = running_valkey(folder, supervisor=supervisor)
            env["REDIS_URL"] = opened.enter_context(valkey).url
        yield env


def _plan(folder: Path, databases: dict[str, str]) -> Plan:
    first = {"web": str(WEB_PORT), "crm": str(CRM_PORT), "hook": str(HOOK_PORT)}
    ports = {**first, **_kept(folder / "ports.json", first)}
    web = free_port(int(os.environ.get("PORT", ports["web"])))
    crm = free_port(int(ports["crm"]))
    # A webhook's address is kept with it: the agent listens where it did the first time.
    hook = int(ports["hook"]) if (folder / HOOK_KEPT).exists() else free_port(int(ports["hook"]))
    kept = {"web": str(web), "crm": str(crm), "hook": str(hook)}
    (folder / "ports.json").write_text(json.dumps(kept))
    own = _kept(
        folder / "secrets.json",
        {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "CREDENTIALS_KEY": Fernet.generate_key().decode(),
        },
    )
    _kept(folder / "crm-client.json", {"id": "countersign", "secret": secrets.token_urlsafe(24)})
    address = f"http://{LOOPBACK}:{web}"
    env = {
        **databases,
        **own,
        "COUNTERSIGN_MODE": "demo",
        "PUBLIC_URL": address,
        # Nobody outside is written to: mail becomes files that one can look at.
        "EMAIL_URL": f"filemail:///{folder / 'mail'}",
        "WEBHOOK_ALLOW_HTTP_HOSTS": LOOPBACK,
        # The simulated org has one currency, so its records name none.
        "CRM_CURRENCY": "EUR",
    }
    return Plan(
        folder=folder,
        address=address,
        crm=f"http://{LOOPBACK}:{crm}",
        hook=f"http://{LOOPBACK}:{hook}/",
        env=env,
    )


def _kept(path: Path, first: dict[str, str]) -> dict[str, str]:
    """Return what the private file holds, which is `first` where there is none yet."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(json.dumps(first))
    return dict(json.loads(path.read_text()))


def _simulator(plan: Plan) -> ProcessSpec:
    client = json.loads(plan.client_file.read_text())
    port = plan.crm.rpartition(":")[2]
    return ProcessSpec(
        "simulator",
        [
            *(sys.executable, "-m", "orchestrator.simulator", "--host", LOOPBACK, "--port", port),
            *("--data", str(plan.folder / "crm.sqlite3"), "--public-url", plan.crm),
        ],
        env={"SIMULATOR_CLIENT_ID": client["id"], "SIMULATOR_CLIENT_SECRET": client["secret"]},
        cwd=stack.ROOT,
        ready=lambda: stack.responds(f"{plan.crm}/services/data/"),
    )


def _agent(plan: Plan, agent: str) -> ProcessSpec:
    key = (plan.folder / "keys" / agent).read_text()
    env, ears = {"COUNTERSIGN_AGENT_KEY": key}, []
    if agent == LISTENER:
        env["COUNTERSIGN_WEBHOOK_SECRET"] = (plan.folder / HOOK_KEPT).read_text()
        ears = ["--listen", plan.hook.strip("/").rpartition(":")[2]]
    return ProcessSpec(
        f"agent-{agent}",
        [
            *(sys.executable, "-m", "orchestrator.demo.agents", agent),
            *("--address", plan.address, "--report", plan.folder / "reports" / f"{agent}.csv"),
            *("--pause", AGENT_PAUSE, "--per-round", AGENT_RECORDS),
            *ears,
        ],
        env=env,
        cwd=stack.ROOT,
    )


def _tell(plan: Plan) -> None:
    say("")
    say(f"  Countersign   {plan.address}")
    say(f"  CRM           {plan.crm}")
    say(f"  REST          {plan.address}/api/v1/docs")
    say(f"  Data, logs    {plan.folder}")
    say(f"  Mail          {plan.folder / 'mail'}")
    say("")
    say(f"  Sign in as one of these; the password is {DEMO_PASSWORD}")
    for person in DEMO_PEOPLE:
        say(f"    {person.username:16} {person.name}, {person.title}")
    say("")
    say("  Ctrl-C stops everything; the next start goes on from here.")
