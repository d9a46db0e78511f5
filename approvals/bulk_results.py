"""The results of a bulk decision as CSV, safe to open in a spreadsheet."""

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from approvals.bulk_lines import ItemLine

COLUMNS = ("position", "proposal", "record", "result", "code", "why", "at", "digest")
# What makes a spreadsheet take text for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Line:
    """A file for the CSV writer that hands every line straight on."""

    def write(self, text: str) -> str:
        return text


def csv_lines(lines: Iterable[ItemLine]) -> Iterator[str]:
    """Yield the heading and one line an item."""
    writer: Any = csv.writer(_Line())
    yield writer.writerow(COLUMNS)
    for each in lines:
        item = each.item
        yield writer.writerow(
            [
                item.position + 1,
                item.proposal_id,
                _cell(each.label),
                item.state,
                item.code,
                _cell(item.detail),
                _moment(item.decided_at),
                item.digest,
            ]
        )


def _cell(text: str) -> str:
    """Return a text as a cell that no spreadsheet runs; names from outside may try."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _moment(at: dt.datetime | None) -> str:
    return at.isoformat() if at else ""
