"""Faults that answer; those that hang up are tested with a real server."""

import time

import pytest

from tests.simulator.conftest import Api, error_of


def fault(api: Api, kind: str, **rule):
    return api.control("POST", "faults", {"kind": kind, **rule})


class TestWholeRequests:
    def test_unavailable_is_html(self, api: Api):
        fault(api, "unavailable")

        answer = api.get("limits")

        assert answer.status_code == 503
        assert answer.headers["Content-Type"].startswith("text/html")
        assert api.get("limits").status_code == 200

    @pytest.mark.parametrize(
        ("body", "content"),
        [
            ("list", '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'),
            ("object", '{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}'),
            ("text", "Unauthorized"),
            ("empty", ""),
        ],
    )
    def test_expired_may_have_any_body(self, api: Api, body, content):
        fault(api, "expired", body=body)

        answer = api.get("limits")

        assert (answer.status_code, answer.text) == (401, content)

    @pytest.mark.parametrize(
        ("kind", "words"),
        [("limit_total", "TotalRequests"), ("limit_concurrent", "ConcurrentRequests")],
    )
    def test_limits_differ_by_their_message(self, api: Api, kind, words):
        fault(api, kind)

        answer = api.get("limits")

        assert error_of(answer) == (403, "REQUEST_LIMIT_EXCEEDED")
        assert words in answer.json()[0]["message"]

    def test_multiple_choices_lists_addresses(self, api: Api):
        fault(api, "multiple_choices", path="Countersign_Id__c")

        answer = api.patch("sobjects/Account/Countersign_Id__c/k", {"Name": "x"})

        assert answer.status_code == 300
        assert all(isinstance(one, str) for one in answer.json())

    def test_fail_after_commit_has_written(self, api: Api):
        fault(api, "fail_after_commit")

        answer = api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"})

        assert error_of(answer) == (500, "UNKNOWN_EXCEPTION")
        assert api.record("Account", "acme")["Industry"] == "Banking"

    def test_latency_waits(self, api: Api):
        fault(api, "latency", milliseconds=120)

        started = time.monotonic()
        api.get("limits")

        assert time.monotonic() - started >= 0.12


class TestRecords:
    def test_a_locked_row_is_refused_n_times(self, api: Api):
        fault(api, "lock_row", object="account", times=2)
        path = f"sobjects/Account/{api.ids['acme']}"

        statuses = [api.patch(path, {"Industry": "Banking"}).status_code for _ in range(3)]

        assert statuses == [400, 400, 204]

    def test_any_code_can_be_had_for_one_record_inside_a_composite(self, api: Api):
        fault(api, "error", record_id=api.ids["globex"], code="ENTITY_IS_LOCKED",
              message="the entity is locked for editing", times=None)  # fmt: skip
        items = [
            {"method": "PATCH", "referenceId": key, "body": {"Industry": "Banking"},
             "url": f"/services/data/v64.0/sobjects/Account/{api.ids[key]}"}
            for key in ("acme", "globex")
        ]  # fmt: skip

        answer = api.post("composite", {"compositeRequest": items}).json()

        acme, globex = answer["compositeResponse"]
        assert acme["httpStatusCode"] == 204
        assert globex["body"][0]["errorCode"] == "ENTITY_IS_LOCKED"
        assert api.control("GET", "faults")["rules"][0]["hits"] == 1


class TestMatching:
    def test_is_by_method_path_object_and_record(self, api: Api):
        fault(api, "unavailable", method="PATCH", path="/sobjects/", object="Account",
              record_id=api.ids["globex"])  # fmt: skip

        assert api.get(f"sobjects/Account/{api.ids['globex']}").status_code == 200
        assert api.patch(f"sobjects/Account/{api.ids['acme']}", {}).status_code == 204
        assert api.patch(f"sobjects/Account/{api.ids['globex']}", {}).status_code == 503

    def test_sees_what_a_composite_is_about(self, api: Api):
        fault(api, "unavailable", object="Task")
        items = [{"method": "POST", "referenceId": "a", "body": {"Subject": "s"},
                  "url": "/services/data/v64.0/sobjects/Task"}]  # fmt: skip

        assert api.post("composite", {"compositeRequest": items}).status_code == 503

    def test_skips_the_first_ones_if_told_to(self, api: Api):
        fault(api, "unavailable", skip=2, times=1)

        assert [api.get("limits").status_code for _ in range(4)] == [200, 200, 503, 200]

    def test_ends_when_rules_are_deleted(self, api: Api):
        rule = fault(api, "unavailable", times=None)
        fault(api, "expired", times=None)

        left = api.control("DELETE", "faults", id=rule["id"])["rules"]
        assert [one["kind"] for one in left] == ["expired"]
        assert api.control("DELETE", "faults")["rules"] == []
        assert api.get("limits").status_code == 200

    @pytest.mark.parametrize(
        "rule", [{"kind": "gremlins"}, {"kind": "latency", "colour": "red"}, {"path": "("}, {}]
    )
    def test_refuses_a_rule_it_does_not_understand(self, api: Api, rule):
        assert api.client.post("/__sim__/faults", json=rule).status_code == 400
