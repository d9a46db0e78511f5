"""What is asked of an org before its first guarded write, and what is made of the answer."""

import datetime as dt
import time
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
from orchestrator.connectors.errors import ErrorClass, Transient
from orchestrator.connectors.salesforce.guard_check import GuardCheck
from tests.connectors.salesforce.conftest import make_client
from tests.connectors.scripted_org import Answer, ScriptedOrg

BASE = "/services/data/v64.0"
MOMENT = dt.datetime(2026, 11, 18, 8, 0, 7, tzinfo=dt.UTC)
HALTED = [{"errorCode": "PROCESSING_HALTED", "message": "The transaction was rolled back"}]
NOT_FOUND = [{"errorCode": "NOT_FOUND", "message": "The requested resource does not exist"}]
HONOURED = [(412, None), (400, HALTED)]
IGNORED = [(400, HALTED), (404, NOT_FOUND)]


def answer(items: list[tuple[int, Any]]) -> Answer:
    return Answer(
        body={
            "compositeResponse": [
                {"httpStatusCode": status, "body": body, "referenceId": reference}
                for reference, (status, body) in zip(("guarded", "second"), items, strict=True)
            ]
        }
    )


def checking(org: ScriptedOrg) -> GuardCheck:
    return GuardCheck(client=make_client(org), base=BASE, key=org.client_id)


def change(number: int = 1, *, operation: str = "update", later: int = 0) -> GuardedChange:
    key = RecordKey("Opportunity", f"006{number:012}AAA")
    seen = Snapshot(key, "", {}, MOMENT, MOMENT + dt.timedelta(seconds=later), "", "")
    return GuardedChange(operation, *key, "", {"Name": "New"}, seen)


def unit(*changes: GuardedChange, unit_id: str = "cmt_1") -> WriteUnit:
    return WriteUnit(unit_id, changes)


def refused(check: GuardCheck, *units: WriteUnit) -> dict[str, str]:
    found = check.refused(units, latest=time.monotonic() + 10)
    return {name: result.fault.code for name, result in found.items() if result.fault}


class TestRefused:
    def test_tries_an_empty_update_that_no_record_satisfies_and_that_cannot_stand(self, org):
        org.answers.append(answer(HONOURED))

        assert refused(checking(org), unit(change())) == {}

        [asked] = org.calls
        guarded, second = asked.json["compositeRequest"]
        assert asked.json["allOrNone"] is True
        assert (guarded["method"], guarded["body"]) == ("PATCH", {})
        assert guarded["httpHeaders"]["If-Unmodified-Since"] == "Thu, 01 Jan 1970 00:00:00 GMT"
        assert second["url"].endswith("/000000000000000AAA")

    def test_asks_once_for_all_processes(self, org):
        org.answers.append(answer(HONOURED))
        first, second = checking(org), checking(org)

        for check in (first, first, second):
            assert refused(check, unit(change())) == {}

        assert len(org.calls) == 1

    def test_names_every_guarded_unit_where_guards_are_ignored(self, org):
        org.answers.append(answer(IGNORED))
        new = GuardedChange("create", "Task", "", "prp_1.0", {}, None)

        found = refused(
            checking(org), unit(change()), unit(change(2), unit_id="cmt_2"), unit(new, unit_id="n")
        )

        assert found == {"cmt_1": "GUARD_IGNORED", "cmt_2": "GUARD_IGNORED"}

    def test_asks_a_second_time_for_changes_that_belong_together(self, org):
        org.answers.extend([answer(HONOURED), answer([(412, None), (200, {"Id": "x"})])])
        check = checking(org)

        assert refused(check, unit(change(), change(2))) == {"cmt_1": "GUARD_NOT_UNDONE"}
        assert refused(check, unit(change())) == {}
        assert len(org.calls) == 2

    def test_lets_changes_that_belong_together_pass_where_a_412_undoes_the_rest(self, org):
        org.answers.extend([answer(HONOURED), answer(HONOURED)])
        assert refused(checking(org), unit(change(operation="delete"))) == {}

    def test_asks_of_the_next_record_when_one_refuses_even_an_empty_update(self, org):
        locked = [(400, [{"errorCode": "ENTITY_IS_LOCKED", "message": "locked"}]), (400, HALTED)]
        org.answers.extend([answer(locked), answer(IGNORED)])

        found = refused(checking(org), unit(change()), unit(change(2), unit_id="cmt_2"))

        assert set(found.values()) == {"GUARD_IGNORED"}

    def test_stays_open_when_every_record_refuses(self, org):
        locked = [(400, [{"errorCode": "ENTITY_IS_LOCKED", "message": "locked"}]), (400, HALTED)]
        org.answers.extend([answer(locked), answer(HONOURED)])
        check = checking(org)

        assert refused(check, unit(change())) == {}
        assert refused(check, unit(change())) == {}
        assert len(org.calls) == 2

    def test_asks_nothing_for_creates(self, org):
        new = GuardedChange("create", "Task", "", "prp_1.0", {}, None)
        assert refused(checking(org), unit(new)) == {}
        assert org.calls == []

    def test_is_transient_when_the_org_does_not_answer_because_nothing_was_written(self, org):
        org.answers.append(Answer(breaks="cut"))
        with pytest.raises(Transient):
            refused(checking(org), unit(change()))


class TestLearn:
    def result(self, code: str) -> UnitResult:
        return UnitResult("cmt_1", Fault(ErrorClass.CONFLICT, code, "", 0))

    @pytest.mark.parametrize(
        ("code", "later", "learnt"),
        [("HTTP_412", 5, True), ("HTTP_412", 0, False), ("DUPLICATE_VALUE", 5, False)],
    )
    def test_suspects_automation_only_where_its_stamp_is_the_later(self, org, code, later, learnt):
        check = checking(org)
        check.learn([unit(change(later=later))], [self.result(code)])
        assert check.counts_automation is learnt
        assert checking(org).counts_automation is learnt
