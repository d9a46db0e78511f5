"""`--tls`: a client that nobody had to change speaks https to the org."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce

from tests.simulated_org import SimulatedOrg, running_simulator


@pytest.fixture(scope="module")
def org() -> Iterator[SimulatedOrg]:
    with running_simulator(arguments=["--tls"]) as org:
        yield org


def client(org: SimulatedOrg) -> Any:
    session = requests.Session()
    session.verify, session.trust_env = org.verify, False
    token = str(org.sign_in().headers["Authorization"]).removeprefix("Bearer ")
    return Salesforce(instance_url=org.url, session_id=token, session=session, version="64.0")


class TestTls:
    def test_serves_simple_salesforce_as_it_is(self, org: SimulatedOrg):
        org.reset()
        crm = client(org)

        made = crm.Account.create({"Name": "Acme"})["id"]
        crm.Account.update(made, {"Industry": "Banking"})
        rows = crm.query_all("SELECT Name, Industry FROM Account")["records"]
        found = crm.search("FIND {acme} RETURNING Account(Id)")["searchRecords"]

        assert [(row["Name"], row["Industry"]) for row in rows] == [("Acme", "Banking")]
        assert [row["Id"] for row in found] == [made]

    def test_pages_by_addresses_that_lead_back(self, org: SimulatedOrg):
        org.reset([{"object": "Account", "fields": {"Name": f"A {n}"}} for n in range(450)])
        headers = {"Sforce-Query-Options": "batchSize=200"}

        rows = client(org).query_all("SELECT Id FROM Account", headers=headers)["records"]

        assert len(rows) == 450

    def test_says_https_where_it_names_itself(self, org: SimulatedOrg):
        answer = requests.post(
            f"{org.url}/services/oauth2/token",
            data={"grant_type": "client_credentials"},
            auth=(org.client_id, org.client_secret),
            verify=org.verify,
            timeout=10,
        )

        assert answer.json()["instance_url"] == org.url
        assert org.url.startswith("https://")

    def test_answers_to_the_name_of_this_machine_too(self, org: SimulatedOrg):
        answer = requests.get(
            f"{org.url.replace('127.0.0.1', 'localhost')}/healthz", verify=org.verify, timeout=10
        )

        assert answer.text == "ok"

    def test_is_refused_by_who_does_not_know_the_authority(self, org: SimulatedOrg):
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{org.url}/healthz", timeout=10)

    def test_hangs_up_as_without(self, org: SimulatedOrg):
        session = org.sign_in()
        org.fault("drop_after_commit", path="limits")

        with pytest.raises(requests.ConnectionError):
            session.get(org.path("limits"), timeout=10)

    def test_leaves_no_key_behind(self):
        with running_simulator(arguments=["--tls"]) as org:
            folder = Path(str(org.authority)).parent
            assert (folder / "server.key").stat().st_mode & 0o077 == 0
            org.process.terminate()
            org.process.wait(timeout=10)

        assert not folder.exists()
