"""
What became of proposals, counted in one bounded statement.

Of each state only the newest are looked at, along the index that has them in that order: the cost
follows the bound, never the backlog. A count that met the bound says so.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from approvals.states import APPROVED_ONCE, OPEN, ProposalState

# The newest of each state within the window.
CAP = 1000
COLUMNS = {"workflow": "workflow_id", "agent": "agent_id"}
COUNTED = """
WITH newest AS (
  SELECT p.* FROM unnest(%(states)s::text[]) AS s(state)
  JOIN LATERAL (
    SELECT id, state, created_at, approved_at, closed_at, purpose, workflow_id, outcome_code
    FROM approvals_proposal
    WHERE {column} = %(subject)s AND state = s.state ORDER BY id DESC LIMIT %(cap)s
  ) p ON true
), counted AS (
  SELECT state, created_at, coalesce(approved_at, closed_at) - created_at AS took,
    state = ANY(%(approved)s) AS approved,
    outcome_code,
    EXISTS (SELECT FROM approvals_decision d JOIN approvals_revision r ON r.id = d.revision_id
            WHERE r.proposal_id = newest.id AND d.vote IN ('approve', 'deny')) AS judged,
    EXISTS (SELECT FROM approvals_revision r
            WHERE r.proposal_id = newest.id AND r.cause = 'edited') AS edited,
    EXISTS (SELECT FROM approvals_revision r
            WHERE r.proposal_id = newest.id AND r.cause = 'record_moved') AS moved
  FROM newest
  WHERE created_at >= %(since)s AND created_at < %(until)s AND purpose = 'change'
    AND workflow_id = ANY(%(workflows)s)
)
SELECT state, outcome_code, count(*),
  count(*) FILTER (WHERE created_at >= %(recent)s),
  count(*) FILTER (WHERE judged AND (approved OR state = 'denied')),
  count(*) FILTER (WHERE judged AND approved),
  count(*) FILTER (WHERE judged AND approved AND edited),
  count(*) FILTER (WHERE approved
    AND (moved OR state IN ('failed', 'outcome_unknown', 'discarded'))),
  count(*) FILTER (WHERE approved),
  array_agg(extract(epoch FROM took)) FILTER (WHERE judged AND (approved OR state = 'denied'))
FROM counted GROUP BY state, outcome_code
"""


@dataclass(slots=True)
class Counts:
    """How many proposals of a window came to what."""

    by_state: dict[str, int] = field(default_factory=dict)
    # The same, of the shorter window that lies within.
    recent: dict[str, int] = field(default_factory=dict)
    refused_by_code: dict[str, int] = field(default_factory=dict)
    # By people: all that were decided, those approved, those of them that were edited.
    judged: int = 0
    said_yes: int = 0
    edited: int = 0
    approved: int = 0
    # Approved, and then back to people, failed, unknown or given up.
    exceptions: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def made(self) -> int:
        """Return how many were proposed."""
        return sum(self.by_state.values())

    @property
    def capped(self) -> bool:
        """Say whether more of some state may be there than were looked at."""
        return any(count >= CAP for count in self.by_state.values())

    @property
    def open(self) -> int:
        """Return how many are open still."""
        return sum(count for state, count in self.by_state.items() if state in OPEN)

    @property
    def approval_rate(self) -> float | None:
        """Return the share that people approved of what people decided."""
        return self.said_yes / self.judged if self.judged else None

    @property
    def edit_rate(self) -> float | None:
        """Return the share that people edited of what people approved."""
        return self.edited / self.said_yes if self.said_yes else None

    @property
    def exception_rate(self) -> float | None:
        """Return the share of what was approved that did not simply go through."""
        return self.exceptions / self.approved if self.approved else None

    @property
    def median(self) -> dt.timedelta | None:
        """Return the middle time from being proposed until people had decided."""
        if not self.seconds:
            return None
        ordered, middle = sorted(self.seconds), len(self.seconds) // 2
        both = ordered[middle - 1 : middle + 1] if len(ordered) % 2 == 0 else [ordered[middle]]
        return dt.timedelta(seconds=round(sum(both) / len(both)))


def counts_of(
    kind: str,
    subject: int | str,
    *,
    workflows: Iterable[int],
    since: dt.datetime,
    until: dt.datetime,
    recent: dt.datetime | None = None,
) -> Counts:
    """Return what became of the proposals of one "workflow" or "agent" in these workflows."""
    given = {
        "states": [state.value for state in ProposalState],
        "approved": [state.value for state in APPROVED_ONCE],
        "subject": subject,
        "workflows": list(workflows),
        "since": since,
        "until": until,
        "recent": recent or since,
        "cap": CAP,
    }
    found = Counts()
    with connection.cursor() as cursor:
        cursor.execute(COUNTED.format(column=COLUMNS[kind]), given)
        for row in cursor.fetchall():
            _add(found, *row)
    return found


def _add(
    found: Counts,
    state: str,
    code: str,
    count: int,
    recent: int,
    judged: int,
    said_yes: int,
    edited: int,
    exceptions: int,
    approved: int,
    seconds: list[float] | None,
) -> None:
    found.by_state[state] = found.by_state.get(state, 0) + count
    found.recent[state] = found.recent.get(state, 0) + recent
    if state == ProposalState.REFUSED:
        found.refused_by_code[code] = found.refused_by_code.get(code, 0) + count
    found.judged += judged
    found.said_yes += said_yes
    found.edited += edited
    found.exceptions += exceptions
    found.approved += approved
    found.seconds += [float(each) for each in seconds or ()]
