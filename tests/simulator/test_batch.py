"""`/composite/batch`: up to 25 calls, one after the other, each for itself."""

from typing import Any

import pytest

from tests.simulator.conftest import Api, error_of


def part(method: str, path: str, body: Any = None) -> dict[str, Any]:
    entry = {"method": method, "url": f"v64.0/{path}"}
    return entry if body is None else {**entry, "richInput": body}


def send(api: Api, *parts: dict[str, Any], **more: Any) -> Any:
    answer = api.post("composite/batch", {"batchRequests": list(parts), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


BROKEN = part("POST", "sobjects/Contact", {"FirstName": "No last name"})


class TestBatch:
    def test_keeps_what_went_well(self, api: Api):
        body = send(
            api,
            part("POST", "sobjects/Account", {"Name": "Kept"}),
            BROKEN,
            part("PATCH", f"sobjects/Account/{api.ids['acme']}", {"Name": "Changed"}),
            part("GET", "query?q=SELECT+Name+FROM+Account+ORDER+BY+Name"),
        )

        made, failed, changed, found = body["results"]
        assert body["hasErrors"] is True
        assert [one["statusCode"] for one in body["results"]] == [201, 400, 204, 200]
        assert made["result"]["success"] is True
        assert failed["result"][0]["errorCode"] == "REQUIRED_FIELD_MISSING"
        assert changed["result"] is None
        assert [row["Name"] for row in found["result"]["records"]] == ["Changed", "Globex", "Kept"]

    def test_halts_at_an_error_when_told_to_and_keeps_what_was_done(self, api: Api):
        body = send(
            api,
            part("POST", "sobjects/Account", {"Name": "Kept"}),
            BROKEN,
            part("POST", "sobjects/Account", {"Name": "Never"}),
            haltOnError=True,
        )

        assert [one["statusCode"] for one in body["results"]] == [201, 400, 412]
        assert body["results"][2]["result"][0]["errorCode"] == "BATCH_PROCESSING_HALTED"
        assert len(api.query("SELECT Id FROM Account")) == 3

    def test_knows_no_references(self, api: Api):
        body = send(
            api,
            part("POST", "sobjects/Account", {"Name": "A"}),
            part("GET", "sobjects/Account/@{a.id}"),
        )

        assert body["results"][1]["statusCode"] == 400

    def test_answers_a_part_that_is_not_there_with_its_own_404(self, api: Api):
        body = send(api, part("GET", "nothing"), part("GET", "limits"))

        assert [one["statusCode"] for one in body["results"]] == [404, 200]

    def test_does_not_nest(self, api: Api):
        (result,) = send(api, part("POST", "composite", {"compositeRequest": []}))["results"]

        assert result["result"][0]["errorCode"] == "INVALID_BATCH_REQUEST"

    @pytest.mark.parametrize(
        "parts",
        [
            [],
            [part("GET", "limits")] * 26,
            [{"method": "GET", "url": "limits"}],
            [{"method": "GET"}],
            [part("OPTIONS", "limits")],
            ["limits"],
        ],
    )
    def test_is_refused_as_a_whole_when_malformed(self, api: Api, parts):
        answer = api.post("composite/batch", {"batchRequests": parts})

        assert error_of(answer)[0] == 400
