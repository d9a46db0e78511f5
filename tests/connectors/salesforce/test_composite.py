"""Composite requests, built and judged without any server."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.connectors.base import (
    Fault,
    GuardedChange,
    RecordKey,
    Snapshot,
    UnitResult,
    WriteUnit,
)
from orchestrator.connectors.errors import BadBatch, BadRecordId, ErrorClass, OutcomeUnknown
from orchestrator.connectors.salesforce import composite

BASE = "/services/data/v64.0"
ACCOUNT, OTHER = "001000000000001AAA", "001000000000002AAA"
MOMENT = dt.datetime(2026, 11, 18, 8, 0, 7, tzinfo=dt.UTC)
HALTED = [{"errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back"}]


def snapshot(record_id: str = ACCOUNT, *, etag: str = "", object_name: str = "Account") -> Snapshot:
    key = RecordKey(object_name, record_id)
    return Snapshot(key, "Acme", {}, MOMENT, MOMENT, "", f"Account/{record_id}", etag)


def update(
    record_id: str = ACCOUNT, *, guard: Snapshot | None = None, object_name: str = "Account"
) -> GuardedChange:
    guard = guard or snapshot(record_id, object_name=object_name)
    return GuardedChange("update", object_name, record_id, "", {"Name": "New"}, guard)


def create(external_id: str = "prp_1.0") -> GuardedChange:
    return GuardedChange("create", "Task", "", external_id, {"Subject": "Call"}, None)


def delete(record_id: str = ACCOUNT) -> GuardedChange:
    return GuardedChange("delete", "Account", record_id, "", {}, snapshot(record_id))


def plan(*units: WriteUnit, etags: bool = False) -> list[composite.Planned]:
    return [
        composite.plan(unit, index, [c.fields for c in unit.changes], base=BASE, etags=etags)
        for index, unit in enumerate(units)
    ]


def unit(*changes: GuardedChange, unit_id: str = "cmt_1") -> WriteUnit:
    return WriteUnit(unit_id, changes)


def answer(planned: list[composite.Planned], *items: Any) -> dict[str, Any]:
    references = [step.reference for each in planned for step in each.steps]
    return {
        "compositeResponse": [
            {"httpStatusCode": status, "body": body, "httpHeaders": {}, "referenceId": reference}
            for reference, (status, body) in zip(references, items, strict=True)
        ]
    }


def fault_of(result: UnitResult) -> Fault:
    assert result.fault is not None
    return result.fault


class TestCheckBatch:
    def test_takes_25_units_of_one_change(self):
        ids = [f"0010000000000{number:02}" for number in range(25)]
        composite.check_batch([unit(update(i), unit_id=i) for i in ids])

    def test_takes_one_unit_of_25_changes(self):
        composite.check_batch([unit(*(update(f"0010000000000{n:02}") for n in range(25)))])

    @pytest.mark.parametrize(
        "units",
        [
            [unit(update(), update(OTHER)), unit(update("001000000000003"))],
            [unit(delete()), unit(update(OTHER))],
            [unit(*(update(f"0010000000000{n:02}") for n in range(26)))],
            [unit(*(delete(f"0010000000000{n:02}") for n in range(13)))],
            [unit(update()), unit(update(ACCOUNT[:15]))],
            [unit(create()), unit(create())],
            [unit()],
        ],
        ids=[
            "mixed",
            "delete with others",
            "26 steps",
            "26 steps of deletes",
            "twice",
            "created twice",
            "empty",
        ],
    )
    def test_refuses_what_cannot_share_a_call(self, units):
        with pytest.raises(BadBatch):
            composite.check_batch(units)


class TestPlan:
    def test_guards_an_update_by_the_moment_of_its_read(self):
        [step] = plan(unit(update()))[0].steps
        assert step.request == {
            "method": "PATCH",
            "url": f"{BASE}/sobjects/Account/{ACCOUNT}",
            "referenceId": "u0c0s0",
            "body": {"Name": "New"},
            "httpHeaders": {
                "If-Unmodified-Since": "Wed, 18 Nov 2026 08:00:07 GMT",
                "Sforce-Auto-Assign": "FALSE",
                "Sforce-Duplicate-Rule-Header": "allowSave=false",
            },
        }

    def test_creates_with_a_unique_external_id_and_never_by_an_upsert(self):
        [step] = plan(unit(create("prp_1:0")))[0].steps
        assert (step.request["method"], step.request["url"]) == ("POST", f"{BASE}/sobjects/Task")
        assert step.request["body"] == {"Subject": "Call", "Countersign_Id__c": "prp_1:0"}
        assert "If-Unmodified-Since" not in step.request["httpHeaders"]

    @pytest.mark.parametrize(
        ("automation", "moment"),
        [(False, "Wed, 18 Nov 2026 08:00:07 GMT"), (True, "Wed, 18 Nov 2026 08:01:07 GMT")],
    )
    def test_guards_by_automations_stamp_where_the_org_counts_it(self, automation, moment):
        seen = replace(snapshot(), modstamp=MOMENT + dt.timedelta(minutes=1))
        planned = composite.plan(
            unit(update(guard=seen)), 0, [{}], base=BASE, etags=False, automation=automation
        )
        assert planned.steps[0].request["httpHeaders"]["If-Unmodified-Since"] == moment

    def test_guards_a_delete_by_an_empty_update_before_it(self):
        guard, erase = plan(unit(delete()))[0].steps
        assert guard.request["body"] == {}
        assert guard.request["httpHeaders"]["If-Unmodified-Since"]
        assert (erase.request["method"], erase.request["url"]) == ("DELETE", guard.request["url"])

    def test_sends_the_etag_of_accounts_only_and_only_when_asked_to(self):
        account = unit(update(guard=snapshot(etag='"abc"')))
        contact = unit(
            update(
                "003000000000001",
                object_name="Contact",
                guard=snapshot("003000000000001", etag='"abc"', object_name="Contact"),
            )
        )
        headers = [p.steps[0].request["httpHeaders"] for p in plan(account, contact, etags=True)]
        assert [each.get("If-Match") for each in headers] == ['"abc"', None]
        assert "If-Match" not in plan(account)[0].steps[0].request["httpHeaders"]

    @pytest.mark.parametrize("record_id", ["https://evil/x", "//evil/x", "../../limits", ""])
    def test_refuses_an_id_that_is_none(self, record_id):
        change = GuardedChange("update", "Account", record_id, "", {}, snapshot())
        with pytest.raises(BadRecordId):
            plan(unit(change))

    def test_refuses_an_update_without_guard_or_with_that_of_another_record(self):
        bare = GuardedChange("update", "Account", ACCOUNT, "", {}, None)
        with pytest.raises(BadBatch, match="no guard"):
            plan(unit(bare))
        with pytest.raises(BadBatch, match="another record"):
            plan(unit(update(guard=snapshot(OTHER))))

    def test_refuses_an_operation_it_does_not_know(self):
        change = GuardedChange("upsert", "Account", ACCOUNT, "", {}, snapshot())
        with pytest.raises(BadBatch, match="upsert"):
            plan(unit(change))


class TestBodyOf:
    def test_is_one_transaction_for_a_unit_that_is_alone(self):
        assert composite.body_of(plan(unit(update(), update(OTHER))))["allOrNone"] is True

    def test_is_none_for_several_units(self):
        planned = plan(unit(update()), unit(update(OTHER), unit_id="cmt_2"))
        body = composite.body_of(planned)
        assert (body["allOrNone"], body["collateSubrequests"]) == (False, False)
        assert [each["referenceId"] for each in body["compositeRequest"]] == ["u0c0s0", "u1c0s0"]


class TestJudge:
    def test_calls_a_unit_written_when_every_step_succeeded(self):
        planned = plan(unit(delete()))
        [result] = composite.judge(planned, answer(planned, (204, None), (204, None)))
        assert result.written
        assert (result.record_ids, result.created) == ((ACCOUNT,), (False,))

    @pytest.mark.parametrize(("status", "created"), [(201, True), (200, False)])
    def test_tells_the_id_of_a_new_record_and_whether_it_is_new(self, status, created):
        planned = plan(unit(create()))
        body = {"id": "00T000000000001", "success": True, "errors": [], "created": created}
        [result] = composite.judge(planned, answer(planned, (status, body)))
        assert result.record_ids == ("00T000000000001EAA",)
        assert result.created == (created,)

    def test_judges_each_unit_on_its_own(self):
        planned = plan(unit(update()), unit(update(OTHER), unit_id="cmt_2"))
        first, second = composite.judge(planned, answer(planned, (412, None), (204, None)))
        assert fault_of(first).error_class is ErrorClass.CONFLICT
        assert second.written

    def test_names_the_cause_and_not_the_bystanders(self):
        planned = plan(unit(update(), update(OTHER), update("001000000000003")))
        cause = [{"errorCode": "REQUIRED_FIELD_MISSING", "message": "Required: [LastName]"}]
        [result] = composite.judge(
            planned, answer(planned, (400, HALTED), (400, cause), (400, HALTED))
        )
        assert fault_of(result).code == "REQUIRED_FIELD_MISSING"
        assert fault_of(result).error_class is ErrorClass.VALIDATION
        assert fault_of(result).position == 1

    def test_calls_a_rollback_without_a_cause_worth_another_try(self):
        planned = plan(unit(update(), update(OTHER)))
        [result] = composite.judge(planned, answer(planned, (400, HALTED), (400, HALTED)))
        assert fault_of(result).error_class is ErrorClass.TRANSIENT

    def test_does_not_take_a_200_for_success_when_the_row_says_no(self):
        planned = plan(unit(create()))
        body = {"success": False, "errors": [{"statusCode": "DUPLICATE_VALUE", "message": "x"}]}
        [result] = composite.judge(planned, answer(planned, (200, body)))
        assert (fault_of(result).code, fault_of(result).error_class) == (
            "DUPLICATE_VALUE",
            ErrorClass.CONFLICT,
        )

    def test_says_in_words_what_a_bare_412_means(self):
        planned = plan(unit(update()))
        [result] = composite.judge(planned, answer(planned, (412, None)))
        assert fault_of(result).text == "The record changed after it was read."

    def test_does_not_know_a_unit_that_the_answer_leaves_out(self):
        planned = plan(unit(update()), unit(update(OTHER), unit_id="cmt_2"))
        short = answer(planned, (204, None), (204, None))
        del short["compositeResponse"][0]
        first, second = composite.judge(planned, short)
        assert fault_of(first).error_class is ErrorClass.UNKNOWN
        assert second.written

    def test_does_not_know_a_create_whose_id_is_not_said(self):
        planned = plan(unit(create()))
        [result] = composite.judge(planned, answer(planned, (204, None)))
        assert fault_of(result).error_class is ErrorClass.UNKNOWN

    @pytest.mark.parametrize("nonsense", [None, [], {}, {"compositeResponse": None}, "ok"])
    def test_does_not_know_the_outcome_of_an_answer_that_is_none(self, nonsense):
        with pytest.raises(OutcomeUnknown):
            composite.judge(plan(unit(update())), nonsense)

    @pytest.mark.parametrize(
        "item",
        [
            None,
            5,
            {},
            {"referenceId": ["x"], "httpStatusCode": 204},
            {"referenceId": "u0c0s0", "httpStatusCode": "204"},
        ],
    )
    def test_survives_items_of_the_wrong_shape(self, item):
        [result] = composite.judge(plan(unit(update())), {"compositeResponse": [item]})
        assert fault_of(result).error_class is ErrorClass.UNKNOWN
