"""Proposals and commits: what state they are in says what must come next, and when."""

import datetime as dt

from django.db import connection

from orchestrator.assurance.checks.irregular import Irregularity

# A sweep looks every second or two; what is this late was forgotten by it.
FORGOTTEN = dt.timedelta(minutes=5)
# Enough to see that much is wrong; the rest is found by the looks that follow.
MOST = 200

# Who waits for preparation, for people, for the requester, for a worker, for a person who settles
# it: each of these has a row or a time that says so. One statement, each part on an index.
PROPOSALS = """
SELECT p.id, 'It should have been prepared at {when}, and was not.', p.prepare_at
FROM approvals_proposal p WHERE p.prepare_at < %(forgotten)s
UNION ALL
SELECT p.id, 'It should have expired at {when}, and did not.', p.deadline_at
FROM approvals_proposal p
WHERE p.state IN ('received', 'in_review') AND p.deadline_at < %(forgotten)s
UNION ALL
SELECT p.id, 'Its approval ran out at {when}, and it did not expire.', p.execute_by
FROM approvals_proposal p WHERE p.state = 'approved' AND p.execute_by < %(forgotten)s
UNION ALL
SELECT p.id, 'It is {state}, and nothing will come of it: nobody is asked.', NULL
FROM approvals_proposal p
WHERE p.state IN ('received', 'in_review') AND p.prepare_at IS NULL
  AND NOT EXISTS (SELECT FROM approvals_review r WHERE r.proposal_id = p.id AND r.state = 'open')
UNION ALL
SELECT p.id, 'It is {state}, and no commit exists that would write it.', NULL
FROM approvals_proposal p
WHERE p.state IN ('approved', 'committing') AND NOT EXISTS (
  SELECT FROM commits_commit c WHERE c.proposal_id = p.id
  AND c.state IN ('queued', 'claimed', 'written', 'unknown', 'failed'))
LIMIT %(most)s
"""

# A commit waits for its due time, for its worker, for reading back, or for a person's letter.
COMMITS = """
SELECT c.id, c.proposal_id, 'It was due at {when}, and no worker took it.', c.due_at
FROM commits_commit c
JOIN orgs_org o ON o.id = c.org_id
LEFT JOIN commits_gate g ON g.org_id = c.org_id
WHERE c.state = 'queued' AND c.due_at < %(forgotten)s AND coalesce(g.state, 'closed') = 'closed'
  -- A long queue that moves is no loss: something of this org was written lately.
  AND NOT EXISTS (
    SELECT FROM approvals_proposal w JOIN commits_commit d ON d.proposal_id = w.id
    WHERE coalesce(w.closed_at, w.approved_at) > %(forgotten)s AND w.state = 'committed'
    AND d.org_id = c.org_id)
  AND NOT EXISTS (
    SELECT FROM commits_halt h WHERE h.state <> 'released' AND (
      h.scope = 'all' OR (h.scope = 'org' AND h.value = o.slug)
      OR (h.scope = 'workflow' AND h.value = c.workflow)
      OR (h.scope = 'agents' AND c.agent <> '') OR (h.scope = 'agent' AND h.value = c.agent)
      OR (h.scope = 'object' AND lower(h.value) IN (
        SELECT lower(touched) FROM unnest(c.objects_touched) touched))))
  AND NOT EXISTS (
    SELECT FROM commits_hold f WHERE f.org_id = c.org_id AND f.key = ANY(c.hold_keys))
UNION ALL
SELECT c.id, c.proposal_id, 'A worker took it at {when} and neither finished nor was missed.',
  c.claimed_at
FROM commits_commit c WHERE c.state = 'claimed' AND c.claimed_at < %(stale)s
UNION ALL
SELECT c.id, c.proposal_id, 'It is {state}, and no person is asked to deal with it.', c.finished_at
FROM commits_commit c
WHERE (c.state = 'failed' OR (c.state = 'unknown' AND c.finished_at IS NOT NULL))
  AND NOT EXISTS (
    SELECT FROM commits_deadletter d WHERE d.commit_id = c.id AND d.closed_at IS NULL)
LIMIT %(most)s
"""


def proposals_at_a_loss(at: dt.datetime) -> list[Irregularity]:
    """Return the open proposals for which nothing comes next."""
    return [
        Irregularity("proposal", proposal, _told(words, when), f"/proposals/{proposal}/")
        for proposal, words, when in _rows(PROPOSALS, at)
    ]


def commits_at_a_loss(at: dt.datetime) -> list[Irregularity]:
    """Return the open commits that nobody works on, waits for or is asked about."""
    return [
        Irregularity("commit", commit, _told(words, when), f"/proposals/{proposal}/")
        for commit, proposal, words, when in _rows(COMMITS, at)
    ]


def _rows(statement: str, at: dt.datetime) -> list[tuple[str, ...]]:
    forgotten = at - FORGOTTEN
    with connection.cursor() as cursor:
        cursor.execute(
            statement, {"forgotten": forgotten, "stale": at - 3 * FORGOTTEN, "most": MOST}
        )
        return list(cursor.fetchall())


def _told(words: str, when: object) -> str:
    moment = f"{when:%d %b %Y, %H:%M} UTC" if isinstance(when, dt.datetime) else ""
    return words.replace("{when}", moment)
