"""A simulated Salesforce org on a free port, and what a test may do to it behind the API's back."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parent.parent
READY_SECONDS = 120
CLIENT_ID, CLIENT_SECRET, PASSWORD = "countersign", "a-secret-of-tests", "Correct-Horse-9"
SECRETS = {"SIMULATOR_CLIENT_SECRET": CLIENT_SECRET, "SIMULATOR_PASSWORD": PASSWORD}
VERSION = "64.0"


@dataclass
class SimulatedOrg:
    """A running simulator: its address, its process, its control surface."""

    url: str
    process: subprocess.Popen[str]
    client_id: str = CLIENT_ID
    client_secret: str = CLIENT_SECRET
    password: str = PASSWORD
    # The certificate authority's file of an org that was started with --tls.
    authority: str | None = None

    @property
    def verify(self) -> str | bool:
        """Whose certificates to believe."""
        return self.authority or True

    # Control

    def control(self, method: str, path: str, **arguments: Any) -> dict[str, Any]:
        """Do a control command and return its answer; a refusal is an AssertionError."""
        answer = requests.request(
            method, f"{self.url}/__sim__/{path}", timeout=30, verify=self.verify, **arguments
        )
        assert answer.ok, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json())

    def reset(self, records: Sequence[Mapping[str, Any]] = ()) -> dict[str, str]:
        """Empty the org, seed it, and return the ids by key; open sessions stay open."""
        return dict(self.control("POST", "reset", json={"records": list(records)})["ids"])

    def seed(self, *records: Mapping[str, Any]) -> dict[str, str]:
        """Add records: {object, key, fields}; return the ids by key."""
        return dict(self.control("POST", "seed", json={"records": list(records)})["ids"])

    def add(self, object_name: str, **fields: Any) -> str:
        """Add one record and return its id."""
        return self.seed({"object": object_name, "key": "it", "fields": fields})["it"]

    def user(self, key: str = "integration") -> str:
        """Return the id of one of the people every org has, or of a seeded record, by key."""
        return str(self.control("GET", "keys")["ids"][key])

    def edit(self, record_id: str, user: str = "maya_ruiz", **fields: Any) -> dict[str, Any]:
        """Change a record as another user, now."""
        body = {"id": record_id, "user": user, "fields": fields}
        return self.control("POST", "edit", json=body)

    def touch(self, record_id: str, **fields: Any) -> dict[str, Any]:
        """Change a record as automation: SystemModstamp moves, LastModifiedDate does not."""
        return self.control("POST", "touch", json={"id": record_id, "fields": fields})

    def delete(self, record_id: str, user: str = "maya_ruiz") -> None:
        """Put a record into the recycle bin as another user."""
        self.control("POST", "delete", json={"id": record_id, "user": user})

    def fault(self, kind: str, **rule: Any) -> dict[str, Any]:
        """Make something go wrong: once, unless `times` says otherwise."""
        return self.control("POST", "faults", json={"kind": kind, **rule})

    def clear_faults(self) -> None:
        """Let everything go well again."""
        self.control("DELETE", "faults")

    def switch(self, **positions: Any) -> None:
        """Turn named switches."""
        self.control("POST", "switches", json=positions)

    def clock(self, **change: Any) -> dict[str, Any]:
        """Read the org's clock, or set it: freeze="2026-…Z", advance=seconds, real=True."""
        if not change:
            return self.control("GET", "clock")
        return self.control("POST", "clock", json=change)

    def effects(self, after: int = 0) -> list[dict[str, Any]]:
        """Return the durable effects after a sequence number, oldest first."""
        found: list[dict[str, Any]] = []
        while page := self.control("GET", "effects", params={"after": after})["effects"]:
            found += page
            after = page[-1]["sequence"]
        return found

    def last_effect(self) -> int:
        """Return the sequence number of the newest effect."""
        return int(self.control("GET", "effects", params={"after": 10**12})["last"])

    def stats(self) -> dict[str, Any]:
        """Return how many calls of each kind there were."""
        return self.control("GET", "stats")

    def expire_sessions(self) -> None:
        """End every session."""
        self.control("POST", "expire-sessions")

    # A client, for tests that need no better one

    def sign_in(self) -> requests.Session:
        """Return a session that acts as the integration user."""
        answer = requests.post(
            f"{self.url}/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(self.client_id, self.client_secret),
            timeout=30,
            verify=self.verify,
        )
        assert answer.ok, answer.text
        session = requests.Session()
        session.verify = self.verify
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        return session

    def path(self, rest: str) -> str:
        """Return the address of a resource of the data API."""
        return f"{self.url}/services/data/v{VERSION}/{rest}"

    def record(self, object_name: str, record_id: str) -> dict[str, Any]:
        """Return a record as it is now."""
        answer = self.sign_in().get(self.path(f"sobjects/{object_name}/{record_id}"), timeout=30)
        assert answer.ok, answer.text
        return dict(answer.json())

    # The process

    def kill(self) -> None:
        """End the server as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)


@contextlib.contextmanager
def running_simulator(
    *,
    data: Path | str = ":memory:",
    port: int = 0,
    arguments: Sequence[str] = (),
    secrets: bool = True,
) -> Iterator[SimulatedOrg]:
    """Run a simulator of one's own; it ends with the block."""
    process = subprocess.Popen(
        [
            sys.executable, "-m", "orchestrator.simulator",
            "--port", str(port), "--data", str(data), "--client-id", CLIENT_ID,
            "--print-port", *arguments,
        ],
        cwd=ROOT,
        env={**os.environ, **(SECRETS if secrets else {})},
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        port = _ready_port(process)
        tls = "--tls" in arguments
        yield SimulatedOrg(
            f"http{'s' if tls else ''}://127.0.0.1:{port}", process,
            authority=_authority(process) if tls else None,
        )  # fmt: skip
    finally:
        process.kill()
        process.wait(timeout=10)
        if process.stdout is not None:
            process.stdout.close()


def _ready_port(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], READY_SECONDS)
    line = process.stdout.readline() if readable else ""
    assert line.strip().isdigit(), f"The simulator did not start (exit code {process.poll()})."
    return int(line)


def _authority(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip().removeprefix("CA certificate: ")
