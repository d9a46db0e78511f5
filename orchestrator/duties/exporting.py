"""A round's lines as CSV: safe to open in a spreadsheet, and recorded."""

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from audit import ledger
from orchestrator.duties import queries, telling
from orchestrator.duties.models import DutyLine, DutyRound
from orchestrator.kernel.actors import Actor
from orchestrator.reconciliation.exporting import safe_cell

COLUMNS = (
    "line", "section", "subject_kind", "subject", "title", "words", "facts", "flags", "state",
    "verdict", "said", "signed_by", "signed_at", "gone_at", "follow_up_by", "trouble", "digest",
)  # fmt: skip


class _Line:
    """A file for the CSV writer that hands every line straight on."""

    def write(self, text: str) -> str:
        return text


def export(about: DutyRound, *, by: Actor, at: dt.datetime) -> Iterator[str]:
    """Record that somebody takes the lines away, then return them one by one as CSV."""
    with transaction.atomic():
        detail = {
            "kind": about.duty.kind,
            "period": about.period,
            "lines": about.lines.count(),
        }
        ledger.record(event="duty.exported", by=by, at=at, detail=detail, **telling.subject(about))
    return _csv(about)


def _csv(about: DutyRound) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for line in queries.every_line(about).iterator(chunk_size=1000):
        yield writer.writerow([safe_cell(value) for value in _row(line)])


def _row(line: DutyLine) -> list[Any]:
    return [
        line.position,
        line.section,
        line.subject_kind,
        line.subject_id,
        line.title,
        line.words,
        "; ".join(f"{name}: {value}" for name, value in line.facts),
        "; ".join(line.flags),
        line.state,
        line.verdict,
        line.said,
        line.signed_by.username if line.signed_by else "",
        line.signed_at.isoformat() if line.signed_at else "",
        line.gone_at.isoformat() if line.gone_at else "",
        line.follow_up_by.username if line.follow_up_by else "",
        line.trouble,
        line.digest,
    ]
