"""The floor of a drain: the same calls to the CRM over the same session, nothing around them."""

import datetime as dt
import email.utils
import time
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from orchestrator.bench.crm import BASE, SUBREQUESTS
from orchestrator.bench.figures import check
from orchestrator.bench.scene import Scene
from orchestrator.connectors.salesforce.client import Client
from orchestrator.connectors.salesforce.session import OrgSession
from orchestrator.connectors.salesforce.sign_in import credentials_of
from orchestrator.connectors.salesforce.tokens import TokenProvider

# A claim is read in one call, written 25 at a time, and read back in one call.
CLAIM = 200
OBJECT, FIELDS = "Opportunity", ["Id", "StageName", "LastModifiedDate"]


def rate(scene: Scene, count: int) -> float:
    """Write so many new records as a drain calls the CRM; return how many a second."""
    records, start = scene.crm.seed(count, per_account=4), scene.crm.last_effect()
    credentials = credentials_of(scene.org)
    with closing(OrgSession(credentials.address)) as session:
        tokens = TokenProvider(credentials=credentials, session=session)
        client = Client(
            address=credentials.address,
            api_version=BASE.rpartition("/v")[2],
            session=session,
            tokens=tokens,
        )
        tokens.current()
        began = time.perf_counter()
        for place in range(0, count, CLAIM):
            _claim(client, records[place : place + CLAIM])
        took = time.perf_counter() - began
    scene.crm.check_written(start, records)
    return count / took


def _claim(client: Client, records: Sequence[str]) -> None:
    rows = _read(client, records)
    for place in range(0, len(rows), SUBREQUESTS):
        parts = [_part(number, row) for number, row in enumerate(rows[place : place + SUBREQUESTS])]
        body = {"allOrNone": False, "collateSubrequests": False, "compositeRequest": parts}
        answer = client.post("composite", body, writes=True)
        succeeded = all(each["httpStatusCode"] == 204 for each in answer["compositeResponse"])
        check(succeeded, "every bare write should succeed")
    _read(client, records)


def _read(client: Client, records: Sequence[str]) -> list[dict[str, Any]]:
    body = {"ids": list(records), "fields": FIELDS}
    rows: list[dict[str, Any]] = client.post(f"composite/sobjects/{OBJECT}", body, writes=False)
    return rows


def _part(number: int, row: dict[str, Any]) -> dict[str, Any]:
    modified = dt.datetime.fromisoformat(row["LastModifiedDate"]).astimezone(dt.UTC)
    guard = email.utils.format_datetime(modified, usegmt=True)
    return {
        "method": "PATCH",
        "url": f"{BASE}/sobjects/{OBJECT}/{row['Id']}",
        "referenceId": f"r{number}",
        "httpHeaders": {"If-Unmodified-Since": guard, "Sforce-Auto-Assign": "FALSE"},
        "body": {"StageName": "Qualification"},
    }
