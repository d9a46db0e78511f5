"""The Salesforce connector on a simulated org: real HTTP, real sign-in, real guards."""

from typing import Any

from orchestrator.connectors.base import GuardedChange, RecordKey, Snapshot, WriteUnit
from orchestrator.connectors.salesforce import guard_check
from orchestrator.connectors.salesforce.connector import SalesforceConnector
from orchestrator.connectors.salesforce.sign_in import Credentials
from tests.simulated_org import SimulatedOrg

VERSION = "64.0"


def connect(
    simulator: SimulatedOrg, *, checked: bool = True, **changes: str
) -> SalesforceConnector:
    """Return a connector with its own session and token; its org has passed today's check."""
    values = {
        "address": simulator.url,
        "sign_in": "client_credentials",
        "client_id": simulator.client_id,
        "username": "",
        "secret": simulator.client_secret,
        **changes,
    }
    connector = SalesforceConnector(credentials=Credentials(**values), api_version=VERSION)
    for answer in (guard_check.HONOURED, guard_check.UNDOES) if checked else ():
        connector.guards.remember(answer, yes=True)
    return connector


def seed_deals(simulator: SimulatedOrg, count: int) -> list[RecordKey]:
    """Empty the org and give it one account with this many opportunities; return their keys."""
    account = {"object": "Account", "key": "acme", "fields": {"Name": "Acme"}}
    deals = [
        {
            "object": "Opportunity",
            "key": f"deal-{number}",
            "fields": {
                "Name": f"Deal {number}",
                "AccountId": "@acme",
                "StageName": "Proposal",
                "CloseDate": "2026-12-31",
                "Amount": 1000,
                "NextStep": "Wait",
            },
        }
        for number in range(count)
    ]
    ids = simulator.reset([account, *deals])
    return [RecordKey("Opportunity", ids[f"deal-{number}"]) for number in range(count)]


def read(
    connector: SalesforceConnector, *keys: RecordKey, fields: tuple[str, ...] = ("NextStep",)
) -> dict[RecordKey, Snapshot]:
    """Return snapshots of records that must be there."""
    found = connector.read({key: list(fields) for key in keys})
    return {key: snapshot for key, snapshot in found.items() if snapshot is not None}


def update(snapshot: Snapshot, **fields: Any) -> GuardedChange:
    """Return an update of what was read."""
    return GuardedChange("update", *snapshot.key, "", fields or {"NextStep": "Call"}, snapshot)


def delete(snapshot: Snapshot) -> GuardedChange:
    """Return a delete of what was read."""
    return GuardedChange("delete", *snapshot.key, "", {}, snapshot)


def create(object_name: str, external_id: str, **fields: Any) -> GuardedChange:
    """Return a create."""
    return GuardedChange("create", object_name, "", external_id, fields, None)


def units(*changes: GuardedChange) -> list[WriteUnit]:
    """Return each change as a unit of its own."""
    return [WriteUnit(f"cmt_{number}", [change]) for number, change in enumerate(changes)]


def somebody_edits(simulator: SimulatedOrg, key: RecordKey, **fields: Any) -> None:
    """Let another person change the record, more than a second later."""
    simulator.clock(advance=2)
    simulator.edit(key.record_id, **(fields or {"NextStep": "Theirs"}))
