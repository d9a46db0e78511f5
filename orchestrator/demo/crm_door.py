"""The demo's own door to the simulated CRM: fill it, export reports, prepare a fault."""

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import httpx

from orchestrator.demo.org import as_json, seeded_records

REPORTS = {
    "stuck-deals": "SELECT Id FROM Opportunity WHERE IsClosed = false ORDER BY LastStageChangeDate",
    "deal-desk-agent": "SELECT Id FROM Opportunity WHERE IsClosed = false ORDER BY CloseDate DESC",
    "lead-hygiene": "SELECT Id FROM Lead WHERE IsConverted = false ORDER BY CreatedDate DESC",
}
VERSION = "v64.0"


class CrmDoor:
    """What an administrator of the simulated org can do."""

    def __init__(self, *, url: str, client_id: str, client_secret: str) -> None:
        """Open a connection to the simulator."""
        self._http = httpx.Client(base_url=url, timeout=60, trust_env=False)
        self._client = (client_id, client_secret)

    def fill(self, *, at: dt.datetime) -> bool:
        """Seed the org if it has no accounts yet; say whether that was done."""
        if self._query("SELECT COUNT(Id) found FROM Account")[0]["found"]:
            return False
        records = as_json(seeded_records(at=at))
        answer = self._http.post("/__sim__/seed", json={"records": records})
        answer.raise_for_status()
        return True

    def export_reports(self, folder: Path) -> None:
        """Write the record ids that each example agent watches, as a CRM report would."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, query in REPORTS.items():
            rows = self._query(query)
            with (folder / f"{name}.csv").open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["Id"])
                writer.writerows([row["Id"]] for row in rows)

    def refuse_once(self, record_id: str, *, message: str) -> None:
        """Make the org's own validation refuse the next write of one record."""
        rule = {
            "kind": "error",
            "record_id": record_id,
            "code": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "message": message,
            "times": 1,
        }
        self._http.post("/__sim__/faults", json=rule).raise_for_status()

    def _query(self, text: str) -> list[dict[str, Any]]:
        token = self._http.post(
            "/services/oauth2/token", data={"grant_type": "client_credentials"}, auth=self._client
        )
        token.raise_for_status()
        headers = {"Authorization": f"Bearer {token.json()['access_token']}"}
        page = self._http.get(
            f"/services/data/{VERSION}/query", params={"q": text}, headers=headers
        )
        page.raise_for_status()
        body = page.json()
        rows = list(body["records"])
        while not body["done"]:
            page = self._http.get(body["nextRecordsUrl"], headers=headers)
            page.raise_for_status()
            body = page.json()
            rows += body["records"]
        return rows
