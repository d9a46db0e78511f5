"""`/composite/graph`: graphs as transactions, references inside them, limits, allowed addresses."""

from typing import Any

import pytest

from tests.simulator.conftest import BASE, Api, error_of
from tests.simulator.test_composite import EARLY, item


def graph(name: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"graphId": name, "compositeRequest": list(nodes)}


def account(reference: str, name: Any = "New") -> dict[str, Any]:
    return item(reference, "POST", "sobjects/Account", {"Name": name})


def broken(reference: str = "broken") -> dict[str, Any]:
    return item(reference, "POST", "sobjects/Contact", {"FirstName": "No last name"})


def chain(length: int) -> list[dict[str, Any]]:
    first = account("n0")
    return [first, *(account(f"n{n}", f"Below @{{n{n - 1}.id}}") for n in range(1, length))]


def send(api: Api, *graphs: dict[str, Any]) -> Any:
    answer = api.post("composite/graph", {"graphs": list(graphs)})
    assert answer.status_code == 200, answer.text
    return answer.json()["graphs"]


def names(api: Api) -> list[str]:
    return [row["Name"] for row in api.query("SELECT Name FROM Account ORDER BY Name")]


class TestGraphs:
    def test_pass_ids_on_between_their_nodes(self, api: Api):
        (made,) = send(
            api,
            graph(
                "g1",
                account("parent"),
                item("child", "POST", "sobjects/Contact/",
                     {"LastName": "Reyes", "AccountId": "@{parent.id}"}),
                item("read", "GET", "sobjects/Contact/@{child.id}"),
            ),
        )  # fmt: skip

        parent, child, read = made["graphResponse"]["compositeResponse"]
        assert (made["graphId"], made["isSuccessful"]) == ("g1", True)
        assert (parent["httpStatusCode"], child["httpStatusCode"]) == (201, 201)
        assert read["body"]["AccountId"] == parent["body"]["id"]

    def test_are_each_done_or_undone_as_a_whole(self, api: Api):
        good, bad, last = send(
            api,
            graph("good", account("a", "Good")),
            graph("bad", account("a", "Bad"), broken(), account("b", "Never")),
            graph("last", account("a", "Last")),
        )

        first, cause, never = bad["graphResponse"]["compositeResponse"]
        assert [one["isSuccessful"] for one in (good, bad, last)] == [True, False, True]
        assert names(api) == ["Acme", "Globex", "Good", "Last"]
        assert cause["body"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
        for halted in (first, never):
            assert halted["httpStatusCode"] == 400
            assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"

    def test_do_not_see_the_references_of_others(self, api: Api):
        _, other = send(
            api,
            graph("one", account("a")),
            graph("two", item("b", "PATCH", "sobjects/Account/@{a.id}", {"Name": "x"})),
        )

        (answer,) = other["graphResponse"]["compositeResponse"]
        assert "No value for a.id found" in answer["body"][0]["message"]

    def test_are_not_tried_after_fourteen_that_failed(self, api: Api):
        failing = [graph(f"f{n}", broken()) for n in range(14)]

        results = send(api, *failing[:13], graph("kept", account("a", "Kept")), failing[13],
                       graph("late", account("a", "Late")))  # fmt: skip

        (halted,) = results[-1]["graphResponse"]["compositeResponse"]
        assert halted["body"][0]["errorCode"] == "PROCESSING_HALTED"
        assert results[-1]["isSuccessful"] is False
        assert names(api) == ["Acme", "Globex", "Kept"]

    def test_are_one_api_call(self, api: Api):
        before = api.control("GET", "stats")

        send(api, graph("a", account("a")), graph("b", account("b")))

        after = api.control("GET", "stats")
        assert after["api_used"] == before["api_used"] + 1
        assert after["calls"]["graph"] == 1


class TestNodes:
    def test_upsert_and_delete_by_external_id(self, api: Api):
        path = "sobjects/Account/Countersign_Id__c/k"

        (result,) = send(
            api,
            graph(
                "g",
                item("a", "PATCH", path, {"Name": "Upserted"}),
                item("b", "DELETE", path),
            ),
        )

        statuses = [one["httpStatusCode"] for one in result["graphResponse"]["compositeResponse"]]
        assert statuses == [201, 204]
        assert names(api) == ["Acme", "Globex"]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "query?q=SELECT+Id+FROM+Account"),
            ("POST", "composite/sobjects"),
            ("GET", "sobjects/Account"),
            ("GET", "sobjects/Account/describe"),
            ("GET", "sobjects"),
            ("GET", "limits"),
        ],
    )
    def test_may_not_call_anything_but_records(self, api: Api, method, path):
        (result,) = send(api, graph("g", item("a", method, path)))

        (answer,) = result["graphResponse"]["compositeResponse"]
        assert answer["httpStatusCode"] == 400
        assert answer["body"][0]["errorCode"] == "PROCESSING_HALTED"

    @pytest.mark.parametrize(("position", "status"), [(False, 204), (True, 412)])
    def test_guard_their_write_only_where_the_org_reads_headers(self, api: Api, position, status):
        api.control("POST", "switches", {"headers_in_graph": position})
        node = item("p", "PATCH", f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "x"},
                    httpHeaders={"If-Unmodified-Since": EARLY})  # fmt: skip

        (result,) = send(api, graph("g", account("a", "Beside"), node))

        last = result["graphResponse"]["compositeResponse"][-1]
        assert last["httpStatusCode"] == status
        assert ("Beside" in names(api)) is (status == 204)


class TestLimits:
    def test_let_through_what_just_fits(self, api: Api):
        results = send(api, graph("a", *chain(15)), *(graph(f"g{n}", account("a"))
                                                      for n in range(74)))  # fmt: skip

        assert all(one["isSuccessful"] for one in results)

    @pytest.mark.parametrize(
        "graphs",
        [
            [],
            [graph(f"g{n}", account("a")) for n in range(76)],
            [graph(f"g{n}", *(account(f"a{m}") for m in range(251))) for n in range(2)],
            [graph("g", *chain(16))],
            [graph("g", *(item(f"a{n}", "POST", f"sobjects/Kind{n}__c", {}) for n in range(16)))],
            [graph("g")],
            [graph("g", account("a")), graph("g", account("a"))],
            [graph("g", account("a"), account("a"))],
            [graph("_g", account("a"))],
            [graph("g" * 40, account("a"))],
            [{"compositeRequest": [account("a")]}],
            [graph("g", {**account("a"), "url": "/services/data/v49.0/sobjects/Account"})],
        ],
        ids=[
            "none", "76 graphs", "502 nodes", "16 deep", "16 kinds", "no nodes", "graphId twice",
            "referenceId twice", "bad graphId", "long graphId", "no graphId", "old node",
        ],
    )  # fmt: skip
    def test_refuse_the_payload_as_a_whole(self, api: Api, graphs):
        answer = api.post("composite/graph", {"graphs": graphs})

        assert error_of(answer)[0] == 400
        assert names(api) == ["Acme", "Globex"]

    def test_start_at_version_fifty(self, api: Api):
        body = {"graphs": [graph("g", account("a"))]}

        old = api.post("/services/data/v49.0/composite/graph", body)

        assert error_of(old) == (404, "NOT_FOUND")
        assert api.post(f"{BASE}/composite/graph/", body).status_code == 200
