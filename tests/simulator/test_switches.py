"""Both behaviours of what no document settles."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.simulator.switches import ALL, UNSETTLED
from tests.simulator.conftest import SECRET, Api, error_of
from tests.simulator.test_composite import item, send

EARLY = {"If-Unmodified-Since": "Sat, 21 Nov 2026 11:00:00 GMT"}
UNKNOWN = "001Sm0000009999IAA"


def turn(api: Api, **positions: Any) -> None:
    api.control("POST", "switches", positions)


def used(api: Api) -> int:
    return int(api.control("GET", "stats")["api_used"])


class TestEverySwitch:
    def test_has_two_positions_and_a_line(self):
        for switch in ALL.values():
            assert len(switch.positions) > 1
            assert len(set(map(str, switch.positions))) == len(switch.positions)
            assert switch.line

    @pytest.mark.parametrize("name", ALL)
    def test_is_in_the_documents_with_its_positions(self, name):
        text = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text()
        (row,) = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        for position in ALL[name].positions:
            shown = str(position).lower() if isinstance(position, bool) else str(position)
            assert f"`{shown}`" in row

    @pytest.mark.parametrize("switch", UNSETTLED, ids=lambda one: one.name)
    def test_goes_to_each_position_and_back_with_a_reset(self, api: Api, switch):
        for position in reversed(switch.positions):
            turn(api, **{switch.name: position})
            assert api.control("GET", "switches")[switch.name] == position

        api.control("POST", "reset")
        assert api.control("GET", "switches")[switch.name] == switch.positions[0]


class TestGuardInComposite:
    def change(self, api: Api, **more: Any) -> Any:
        path = f"sobjects/Opportunity/{api.ids['deal']}"
        return item("a", "PATCH", path, {"NextStep": "Call"}, httpHeaders=EARLY, **more)

    @pytest.mark.parametrize(("position", "status"), [(True, 412), (False, 204)])
    def test_is_honoured_or_ignored(self, api: Api, position, status):
        turn(api, guard_in_composite=position)

        (answer,) = send(api, self.change(api))

        assert answer["httpStatusCode"] == status

    def test_outside_of_composite_is_honoured_all_the_same(self, api: Api):
        turn(api, guard_in_composite=False)

        answer = api.patch(
            f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "Call"}, headers=EARLY
        )

        assert answer.status_code == 412

    @pytest.mark.parametrize(("position", "name"), [(True, "Acme"), (False, "New")])
    def test_takes_the_others_back_or_leaves_them(self, api: Api, position, name):
        turn(api, rollback_on_412=position)
        other = item("b", "PATCH", f"sobjects/Account/{api.ids['acme']}", {"Name": "New"})

        guarded, beside = send(api, self.change(api), other)

        assert guarded["httpStatusCode"] == 412
        assert beside["httpStatusCode"] == (400 if position else 204)
        assert api.record("Account", "acme")["Name"] == name


class TestShapeInComposite:
    @pytest.mark.parametrize(("position", "there"), [("null", True), ("absent", False)])
    def test_of_success_has_a_null_body_or_none(self, api: Api, position, there):
        turn(api, success_body_in_composite=position)
        path = f"sobjects/Account/{api.ids['acme']}"

        (answer,) = send(api, item("a", "PATCH", path, {"Industry": "Banking"}))

        assert ("body" in answer) is there
        assert answer.get("body") is None

    @pytest.mark.parametrize("position", [True, False])
    def test_of_a_create_says_where_it_is_or_not(self, api: Api, position):
        turn(api, create_location_in_composite=position)

        (answer,) = send(api, item("a", "POST", "sobjects/Account", {"Name": "New"}))

        assert ("Location" in answer["httpHeaders"]) is position
        assert answer["body"]["id"]

    @pytest.mark.parametrize("position", [True, False])
    def test_of_a_duplicate_lists_the_matches_or_not(self, api: Api, position):
        turn(api, duplicate_rules=True, duplicate_result_in_composite=position)
        person = {"LastName": "Lind", "Email": "lind@acme.example"}
        api.create("Contact", **person)

        (answer,) = send(api, item("a", "POST", "sobjects/Contact", person))

        (error,) = answer["body"]
        assert error["errorCode"] == "DUPLICATES_DETECTED"
        assert ("duplicateResult" in error) is position


class TestDeleteWithAGuard:
    @pytest.mark.parametrize(
        ("position", "status"), [("ignored", 204), ("honoured", 412), ("refused", 400)]
    )
    def test_is_done_judged_or_refused(self, api: Api, position, status):
        turn(api, guard_on_delete=position)

        answer = api.delete(f"sobjects/Opportunity/{api.ids['deal']}", headers=EARLY)

        assert answer.status_code == status
        there = api.get(f"sobjects/Opportunity/{api.ids['deal']}").status_code == 200
        assert there is (status != 204)

    def test_that_is_honoured_passes_for_a_record_as_it_was(self, api: Api):
        turn(api, guard_on_delete="honoured")
        late = {"If-Unmodified-Since": "Sat, 21 Nov 2026 13:00:00 GMT"}

        answer = api.delete(f"sobjects/Opportunity/{api.ids['deal']}", headers=late)

        assert answer.status_code == 204


class TestRecordsThatAreNotThere:
    @pytest.mark.parametrize("code", ["NOT_FOUND", "INVALID_CROSS_REFERENCE_KEY"])
    def test_are_404_by_either_code(self, api: Api, code):
        turn(api, unknown_row=code, update_only_missing=code)
        upsert = "sobjects/Account/Countersign_Id__c/none?updateOnly=true"

        assert error_of(api.delete(f"sobjects/Account/{UNKNOWN}")) == (404, code)
        assert error_of(api.patch(f"sobjects/Account/{UNKNOWN}", {})) == (404, code)
        assert error_of(api.patch(upsert, {"Name": "New"})) == (404, code)
        assert error_of(api.get(f"sobjects/Account/{UNKNOWN}")) == (404, "NOT_FOUND")

    @pytest.mark.parametrize("code", ["INVALID_CROSS_REFERENCE_KEY", "ENTITY_IS_DELETED"])
    def test_fail_their_row_of_a_collection_by_either_code(self, api: Api, code):
        turn(api, missing_row_in_collection=code)
        record = {"attributes": {"type": "Account"}, "id": UNKNOWN, "Name": "x"}

        (row,) = api.patch("composite/sobjects", {"records": [record]}).json()

        assert row["errors"][0]["statusCode"] == code


class TestExternalIdInAnUpsert:
    def test_is_refused_or_ignored(self, api: Api):
        path, body = "sobjects/Account/Countersign_Id__c/k-1", {
            "Name": "K", "Countersign_Id__c": "k-2",
        }  # fmt: skip
        assert error_of(api.patch(path, body)) == (400, "INVALID_FIELD")

        turn(api, external_id_in_upsert_body="ignored")
        made = api.patch(path, body)

        assert made.status_code == 201
        assert api.record("Account", made.json()["id"])["Countersign_Id__c"] == "k-1"


class TestStamps:
    def test_have_milliseconds_if_asked_and_are_compared_by_the_second(self, api: Api):
        turn(api, stamps_with_milliseconds=True)
        api.control("POST", "clock", {"freeze": "2026-11-21T12:05:00.427Z"})
        api.control("POST", "edit", {"id": "deal", "fields": {"NextStep": "Theirs"}})
        same_second = {"If-Unmodified-Since": "Sat, 21 Nov 2026 12:05:00 GMT"}

        answer = api.patch(
            f"sobjects/Opportunity/{api.ids['deal']}", {"NextStep": "Ours"}, headers=same_second
        )

        assert answer.status_code == 204
        deal = api.record("Opportunity", "deal")
        assert deal["LastModifiedDate"] == "2026-11-21T12:05:00.427+0000"


class TestSecurityPolicies:
    @pytest.mark.parametrize("status", [403, 400])
    def test_refuse_with_either_status(self, api: Api, status):
        turn(api, txn_security_status=status)
        rule = {"kind": "error", "object": "Account", "code": "TXN_SECURITY_NO_ACCESS"}
        api.control("POST", "faults", rule)

        answer = api.patch(f"sobjects/Account/{api.ids['acme']}", {"Industry": "Banking"})

        assert error_of(answer) == (status, "TXN_SECURITY_NO_ACCESS")


class TestAllowance:
    @pytest.mark.parametrize(("position", "calls"), [("one", 1), ("each", 3)])
    def test_is_used_up_by_requests_or_by_their_parts(self, api: Api, position, calls):
        turn(api, composite_calls=position, batch_calls=position, collection_calls=position)
        reads = [{"method": "GET", "url": "v64.0/limits"}] * 3
        records = [{"attributes": {"type": "Account"}, "Name": name} for name in "abc"]
        start = used(api)

        send(api, *(item(name, "GET", "sobjects") for name in "abc"))
        assert used(api) - start == calls
        api.post("composite/batch", {"batchRequests": reads})
        assert used(api) - start == calls * 2
        api.post("composite/sobjects", {"records": records})
        assert used(api) - start == calls * 3


class TestHistory:
    @pytest.mark.parametrize(("position", "value"), [(False, None), (True, "Long")])
    def test_of_long_text_keeps_its_values_or_not(self, api: Api, position, value):
        turn(api, history_keeps_long_text=position)

        api.patch(f"sobjects/Account/{api.ids['acme']}", {"Description": "Long"})

        (row,) = api.query("SELECT NewValue FROM AccountHistory WHERE Field = 'Description'")
        assert row["NewValue"] == value


class TestMethodOverride:
    @pytest.mark.parametrize(("position", "status"), [(True, 204), (False, 405)])
    def test_makes_a_post_a_patch_or_not(self, api: Api, position, status):
        turn(api, http_method_override=position)

        answer = api.post(
            f"sobjects/Account/{api.ids['acme']}?_HttpMethod=PATCH", {"Industry": "Banking"}
        )

        assert answer.status_code == status


class TestPasswordFlow:
    @pytest.mark.parametrize(("position", "status"), [(True, 200), (False, 400)])
    def test_is_open_or_closed(self, api: Api, position, status):
        turn(api, password_flow=position)

        answer = api.client.post(
            "/services/oauth2/token",
            data={
                "grant_type": "password", "username": "maya.ruiz@northwind-labs.example",
                "password": "Correct-Horse-9", "client_id": "countersign-client",
                "client_secret": SECRET,
            },
        )  # fmt: skip

        assert answer.status_code == status
