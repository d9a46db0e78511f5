"""What the judge needs, fetched: the org's effects, and the ledger with the rows beside it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg.rows import dict_row

from orchestrator.kernel.canonical import digest
from tests.chaos import story
from tests.chaos.judge import Approved, Case, Effect, Recorded, Wanted
from tests.chaos.story import Story
from tests.simulated_org import SimulatedOrg

ENTRIES = """
    SELECT proposal_id, event, detail, object_name, record_id FROM audit_entry
    WHERE proposal_id <> '' ORDER BY id
"""
CHANGES = """
    SELECT r.proposal_id, r.number, r.content, array_agg(c.base ORDER BY c.position) AS bases
    FROM approvals_revision r JOIN approvals_change c ON c.revision_id = r.id
    GROUP BY r.id ORDER BY r.id
"""
STATES = "SELECT id, state FROM approvals_proposal"
HOLDERS = """
    SELECT DISTINCT c.id, c.state FROM commits_hold h JOIN commits_commit c ON c.id = h.commit_id
"""
# What still moves by itself, sooner or later.
UNSETTLED = """
    SELECT p.id, p.state, c.state AS commit_state, p.prepare_at, c.due_at, c.error_code
    FROM approvals_proposal p LEFT JOIN commits_commit c
        ON c.proposal_id = p.id AND c.state IN ('queued', 'claimed', 'written', 'unknown')
    WHERE p.state IN ('received', 'approved', 'committing') OR p.prepare_at IS NOT NULL
        OR c.state IN ('claimed', 'written') OR (c.state = 'unknown' AND c.finished_at IS NULL)
        OR EXISTS (SELECT 1 FROM approvals_review v WHERE v.proposal_id = p.id AND v.state = 'open')
        OR p.state = 'failed'
"""
# What is parked until a window of the quota would wait for a quarter of an hour.
WINDOW_HAS_COME = """
    UPDATE commits_commit SET due_at = now()
    WHERE state = 'queued' AND error_class = 'quota' AND due_at > now()
"""
EVENTS = """
    SELECT CASE event WHEN 'commit.settled' THEN 'settled ' || (detail->>'found') ELSE event END,
        count(*) FROM audit_entry GROUP BY 1
"""


def unsettled(database_url: str) -> list[dict[str, Any]]:
    """Return the proposals that still wait for a worker, a sweep or the people of the run."""
    with psycopg.connect(database_url, autocommit=True, row_factory=dict_row) as database:
        database.execute(WINDOW_HAS_COME)
        return database.execute(UNSETTLED).fetchall()


def collect(
    database_url: str, crm: SimulatedOrg, *, after: int, acknowledged: Mapping[str, str]
) -> Case:
    """Return the whole case: everything since an effect's number."""
    with psycopg.connect(database_url, row_factory=dict_row) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        entries = database.execute(ENTRIES).fetchall()
        revisions = database.execute(CHANGES).fetchall()
        states = {row["id"]: row["state"] for row in database.execute(STATES)}
        holders = {row["id"]: row["state"] for row in database.execute(HOLDERS)}
    stories = story.read((row["proposal_id"], row["event"], row["detail"]) for row in entries)
    return Case(
        effects=list(_effects(crm, after)),
        approved=list(_approved(revisions, stories)),
        recorded=[_recorded(row) for row in entries if row["event"] == "record.changed"],
        stories=stories,
        states=states,
        holders=holders,
        acknowledged=acknowledged,
    )


def events(database_url: str) -> Counter[str]:
    """Return how often each event is in the ledger, and how each unknown outcome was settled."""
    with psycopg.connect(database_url, autocommit=True) as database:
        return Counter(dict(database.execute(EVENTS).fetchall()))


def _effects(crm: SimulatedOrg, after: int) -> Iterator[Effect]:
    ours = crm.user("integration")
    for one in crm.effects(after=after):
        # Our own markers of what was committed are no change that anybody approved.
        if one["user"] != ours or one["object"].startswith("Countersign_"):
            continue
        fields = {name: (two["old"], two["new"]) for name, two in one["fields"].items()}
        yield Effect(
            one["sequence"],
            one["operation"],
            one["object"],
            one["id"],
            fields,
            one["request_id"],
        )


def _approved(revisions: list[dict[str, Any]], stories: Mapping[str, Story]) -> Iterator[Approved]:
    for row in revisions:
        story_of = stories.get(row["proposal_id"])
        standing = story_of.approved.get(row["number"]) if story_of else None
        if story_of is None or standing is None:
            continue
        changes = [
            Wanted(change["op"], change["object"], change["id"] or "", change["fields"], base or {})
            for change, base in zip(row["content"]["changes"], row["bases"], strict=True)
        ]
        exact = digest(row["content"]) == story_of.digests[row["number"]]
        yield Approved(row["proposal_id"], row["number"], changes, standing, exact)


def _recorded(row: Mapping[str, Any]) -> Recorded:
    fields = row["detail"]["fields"]
    return Recorded(
        row["proposal_id"],
        row["object_name"],
        row["record_id"],
        {name: (two["old"], two["new"]) for name, two in fields.items()},
    )
