"""Which records we wrote to, and what our writes left there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import connection

from approvals.models import Change
from orchestrator.commits.models import Commit
from orchestrator.connectors.base import RecordKey
from orchestrator.reconciliation.expectation import Expected, Write, expect
from orchestrator.reconciliation.models import Reconciliation, Target

# One row a record, with the commits that wrote to it. A create is known by the id the CRM gave it.
LIST = """
INSERT INTO reconciliation_target (run_id, object_name, record_id, commits)
SELECT %s, object_name, record_id, array_agg(DISTINCT commit_id)
FROM (
  SELECT h.object_name, c.id AS commit_id,
         COALESCE(NULLIF(c.written_ids[h.position + 1], ''), h.record_id) AS record_id
  FROM commits_commit c JOIN approvals_change h ON h.revision_id = c.revision_id
  WHERE c.org_id = %s AND c.state = 'done' AND c.finished_at >= %s AND c.finished_at < %s
) written
WHERE record_id <> ''
GROUP BY object_name, record_id
"""


def list_records(run: Reconciliation, *, since: dt.datetime, until: dt.datetime) -> int:
    """List every record that a commit finished within `[since, until)` wrote to; count them."""
    with connection.cursor() as cursor:
        cursor.execute(LIST, [run.pk, run.org_id, since, until])
        return int(cursor.rowcount)


def next_slice(run: Reconciliation, *, limit: int) -> list[Target]:
    """Return the next records to read, all of one object, so that one call reads them."""
    left = run.targets.order_by("object_name", "record_id")
    first = left.values_list("object_name", flat=True).first()
    return [] if first is None else list(left.filter(object_name=first)[:limit])


def expectations(
    targets: Sequence[Target],
) -> tuple[dict[RecordKey, Expected], dict[str, Commit]]:
    """Return what each record should look like, and the commits behind it by their ids."""
    wanted = {RecordKey(each.object_name, each.record_id) for each in targets}
    commits = _commits({commit_id for each in targets for commit_id in each.commits})
    changes: dict[int, list[Change]] = defaultdict(list)
    revisions = [commit.revision_id for commit in commits.values()]
    for change in Change.objects.filter(revision__in=revisions).order_by("position"):
        changes[change.revision_id].append(change)
    writes: dict[RecordKey, list[Write]] = {key: [] for key in wanted}
    for commit in commits.values():
        for key, write in _writes(commit, changes[commit.revision_id]).items():
            if key in writes:
                writes[key].extend(write)
    return {key: expect(each) for key, each in writes.items()}, commits


def _commits(ids: set[str]) -> dict[str, Commit]:
    """Return commits in the order in which they wrote: never two at once to one record."""
    rows = Commit.objects.filter(pk__in=ids).select_related("proposal").order_by("written_at", "pk")
    return {row.pk: row for row in rows}


def _writes(commit: Commit, changes: Sequence[Change]) -> Mapping[RecordKey, list[Write]]:
    found: dict[RecordKey, list[Write]] = defaultdict(list)
    count = len(changes)
    ids = commit.written_ids or [""] * count
    before, after = commit.before or [None] * count, commit.after or [None] * count
    for change, written_id, was, now in zip(changes, ids, before, after, strict=True):
        key = RecordKey(change.object_name, written_id or change.record_id)
        found[key].append(
            Write(
                commit_id=commit.pk,
                operation=change.operation,
                fields=change.fields,
                before=was,
                after=now,
            )
        )
    return found
