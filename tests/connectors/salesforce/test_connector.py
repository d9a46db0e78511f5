"""What the connector makes of an org's answers; the org here says what each test needs."""

from typing import Any

import pytest

from orchestrator.connectors.base import GuardedChange, RecordKey, Snapshot, WriteUnit
from orchestrator.connectors.errors import BadRecordId, ErrorClass, Rejected
from orchestrator.connectors.salesforce import connector as module
from orchestrator.connectors.salesforce import guard_check
from orchestrator.connectors.salesforce.connector import SalesforceConnector, connector_for
from orchestrator.connectors.salesforce.snapshots import UnknownField
from orchestrator.orgs.models import Org
from tests.connectors.salesforce.describes import ACCOUNT, OPPORTUNITY
from tests.connectors.scripted_org import USER_ID, Answer, ScriptedOrg

OPP = RecordKey("Opportunity", "006000000000001AAA")
OTHER = RecordKey("Opportunity", "006000000000002AAA")
HOSTILE = ["https://evil/x", "//evil/x", "../../limits", "006000000000001?x=1"]


def row(key: RecordKey, **values: Any) -> dict[str, Any]:
    return {
        "Id": key.record_id,
        "Name": "Deal",
        "AccountId": "001000000000001AAA",
        "LastModifiedDate": "2026-11-18T08:00:07.000+0000",
        "SystemModstamp": "2026-11-18T08:00:07.000+0000",
        "LastModifiedById": USER_ID,
        **values,
    }


@pytest.fixture
def connector(org):
    org.answers.append(Answer(body=OPPORTUNITY))
    made = SalesforceConnector(credentials=org.credentials(), api_version="64.0")
    made.describe("Opportunity")
    for answer in (guard_check.HONOURED, guard_check.UNDOES):
        made.guards.remember(answer, yes=True)
    org.asked.clear()
    return made


def read(
    org: ScriptedOrg, connector: SalesforceConnector, *keys: RecordKey
) -> dict[RecordKey, Snapshot | None]:
    org.answers.append(Answer(body=[row(key, Amount=1.5) for key in keys]))
    return connector.read({key: ["Amount"] for key in keys})


class TestRead:
    def test_asks_once_for_200_records_of_one_object(self, org, connector):
        keys = [RecordKey("Opportunity", f"006000000000{number:03}AAA") for number in range(200)]
        found = read(org, connector, *keys)
        assert len(org.calls) == 1
        assert len(org.calls[0].json["ids"]) == 200
        assert [each.values for each in found.values() if each] == [{"Amount": 1.5}] * 200

    def test_asks_twice_for_more_ids_than_fit(self, org, connector, monkeypatch):
        monkeypatch.setattr(module, "READ_LIMIT", 1)
        org.answers.extend([Answer(body=[row(OPP)]), Answer(body=[None])])
        found = connector.read({OPP: [], OTHER: []})
        assert len(org.calls) == 2
        assert found[OPP] is not None
        assert found[OTHER] is None

    def test_sends_an_id_once_and_answers_under_every_key_it_was_asked_by(self, org, connector):
        short = RecordKey("Opportunity", OPP.record_id[:15])
        org.answers.append(Answer(body=[row(OPP)]))
        found = connector.read({OPP: [], short: []})
        assert org.calls[0].json["ids"] == [OPP.record_id]
        assert found[short].key == short

    @pytest.mark.parametrize("record_id", [*HOSTILE, "001000000000001AAA"])
    def test_sends_no_id_that_cannot_be_one(self, org, connector, record_id):
        key = RecordKey("Opportunity", record_id)
        assert connector.read({key: []}) == {key: None}
        assert org.asked == []

    def test_names_a_field_that_is_none(self, org, connector):
        with pytest.raises(UnknownField):
            connector.read({OPP: ["Nope"]})
        assert org.asked == []

    def test_refuses_an_answer_that_does_not_fit_the_question(self, org, connector):
        org.answers.append(Answer(body=[row(OPP), row(OTHER)]))
        with pytest.raises(Rejected, match="one row"):
            connector.read({OPP: []})

    def test_asks_for_nothing_when_nothing_is_wanted(self, org, connector):
        assert connector.read({}) == {}
        assert org.asked == []


class TestWrite:
    def change(
        self, snapshot: Snapshot | None, key: RecordKey = OPP, **fields: Any
    ) -> GuardedChange:
        return GuardedChange("update", "Opportunity", key.record_id, "", fields, snapshot)

    def test_writes_decimal_text_as_a_number_with_the_same_digits(self, org, connector):
        snapshot = read(org, connector, OPP)[OPP]
        org.answers.append(Answer(body={"compositeResponse": [
            {"httpStatusCode": 204, "body": None, "referenceId": "u0c0s0"}]}))  # fmt: skip
        units = [WriteUnit("cmt_1", [self.change(snapshot, Amount="1200.50", Name="12.50")])]
        [result] = connector.write(units)
        assert result.written
        assert '"Amount":1200.50' in org.calls[-1].body
        assert '"Name":"12.50"' in org.calls[-1].body

    @pytest.mark.parametrize(
        ("fields", "code"),
        [({"Amount": "a lot"}, "not_a_number"), ({"Nope": 1}, "INVALID_FIELD")],
    )
    def test_holds_back_only_the_unit_that_cannot_be_sent(self, org, connector, fields, code):
        found = read(org, connector, OPP, OTHER)
        org.answers.append(Answer(body={"compositeResponse": [
            {"httpStatusCode": 204, "body": None, "referenceId": "u1c0s0"}]}))  # fmt: skip
        bad, good = connector.write(
            [
                WriteUnit("cmt_1", [self.change(found[OPP], **fields)]),
                WriteUnit("cmt_2", [self.change(found[OTHER], OTHER, Name="New")]),
            ]
        )
        assert (bad.unit_id, bad.fault.error_class, bad.fault.code) == (
            "cmt_1",
            ErrorClass.VALIDATION,
            code,
        )
        assert good.written
        assert len(org.calls[-1].json["compositeRequest"]) == 1

    @pytest.mark.parametrize("record_id", HOSTILE)
    def test_sends_no_id_that_cannot_be_one(self, org, connector, record_id):
        snapshot = read(org, connector, OPP)[OPP]
        org.asked.clear()
        change = GuardedChange("update", "Opportunity", record_id, "", {"Name": "x"}, snapshot)
        [result] = connector.write([WriteUnit("cmt_1", [change])])
        assert result.fault.error_class is ErrorClass.VALIDATION
        assert org.asked == []

    def test_does_not_create_where_a_repeat_would_make_a_second_record(self, org, connector):
        org.answers.append(Answer(body=ACCOUNT))
        change = GuardedChange("create", "Account", "", "prp_1.0", {"Name": "x"}, None)
        [result] = connector.write([WriteUnit("cmt_1", [change])])
        assert "Countersign_Id__c" in result.fault.text

    def test_fills_in_the_external_id_itself(self, connector):
        fields = {"Name": "x", "Countersign_Id__c": "mine"}
        change = GuardedChange("create", "Opportunity", "", "prp_1.0", fields, None)
        [result] = connector.write([WriteUnit("cmt_1", [change])])
        assert "filled in by us" in result.fault.text


class TestFindByExternalId:
    def test_finds_the_record_with_every_field_we_may_see(self, org, connector):
        org.answers.append(Answer(body=row(OPP, Amount=5.0, Hidden="x")))
        snapshot = connector.find_by_external_id("Opportunity", "prp_1.0")
        assert snapshot.key == OPP
        assert snapshot.values["Amount"] == 5.0
        assert "Hidden" not in snapshot.values
        assert org.calls[0].path.endswith("/sobjects/Opportunity/Countersign_Id__c/prp_1.0")

    def test_finds_nothing_when_there_is_nothing(self, org, connector):
        org.answers.append(Answer(status=404, body=[{"errorCode": "NOT_FOUND", "message": "x"}]))
        assert connector.find_by_external_id("Opportunity", "prp_1.0") is None

    def test_refuses_when_several_records_have_it(self, org, connector):
        org.answers.append(Answer(status=300, body=["/services/data/a", "/services/data/b"]))
        with pytest.raises(Rejected):
            connector.find_by_external_id("Opportunity", "prp_1.0")

    @pytest.mark.parametrize("external_id", ["../x", "a/b", "?x", ""])
    def test_sends_no_text_that_could_leave_its_place(self, org, connector, external_id):
        with pytest.raises(BadRecordId):
            connector.find_by_external_id("Opportunity", external_id)
        assert org.asked == []


class TestWriterId:
    def test_is_the_user_of_the_token(self, connector):
        assert connector.writer_id == USER_ID


class TestRecordUrl:
    def test_leads_to_the_record_in_lightning(self, org, connector):
        assert connector.record_url(OPP) == (
            f"{org.address}/lightning/r/Opportunity/{OPP.record_id}/view"
        )

    def test_cannot_be_made_to_lead_elsewhere(self, org, connector):
        for key in (RecordKey("..", OPP.record_id), RecordKey("Opportunity", "//evil/x?")):
            assert connector.record_url(key) == org.address


class TestConnectorFor:
    def test_shares_one_connector_until_the_credentials_change(self, org):
        row = Org(kind="salesforce", base_url=org.address, sign_in="client_credentials",
                  client_id=org.client_id, secret="one")  # fmt: skip
        first = connector_for(row)
        assert connector_for(row) is first
        row.secret = "two"
        assert connector_for(row) is not first
