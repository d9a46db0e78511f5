"""The server as a process: hanging up, dying, coming back, and a client nobody here wrote."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from simple_salesforce.api import Salesforce

from tests.simulated_org import ROOT, SimulatedOrg, running_simulator

ACCOUNT = {"object": "Account", "key": "acme", "fields": {"Name": "Acme"}}


@pytest.fixture(scope="module")
def shared_org() -> Iterator[SimulatedOrg]:
    with running_simulator() as org:
        yield org


@pytest.fixture
def org(shared_org: SimulatedOrg) -> SimulatedOrg:
    shared_org.reset()
    return shared_org


class TestHangingUp:
    @pytest.mark.parametrize(
        ("kind", "industry"), [("drop_before_commit", None), ("drop_after_commit", "Banking")]
    )
    def test_leaves_the_client_without_an_answer(self, org: SimulatedOrg, kind, industry):
        record_id = org.seed(ACCOUNT)["acme"]
        session = org.sign_in()
        org.fault(kind, method="PATCH")

        with pytest.raises(requests.ConnectionError):
            session.patch(
                org.path(f"sobjects/Account/{record_id}"), json={"Industry": "Banking"}, timeout=10
            )

        assert org.record("Account", record_id)["Industry"] == industry
        assert len(org.effects()) == (1 if industry else 0)

    def test_leaves_other_clients_alone(self, org: SimulatedOrg):
        first, second = org.sign_in(), org.sign_in()
        second.get(org.path("limits"), timeout=10)
        org.fault("drop_after_commit")

        with pytest.raises(requests.ConnectionError):
            first.get(org.path("limits"), timeout=10)

        assert second.get(org.path("limits"), timeout=10).status_code == 200


class TestPersistence:
    def test_keeps_what_was_answered_before_a_kill(self, tmp_path: Path):
        data = tmp_path / "org.sqlite3"
        with running_simulator(data=data) as org:
            seeded = org.seed(ACCOUNT)["acme"]
            session = org.sign_in()
            made = session.post(
                org.path("sobjects/Account"),
                json={"Name": "New", "Countersign_Id__c": "k"},
                timeout=10,
            ).json()["id"]
            session.patch(
                org.path(f"sobjects/Account/{seeded}"), json={"Industry": "Banking"}, timeout=10
            )
            effects = org.effects()
            org.kill()

        with running_simulator(data=data) as org:
            # The session outlives the server, as a real org's would.
            found = session.get(org.path("sobjects/Account/Countersign_Id__c/k"), timeout=10)
            assert found.json()["Id"] == made
            assert org.record("Account", seeded)["Industry"] == "Banking"
            assert org.effects() == effects
            assert org.user("acme") == seeded
            newer = org.add("Account", Name="Newer")
            assert newer not in (made, seeded)

    def test_forgets_what_was_not_committed_before_a_kill(self, tmp_path: Path):
        data = tmp_path / "org.sqlite3"
        with running_simulator(data=data) as org:
            org.fault("latency", milliseconds=60_000, when="before", method="POST")
            with pytest.raises(requests.ReadTimeout):
                org.sign_in().post(org.path("sobjects/Account"), json={"Name": "x"}, timeout=0.3)
            org.kill()

        with running_simulator(data=data) as org:
            assert org.stats()["records"]["Account"] == 0
            assert org.effects() == []


class TestProcess:
    def test_ends_cleanly_when_asked_to(self):
        with running_simulator() as org:
            org.process.terminate()

            assert org.process.wait(timeout=10) == 0

    def test_says_that_its_port_is_taken(self, shared_org: SimulatedOrg):
        port = shared_org.url.rsplit(":", 1)[1]

        done = subprocess.run(
            [sys.executable, "-m", "orchestrator.simulator", "--port", port],
            capture_output=True, text=True, timeout=30, cwd=ROOT, check=False,
        )  # fmt: skip

        assert done.returncode == 1
        assert f"Port {port} of 127.0.0.1 is taken" in done.stderr

    def test_takes_no_guessed_secret_when_started_without_one(self):
        with running_simulator(secrets=False) as org:
            answer = requests.post(
                f"{org.url}/services/oauth2/token",
                data={"grant_type": "client_credentials"},
                auth=(org.client_id, ""),
                timeout=10,
            )

            assert answer.status_code == 400


class RewritingSession(requests.Session):
    """Send what is meant for the cloud to the simulator instead."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = urlsplit(base)
        self.trust_env = False

    def send(self, request: requests.PreparedRequest, **more):
        asked = urlsplit(str(request.url))
        request.url = urlunsplit((self.base.scheme, self.base.netloc, asked.path, asked.query, ""))
        return super().send(request, **more)


class TestAddresses:
    def test_may_hold_encoded_slashes(self, org: SimulatedOrg):
        record_id = org.add("Account", Name="Slash", Countersign_Id__c="a/b c")

        answer = org.sign_in().get(
            org.path("sobjects/Account/Countersign_Id__c/a%2Fb%20c"), timeout=10
        )

        assert answer.json()["Id"] == record_id


class TestSimpleSalesforce:
    def test_works_unmodified(self, org: SimulatedOrg):
        crm: Any = Salesforce(
            consumer_key=org.client_id, consumer_secret=org.client_secret, domain="acme.my",
            session=RewritingSession(org.url),
        )  # fmt: skip

        made = crm.Account.create({"Name": "Acme"})
        statuses = [crm.Account.upsert("Countersign_Id__c/k", {"Name": n}) for n in "ab"]
        crm.Account.update(made["id"], {"Industry": "Banking"})
        rows = crm.query_all("SELECT Name, Industry FROM Account ORDER BY Name")["records"]

        assert statuses == [201, 200]
        assert [(row["Name"], row["Industry"]) for row in rows] == [
            ("Acme", "Banking"), ("b", None),
        ]  # fmt: skip
        assert crm.api_usage["api-usage"].total == 100_000

    def test_signs_in_by_soap(self, org: SimulatedOrg):
        crm: Any = Salesforce(
            username="maya.ruiz@northwind-labs.example", password=org.password,
            security_token="AbCdEf", session=RewritingSession(org.url),
        )  # fmt: skip

        record_id = crm.Account.create({"Name": "Hers"})["id"]

        assert org.record("Account", record_id)["CreatedById"] == org.user("maya_ruiz")
