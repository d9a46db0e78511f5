"""What we leave on the records and beside them, in a simulated org that has room for it."""

import pytest

from orchestrator.connectors.base import (
    OWN_FIELDS,
    REASON_FIELD,
    STAMP_FIELD,
    GuardedChange,
    RecordKey,
    WriteUnit,
)
from orchestrator.connectors.errors import ErrorClass
from orchestrator.connectors.salesforce.markers import MARKER_OBJECT
from tests.connectors.salesforce.live import (
    connect,
    create,
    delete,
    read,
    seed_deals,
    somebody_edits,
    update,
)
from tests.connectors.systems import fault_class, fault_code

pytestmark = pytest.mark.req("E1")
DIGEST = "sha256:" + "ab" * 32


@pytest.fixture
def deals(simulator):
    return seed_deals(simulator, 3)


@pytest.fixture
def connector(simulator, deals):
    return connect(simulator)


def unit(*changes: GuardedChange, unit_id: str = "cmt_1", marked: bool = False) -> WriteUnit:
    return WriteUnit(
        unit_id, changes, proposal_id="prp_1", reason="It stalled.", reason_code="stalled_30d",
        digest=DIGEST, link="https://countersign.example/proposals/prp_1/", marked=marked,
    )  # fmt: skip


def markers(simulator) -> list[dict[str, object]]:
    fields = "Commit_Id__c, Proposal_Id__c, Proposal_Url__c, Digest__c"
    query = f"SELECT {fields} FROM {MARKER_OBJECT}"  # noqa: S608 - our own names
    answer = simulator.sign_in().get(simulator.path("query"), params={"q": query}, timeout=10)
    rows = answer.json()["records"]
    return [{name: row[name] for name in row if name != "attributes"} for row in rows]


class TestStamp:
    def test_is_saved_together_with_the_change(self, simulator, connector, deals):
        start = simulator.last_effect()
        seen = read(connector, deals[0])[deals[0]]
        assert seen.stamp == ""
        [result] = connector.write([unit(update(seen))])
        assert result.written
        [effect] = simulator.effects(start)
        assert {name: one["new"] for name, one in effect["fields"].items()} == {
            "NextStep": "Call", STAMP_FIELD: "cmt_1", REASON_FIELD: "stalled_30d",
        }  # fmt: skip

    def test_is_read_with_the_record_and_is_none_of_its_values(self, connector, deals):
        connector.write([unit(update(read(connector, deals[0])[deals[0]]))])
        found = read(connector, deals[0])[deals[0]]
        assert found.stamp == "cmt_1"
        assert set(found.values) == {"NextStep"}

    def test_stays_when_somebody_edits_the_record(self, simulator, connector, deals):
        connector.write([unit(update(read(connector, deals[0])[deals[0]]))])
        somebody_edits(simulator, deals[0])
        assert read(connector, deals[0])[deals[0]].stamp == "cmt_1"

    def test_of_25_updates_takes_no_more_than_their_one_call(self, simulator):
        keys = seed_deals(simulator, 25)
        connector = connect(simulator)
        found = read(connector, *keys)
        simulator.control("DELETE", "stats")
        units = [unit(update(found[key]), unit_id=f"cmt_{n}") for n, key in enumerate(keys)]
        results = connector.write(units)
        assert [result.written for result in results] == [True] * 25
        assert simulator.stats()["calls"] == {"composite": 1}
        stamps = [snapshot.stamp for snapshot in read(connector, *keys).values()]
        assert stamps == [f"cmt_{number}" for number in range(25)]

    def test_is_on_a_new_record_too(self, connector):
        [result] = connector.write([unit(create("Task", "prp_1-0", Subject="Call"))])
        made = RecordKey("Task", result.record_ids[0])
        assert read(connector, made, fields=())[made].stamp == "cmt_1"
        assert connector.find_by_external_id("Task", "prp_1-0").stamp == "cmt_1"

    def test_needs_fields_that_not_every_object_has(self, simulator, connector):
        quiet = RecordKey("Campaign", simulator.add("Campaign", Name="Autumn"))
        seen = read(connector, quiet, fields=("Name",))[quiet]
        assert seen.stamp is None
        [result] = connector.write([unit(update(seen, Name="Winter"))])
        assert result.written

    def test_comes_from_nobody_but_us(self, connector, deals):
        seen = read(connector, deals[0])[deals[0]]
        for name in OWN_FIELDS:
            [result] = connector.write([unit(update(seen, **{name: "cmt_9"}))])
            assert fault_class(result) is ErrorClass.VALIDATION
            assert "filled in by us" in result.fault.text

    def test_that_the_org_refuses_is_no_fault_of_the_change(self, simulator, connector, deals):
        seen = read(connector, deals[0])[deals[0]]
        text = f"No such column '{STAMP_FIELD}' on sobject of type Opportunity"
        simulator.fault("error", object="Opportunity", code="INVALID_FIELD", message=text)
        [result] = connector.write([unit(update(seen))])
        assert (fault_class(result), fault_code(result)) == (ErrorClass.TRANSIENT, "STAMP_REFUSED")
        [result] = connector.write([unit(update(read(connector, deals[0])[deals[0]]))])
        assert result.written


class TestCanMark:
    def test_what_needs_a_call_of_its_own(self, connector, deals):
        seen = read(connector, *deals)
        assert not connector.can_mark(unit(update(seen[deals[0]])))
        assert connector.can_mark(unit(*(update(seen[key]) for key in deals)))
        assert connector.can_mark(unit(delete(seen[deals[0]])))

    def test_unless_that_call_is_full(self, connector):
        changes = [create("Task", f"prp_1-{number}", Subject="Call") for number in range(25)]
        assert connector.can_mark(unit(*changes[:24]))
        assert not connector.can_mark(unit(*changes))

    def test_not_while_the_org_cannot_be_asked(self, simulator, deals):
        connector = connect(simulator, username="away")
        seen = read(connector, deals[0])[deals[0]]
        simulator.fault("unavailable", path=MARKER_OBJECT)
        # What another test has asked of this org may be known for ten minutes.
        connector._markers._descriptions.forget(MARKER_OBJECT)
        assert not connector.can_mark(unit(delete(seen)))
        assert connector.can_mark(unit(delete(seen)))


class TestMarker:
    def test_says_which_commit_of_what_was_written(self, simulator, connector, deals):
        seen = read(connector, *deals)
        changes = [update(seen[key]) for key in deals]
        [result] = connector.write([unit(*changes, marked=True)])
        assert list(result.record_ids) == [key.record_id for key in deals]
        assert markers(simulator) == [
            {
                "Commit_Id__c": "cmt_1",
                "Proposal_Id__c": "prp_1",
                "Proposal_Url__c": "https://countersign.example/proposals/prp_1/",
                "Digest__c": DIGEST,
            }
        ]
        assert connector.find_marker("cmt_1") is True
        assert connector.find_marker("cmt_2") is False

    def test_fits_beside_24_changes_and_a_full_call_goes_without(self, simulator):
        keys = seed_deals(simulator, 24)
        connector = connect(simulator)
        seen = read(connector, *keys)
        [result] = connector.write([unit(*(update(seen[key]) for key in keys), marked=True)])
        assert result.written
        assert connector.find_marker("cmt_1") is True

    def test_outlasts_the_record_that_it_deletes(self, connector, deals):
        seen = read(connector, deals[0])[deals[0]]
        [result] = connector.write([unit(delete(seen), marked=True)])
        assert result.written
        assert connector.read({deals[0]: []}) == {deals[0]: None}
        assert connector.find_marker("cmt_1") is True

    def test_is_taken_back_with_a_change_that_is_refused(self, simulator, connector, deals):
        seen = read(connector, *deals)
        somebody_edits(simulator, deals[1])
        [result] = connector.write([unit(*(update(seen[key]) for key in deals), marked=True)])
        assert fault_class(result) is ErrorClass.CONFLICT
        assert result.fault.position == 1
        assert connector.find_marker("cmt_1") is False

    def test_takes_a_call_back_that_arrives_twice(self, simulator, connector, deals):
        tasks = [create("Task", f"prp_1-{number}", Subject="Call") for number in range(2)]
        connector.write([unit(*tasks, marked=True)])
        after = simulator.last_effect()
        again = [create("Task", f"prp_1-x{number}", Subject="Call") for number in range(2)]
        [result] = connector.write([unit(*again, marked=True)])
        # Not a conflict of what was approved: reading back finds the marker, hence the write.
        assert (fault_class(result), fault_code(result)) == (ErrorClass.UNKNOWN, "ALREADY_MARKED")
        assert simulator.effects(after) == []

    def test_that_the_org_refuses_is_left_out_of_the_next_try(self, simulator, deals):
        connector = connect(simulator, username="refused")
        seen = read(connector, *deals)
        changes = [update(seen[key]) for key in deals]
        assert connector.can_mark(unit(*changes))
        code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
        simulator.fault("error", object=MARKER_OBJECT, code=code, message="Not today.")
        [result] = connector.write([unit(*changes, marked=True)])
        assert (fault_class(result), fault_code(result)) == (ErrorClass.TRANSIENT, "MARKER_REFUSED")
        assert read(connector, deals[0])[deals[0]].values["NextStep"] == "Wait"
        assert not connector.can_mark(unit(*changes))
        [result] = connector.write([unit(*changes)])
        assert result.written


@pytest.mark.req("H4")
class TestReasonRule:
    @pytest.fixture(autouse=True)
    def in_force(self, simulator, deals):
        simulator.switch(rule_reason_needed=True)
        yield
        simulator.switch(rule_reason_needed=False)

    def test_lets_an_approved_change_pass(self, simulator, connector, deals):
        seen = read(connector, deals[0])[deals[0]]
        [result] = connector.write([unit(update(seen, StageName="Negotiation"))])
        assert result.written
        # The next commit may well have the same reason, but never the same id.
        seen = read(connector, deals[0])[deals[0]]
        [result] = connector.write([unit(update(seen, Amount="1500.00"), unit_id="cmt_2")])
        assert result.written
        assert simulator.record("Opportunity", deals[0].record_id)["Amount"] == 1500

    @pytest.mark.parametrize(
        "body",
        [
            {"StageName": "Negotiation"},
            {"Amount": 1},
            {"CloseDate": "2027-01-31", REASON_FIELD: "because"},
            {"StageName": "Negotiation", STAMP_FIELD: "cmt_1", REASON_FIELD: "because"},
        ],
    )
    def test_refuses_the_same_user_without_them(self, simulator, connector, deals, body):
        connector.write([unit(update(read(connector, deals[0])[deals[0]]))])
        path = simulator.path(f"sobjects/Opportunity/{deals[0].record_id}")
        answer = simulator.sign_in().patch(path, json=body, timeout=10)
        assert answer.status_code == 400
        assert answer.json()[0]["errorCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"

    def test_does_not_concern_people(self, simulator, deals):
        simulator.edit(deals[0].record_id, StageName="Negotiation", Amount=1)
        assert simulator.record("Opportunity", deals[0].record_id)["StageName"] == "Negotiation"
