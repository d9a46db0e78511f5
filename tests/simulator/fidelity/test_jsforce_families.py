"""jsforce searches, and sends trees and graphs."""

from typing import Any

import pytest

from tests.simulated_org import SimulatedOrg
from tests.simulator.fidelity.jsforce import Jsforce, JsforceError

V = "/services/data/v64.0"


def record(kind: str, reference: str, **fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": kind, "referenceId": reference}, **fields}


class TestSearch:
    def test_finds_by_words(self, js: Jsforce, org: SimulatedOrg):
        account = org.add("Account", Name="Ostermark & Sons")

        found = js.do("search", sosl=r"FIND {oster* \& sons} RETURNING Account(Id, Name), Lead")

        (only,) = found["searchRecords"]
        assert (only["Id"], only["attributes"]["type"]) == (account, "Account")

    def test_throws_what_cannot_be_read(self, js: Jsforce):
        with pytest.raises(JsforceError) as caught:
            js.do("search", sosl="FIND nothing")

        assert caught.value.code == "MALFORMED_SEARCH"


class TestTree:
    def test_comes_back_with_an_id_for_each_reference(self, js: Jsforce, org: SimulatedOrg):
        contact = record("Contact", "c", LastName="Reyes")
        parent = record("Account", "a", Name="Ostermark", Contacts={"records": [contact]})

        made = js.do("tree", object="Account", body={"records": [parent]})

        ids = {one["referenceId"]: one["id"] for one in made["results"]}
        assert made["hasErrors"] is False
        assert org.record("Contact", ids["c"])["AccountId"] == ids["a"]


class TestGraph:
    def test_comes_back_graph_by_graph(self, js: Jsforce, org: SimulatedOrg):
        def node(reference: str, name: str, body: dict[str, Any]) -> dict[str, Any]:
            return {"method": "POST", "url": f"{V}/sobjects/{name}", "referenceId": reference,
                    "body": body}  # fmt: skip

        graphs = [
            {"graphId": "good", "compositeRequest": [
                node("a", "Account", {"Name": "Ostermark"}),
                node("c", "Contact", {"LastName": "Reyes", "AccountId": "@{a.id}"})]},
            {"graphId": "bad", "compositeRequest": [
                node("a", "Account", {"Name": "Palisade"}), node("c", "Contact", {})]},
        ]  # fmt: skip

        good, bad = js.do("graph", body={"graphs": graphs})["graphs"]

        assert (good["isSuccessful"], bad["isSuccessful"]) == (True, False)
        assert org.stats()["records"]["Account"] == 1
