"""A run's findings as CSV: streamed, safe to open in a spreadsheet, and recorded."""

import csv
import datetime as dt
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db import transaction

from approvals.visibility import EVERYTHING, Sight
from audit import ledger
from orchestrator.kernel.actors import Actor
from orchestrator.reconciliation import queries
from orchestrator.reconciliation.masked import mask_finding
from orchestrator.reconciliation.models import Finding, Reconciliation
from orchestrator.reconciliation.queries import Filters

COLUMNS = (
    "class", "object", "record_id", "record", "field", "expected", "actual", "reverted_by_hand",
    "last_modified_by", "last_modified_at", "workflow", "proposal", "commit",
)  # fmt: skip
# What makes a spreadsheet take text for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file for the CSV writer that hands every line straight on."""

    def write(self, text: str) -> str:
        return text


def export(
    run: Reconciliation,
    *,
    workflow_ids: Collection[int],
    filters: Filters,
    sights: Mapping[int, Sight],
    by: Actor,
    at: dt.datetime,
) -> Iterator[str]:
    """Record that somebody takes the findings away, then return them line by line as CSV."""
    with transaction.atomic():
        ledger.record(
            event="reconciliation.exported",
            by=by,
            at=at,
            subject_kind="reconciliation",
            subject_id=str(run.pk),
            detail={
                "org": run.org.slug,
                "kind": filters.kind,
                "object": filters.object_name,
                "field": filters.field,
                "workflow": filters.workflow,
                "reverted": filters.reverted,
            },
        )
    found = queries.every_finding(run, workflow_ids=workflow_ids, filters=filters)
    return csv_lines(found, sights)


def csv_lines(findings: Iterable[Finding], sights: Mapping[int, Sight]) -> Iterator[str]:
    """Yield the heading and one line a finding, without what is hidden from its reader."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for each in findings:
        mask_finding(each, sights.get(each.workflow_id, EVERYTHING))
        yield writer.writerow([safe_cell(value) for value in _row(each)])


def safe_cell(value: Any) -> Any:
    """Return a value as a cell that no spreadsheet runs; text from outside may try."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(FORMULA) else text


def _row(finding: Finding) -> list[Any]:
    modified = finding.modified_at
    return [
        finding.kind,
        finding.object_name,
        finding.record_id,
        finding.label,
        finding.field,
        finding.expected,
        finding.actual,
        finding.reverted_by_hand,
        finding.modified_by,
        modified.isoformat() if modified else None,
        finding.workflow.slug,
        finding.proposal_id,
        finding.commit_id,
    ]
