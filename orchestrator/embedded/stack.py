"""Countersign's own processes as specifications: the web server, a worker a queue, the beat."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

from orchestrator.embedded.ports import LOOPBACK
from orchestrator.embedded.processes import ProcessSpec

ROOT = Path(__file__).resolve().parents[2]
# How many tasks of a queue run side by side in one worker process.
QUEUES = {"prepare": 1, "commit": 1, "timers": 1, "notify": 2, "insight": 1}
# Few workers for a small machine: what seldom has work shares one, with a task each side by side.
SMALL = (("prepare",), ("commit",), ("timers",), ("notify", "insight"))
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat")
KILL_STREAMS_AFTER = 3


def manage(*arguments: str, env: Mapping[str, str]) -> ProcessSpec:
    """Describe one run of a management command; its log is named after the command."""
    return ProcessSpec(
        arguments[0], [sys.executable, ROOT / "manage.py", *arguments], env=env, cwd=ROOT
    )


def web(*, host: str, port: int, processes: int, env: Mapping[str, str]) -> ProcessSpec:
    """Describe the web server, ready when it answers a request."""
    argv = [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", "asgi", "--no-ws", "--log-level", "warning"),
        *("--host", host, "--port", str(port), "--workers", str(processes)),
        # Open event streams would hold up the stop for ever.
        *("--workers-kill-timeout", str(KILL_STREAMS_AFTER), "--respawn-failed-workers"),
        "orchestrator.asgi:application",
    ]
    inside = LOOPBACK if host in ("0.0.0.0", "::") else host  # noqa: S104 - compared, not bound
    return ProcessSpec(
        "web",
        argv,
        # Only the web server gains from a pool: requests come from many threads.
        env={"DATABASE_POOL": "true", **env},
        cwd=ROOT,
        ready=lambda: responds(f"http://{inside}:{port}/readyz"),
        grace=KILL_STREAMS_AFTER + 5.0,
    )


def worker(*queues: str, side_by_side: int, env: Mapping[str, str]) -> ProcessSpec:
    """Describe a worker of one queue, or of several that seldom have work."""
    name = "-".join(queues)
    return _celery(
        f"worker-{name}",
        *("worker", "--queues", ",".join(queues), "--concurrency", str(side_by_side)),
        *("--hostname", f"{name}@%h", "--loglevel", "warning", *QUIET),
        env={"DATABASE_KEEP": "true", **env},
        grace=30.0,
    )


def beat(data: Path, *, env: Mapping[str, str]) -> ProcessSpec:
    """Describe the beat, which remembers its last ticks in the data folder."""
    schedule = ("--schedule", str(data / "beat"))
    return _celery("beat", "beat", *schedule, "--loglevel", "warning", env=env, grace=5.0)


def workers(env: Mapping[str, str]) -> Iterator[ProcessSpec]:
    """Describe one worker a queue; WORKERS_<QUEUE> in the environment makes one wider."""
    for queue, usual in QUEUES.items():
        wanted = os.environ.get(f"WORKERS_{queue.upper()}", str(usual))
        yield worker(queue, side_by_side=int(wanted), env=env)


def responds(address: str) -> bool:
    """Say whether any HTTP answer, even an error, comes from the address."""
    try:
        urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 - our own http address
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _celery(name: str, *arguments: str, env: Mapping[str, str], grace: float) -> ProcessSpec:
    argv = [sys.executable, "-m", "celery", "--app", "orchestrator", "--quiet", *arguments]
    return ProcessSpec(name, argv, env=env, cwd=ROOT, grace=grace)
