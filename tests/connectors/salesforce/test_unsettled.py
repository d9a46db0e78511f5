"""What no document settles: under either behaviour of an org, our writes are right or refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache

from orchestrator.commits.settling import Evidence, Found, Image, judge
from orchestrator.connectors.base import RecordKey, Snapshot, WriteUnit
from orchestrator.connectors.errors import ErrorClass, OutcomeUnknown
from orchestrator.connectors.salesforce.connector import SalesforceConnector
from orchestrator.simulator.switches import UNSETTLED
from tests.connectors.salesforce.live import (
    connect,
    create,
    delete,
    read,
    seed_deals,
    somebody_edits,
    units,
    update,
)
from tests.connectors.systems import fault_class, fault_code
from tests.simulated_org import SimulatedOrg

POSITIONS = [
    pytest.param({switch.name: position}, id=f"{switch.name}={position}")
    for switch in UNSETTLED
    for position in switch.positions
]
# Where an org has no condition to offer, refusing is all that is right.
WITHOUT_GUARD = {"guard_in_composite": False}
WITHOUT_UNDOING = {"rollback_on_412": False}


@pytest.fixture(params=POSITIONS)
def position(simulator: SimulatedOrg, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    seed_deals(simulator, 2)
    simulator.switch(**request.param)
    yield request.param
    simulator.reset()


@pytest.fixture
def deals(simulator: SimulatedOrg, position: dict[str, Any]) -> list[RecordKey]:
    """Return two opportunities that automation touched after the last person did."""
    ids = simulator.control("GET", "keys")["ids"]
    keys = [RecordKey("Opportunity", ids[f"deal-{number}"]) for number in range(2)]
    simulator.clock(advance=2)
    for key in keys:
        simulator.touch(key.record_id)
    return keys


@pytest.fixture
def connector(simulator: SimulatedOrg, deals: list[RecordKey]) -> Iterator[SalesforceConnector]:
    """Return a connector that knows nothing of its org yet, and let nobody know it afterwards."""
    cache.clear()
    yield connect(simulator, checked=False)
    cache.clear()


def steps(connector: SalesforceConnector, deals: list[RecordKey]) -> list[Any]:
    found = connector.read({key: ["NextStep"] for key in deals})
    return [None if found[key] is None else found[key].values["NextStep"] for key in deals]


def write_again(connector: SalesforceConnector, key: RecordKey) -> Any:
    """Write as the committer does: after a conflict that is none, read again and write again."""
    [result] = connector.write(units(update(read(connector, key)[key])))
    if fault_class(result) is ErrorClass.CONFLICT:
        [result] = connector.write(units(update(read(connector, key)[key])))
    return result


def image(snapshot: Snapshot | None) -> Image | None:
    if snapshot is None:
        return None
    return Image(snapshot.values, snapshot.modified_at, snapshot.modified_by, snapshot.stamp)


class TestUpdate:
    def test_is_written_once(self, simulator, connector, deals, position):
        effects = simulator.last_effect()

        result = write_again(connector, deals[0])

        if position == WITHOUT_GUARD:
            assert fault_code(result) == "GUARD_IGNORED"
            assert steps(connector, deals) == ["Wait", "Wait"]
            assert simulator.effects(effects) == []
            return
        assert result.written
        assert steps(connector, deals) == ["Call", "Wait"]
        assert [one["operation"] for one in simulator.effects(effects)] == ["update"]

    def test_overwrites_nothing_that_somebody_changed(self, simulator, connector, deals):
        seen = read(connector, *deals)
        somebody_edits(simulator, deals[0])

        results = connector.write(units(*(update(seen[key]) for key in deals)))

        assert not results[0].written
        assert steps(connector, deals)[0] == "Theirs"
        assert steps(connector, deals)[1] == ("Call" if results[1].written else "Wait")


class TestRecordInAnApproval:
    def test_is_a_conflict_by_whatever_code(self, simulator, connector, deals):
        simulator.control("POST", "approval", json={"id": deals[0].record_id, "action": "Submit"})

        result = write_again(connector, deals[0])

        assert fault_class(result) is ErrorClass.CONFLICT
        assert steps(connector, deals) == ["Wait", "Wait"]


class TestCreate:
    def test_makes_one_record_however_often_it_is_sent(self, simulator, connector, deals):
        change = create("Task", "prp_50.0", Subject="Call Acme")

        [first] = connector.write(units(change))
        simulator.clock(advance=2)
        simulator.edit(first.record_ids[0], Subject="Theirs")
        [second] = connector.write(units(change))

        assert first.written
        assert fault_class(second) is ErrorClass.CONFLICT
        found = connector.find_by_external_id("Task", "prp_50.0")
        assert found.values["Subject"] == "Theirs"
        made = [one for one in simulator.effects() if one["operation"] == "create"]
        assert [one["object"] for one in made] == ["Task"]


class TestDelete:
    def test_removes_a_record_that_is_as_it_was(self, connector, deals, position):
        key = deals[0]

        for _ in range(2):
            seen = read(connector, key)[key]
            [result] = connector.write([WriteUnit("cmt_1", [delete(seen)])])
            if fault_class(result) is not ErrorClass.CONFLICT:
                break

        safe = position not in (WITHOUT_GUARD, WITHOUT_UNDOING)
        assert result.written is safe
        assert steps(connector, deals) == [None if safe else "Wait", "Wait"]

    def test_leaves_a_record_that_somebody_changed(self, simulator, connector, deals):
        seen = read(connector, *deals)
        somebody_edits(simulator, deals[0])

        [result] = connector.write([WriteUnit("cmt_1", [delete(seen[deals[0]])])])

        assert not result.written
        assert steps(connector, deals) == ["Theirs", "Wait"]


class TestUnitOfSeveralChanges:
    def test_is_written_whole(self, connector, deals, position):
        for _ in range(2):
            seen = read(connector, *deals)
            task = create("Task", "prp_51.0", Subject="x")
            unit = WriteUnit("cmt_1", [*(update(seen[key]) for key in deals), task])
            [result] = connector.write([unit])
            if fault_class(result) is not ErrorClass.CONFLICT:
                break

        safe = position not in (WITHOUT_GUARD, WITHOUT_UNDOING)
        assert result.written is safe
        assert steps(connector, deals) == (["Call", "Call"] if safe else ["Wait", "Wait"])
        assert (connector.find_by_external_id("Task", "prp_51.0") is not None) is safe

    def test_leaves_nothing_half_written(self, simulator, connector, deals):
        seen = read(connector, *deals)
        somebody_edits(simulator, deals[1])
        task = create("Task", "prp_52.0", Subject="x")

        [result] = connector.write(
            [WriteUnit("cmt_1", [task, *(update(seen[key]) for key in deals)])]
        )

        assert not result.written
        assert steps(connector, deals) == ["Wait", "Theirs"]
        assert connector.find_by_external_id("Task", "prp_52.0") is None


class TestLostAnswer:
    @pytest.mark.parametrize(
        ("kind", "found"),
        [("drop_after_commit", Found.WRITTEN), ("drop_before_commit", Found.NOT_WRITTEN)],
    )
    def test_is_settled_by_reading_back(self, simulator, connector, deals, position, kind, found):
        write_again(connector, deals[1])
        before = read(connector, deals[0])[deals[0]]
        simulator.clock(advance=2)
        simulator.fault(kind, path="composite$")
        if position == WITHOUT_GUARD:
            [result] = connector.write(units(update(before)))
            assert fault_code(result) == "GUARD_IGNORED"
            simulator.clear_faults()
            return
        with pytest.raises(OutcomeUnknown):
            connector.write(units(update(before)))

        now = read(connector, deals[0])[deals[0]]
        evidence = Evidence("update", {"NextStep": "Call"}, image(before), image(now))
        judged = judge([evidence], commit_id="cmt_0", writer_id=connector.writer_id)
        assert judged.found is found
