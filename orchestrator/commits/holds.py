"""Holds: the records, and the parents locked with them, that one worker has to itself."""

from collections.abc import Iterable, Sequence

from django.db import connection

from orchestrator.commits.batch import Item
from orchestrator.commits.models import Hold
from orchestrator.commits.states import IN_FLIGHT, CommitState

INSERT = """
INSERT INTO commits_hold (org_id, key, commit_id)
SELECT %s, key, commit_id FROM unnest(%s::text[], %s::text[]) AS wanted(key, commit_id)
ON CONFLICT (org_id, key) DO NOTHING
RETURNING key
"""

RELEASE = """
DELETE FROM commits_hold USING commits_commit
WHERE commits_hold.commit_id = commits_commit.id AND commits_commit.id = ANY(%s)
  AND (NOT commits_commit.state = ANY(%s) OR (
      commits_commit.state = %s AND NOT commits_hold.key = ANY(commits_commit.record_keys)))
"""

# A batch's shared parent belongs to one of its commits; the others need it as long as they write.
RELEASE_LEFT = """
DELETE FROM commits_hold USING commits_commit
WHERE commits_hold.commit_id = commits_commit.id AND NOT commits_commit.state = ANY(%s)
  AND NOT EXISTS (
      SELECT 1 FROM commits_commit AS sibling
      WHERE sibling.org_id = commits_hold.org_id AND sibling.state = ANY(%s)
        AND commits_hold.key = ANY(sibling.hold_keys))
RETURNING commits_hold.org_id
"""


def first_of_each_record(items: Iterable[Item]) -> list[Item]:
    """
    Leave out commits on a record that an earlier one of the batch writes.

    The second must compare with what the first has written, so it waits for its turn.
    """
    taken: set[str] = set()
    picked = []
    for item in items:
        if taken.isdisjoint(item.commit.record_keys):
            taken.update(item.commit.record_keys)
            picked.append(item)
    return picked


def take(items: Sequence[Item], *, org_id: int) -> list[Item]:
    """
    Hold every key of these commits for this batch; return the commits that got all of theirs.

    Siblings of one parent may share a batch, because one worker writes them one after the other;
    no other worker writes a sibling meanwhile. Keys are taken in one order, so that two workers
    cannot wait for each other.
    """
    owner: dict[str, str] = {}
    for item in items:
        for key in item.commit.record_keys:
            owner[key] = item.id
        for key in item.commit.hold_keys:
            owner.setdefault(key, item.id)
    keys = sorted(owner)
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [org_id, keys, [owner[key] for key in keys]])
        ours = {row[0] for row in cursor.fetchall()}
    got = [item for item in items if ours.issuperset(item.commit.hold_keys)]
    kept = {key for item in got for key in item.commit.hold_keys}
    if ours - kept:
        Hold.objects.filter(org=org_id, key__in=ours - kept).delete()
    _hand_over(got, {key: owner[key] for key in kept}, org_id)
    return got


def release(commit_ids: Sequence[str]) -> None:
    """
    Let go of what these commits hold, except what may still have a request in flight.

    A commit of unknown outcome keeps its records, and nothing else: its siblings need not wait.
    """
    if not commit_ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(RELEASE, [list(commit_ids), list(IN_FLIGHT), CommitState.UNKNOWN])


def release_left() -> set[int]:
    """Let go of what died workers held for commits that were through; return the orgs concerned."""
    with connection.cursor() as cursor:
        cursor.execute(RELEASE_LEFT, [list(IN_FLIGHT), [CommitState.CLAIMED, CommitState.WRITTEN]])
        return {row[0] for row in cursor.fetchall()}


def _hand_over(items: Sequence[Item], owners: dict[str, str], org_id: int) -> None:
    """Give a shared parent to a commit that got everything, if its first owner did not."""
    here = {item.id for item in items}
    for key, commit_id in owners.items():
        if commit_id in here:
            continue
        heir = next(item.id for item in items if key in item.commit.hold_keys)
        Hold.objects.filter(org=org_id, key=key).update(commit=heir)
