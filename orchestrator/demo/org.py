"""The demo's CRM as pure data: the same seed and moment make the same records."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from orchestrator.demo.crm.accounts import account_record, accounts, contact_records
from orchestrator.demo.crm.activity import silence_records, task_records
from orchestrator.demo.crm.deals import deal_record, deals, quote_records
from orchestrator.demo.crm.leads import campaign_records, lead_records
from orchestrator.demo.crm.records import Ref, SeedRecord, World
from orchestrator.demo.crm.support import support_records


def seeded_records(*, at: dt.datetime, seed: int = 7) -> list[SeedRecord]:
    """Return the records of the demo's CRM as of a moment, each after those it refers to."""
    world = World(at.replace(microsecond=0), seed)
    firms = accounts(world)
    sales = deals(world, firms)
    return [
        *campaign_records(world),
        *(account_record(world, account) for account in firms),
        *(record for account in firms for record in contact_records(world, account)),
        *(deal_record(world, deal) for deal in sales),
        *quote_records(world, sales),
        *lead_records(world, firms),
        *support_records(world, firms),
        *task_records(world, sales),
        *silence_records(world, sales),
    ]


def as_json(records: Iterable[SeedRecord]) -> list[dict[str, Any]]:
    """Return the records as the simulator's seed door takes them: references as `@key`."""
    return [
        {
            "object": record.object,
            "key": record.key,
            "fields": {
                **{name: _value(value) for name, value in record.fields.items()},
                "CreatedDate": _value(record.created_at),
                "LastModifiedDate": _value(record.last_modified_at),
                "SystemModstamp": _value(record.last_modified_at),
            },
        }
        for record in records
    ]


def _value(value: Any) -> Any:
    if isinstance(value, Ref):
        return f"@{value.key}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


__all__ = ["Ref", "SeedRecord", "as_json", "seeded_records"]
