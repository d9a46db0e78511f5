"""One slice of a run: read the records in one call, compare them, and keep what differs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings

from orchestrator.commits.models import Commit
from orchestrator.connectors.base import Connector, RecordKey, Snapshot
from orchestrator.connectors.errors import Rejected
from orchestrator.reconciliation import classification
from orchestrator.reconciliation.classification import Difference, Found, Outcome, Users
from orchestrator.reconciliation.expectation import Expected
from orchestrator.reconciliation.models import Finding, Reconciliation, Target
from orchestrator.reconciliation.states import Kind
from orchestrator.reconciliation.worklist import expectations

COLUMNS = {
    Kind.BY_PERSON: "by_person",
    Kind.BY_AUTOMATION: "by_automation",
    Kind.MISSING: "missing",
    Kind.UNREADABLE: "unreadable",
}
LABEL_SPACE, USER_SPACE = 255, 80


@dataclass(frozen=True, slots=True)
class Compared:
    """What one slice adds to its run."""

    counts: Mapping[str, int]
    findings: Sequence[Finding]


def compare_slice(run: Reconciliation, connector: Connector, targets: Sequence[Target]) -> Compared:
    """
    Read the records of one slice, all of one object, and compare them with what we wrote.

    :raises ConnectorError: if the CRM cannot be asked
    """
    expected, commits = expectations(targets)
    readable = _readable(connector, targets[0].object_name)
    found = _read(connector, expected, readable) if readable is not None else {}
    users = Users(connector.writer_id, tuple(settings.COUNTERSIGN["crm_automation_users"]))
    counts: Counter[str] = Counter(records_checked=len(expected))
    findings: list[Finding] = []
    for key, each in expected.items():
        outcome = _outcome(each, found.get(key), readable, users)
        counts["fields_checked"] += outcome.fields
        counts["records_different"] += bool(outcome.differences)
        for difference in outcome.differences:
            counts[COLUMNS[difference.kind]] += 1
            counts["reverted_by_hand"] += difference.reverted
            commit = commits[difference.commit_id]
            findings.append(_finding(run, key, difference, commit, found.get(key)))
    return Compared(counts, findings)


def _readable(connector: Connector, object_name: str) -> frozenset[str] | None:
    """Return the fields that our user may read; None where the object itself is closed to it."""
    try:
        return frozenset(connector.describe(object_name).fields)
    except Rejected:
        return None


def _read(
    connector: Connector, expected: Mapping[RecordKey, Expected], readable: frozenset[str]
) -> dict[RecordKey, Snapshot | None]:
    wanted = {key: sorted(readable.intersection(each.values)) for key, each in expected.items()}
    return connector.read(wanted)


def _outcome(
    expected: Expected, snapshot: Snapshot | None, readable: frozenset[str] | None, users: Users
) -> Outcome:
    if readable is None:
        return classification.unreadable(expected)
    found = None
    if snapshot is not None:
        found = Found(snapshot.values, snapshot.modified_at, snapshot.modified_by)
    return classification.compare(expected, found, readable=readable, users=users)


def _finding(
    run: Reconciliation,
    key: RecordKey,
    difference: Difference,
    commit: Commit,
    snapshot: Snapshot | None,
) -> Finding:
    label = snapshot.label if snapshot else str(commit.proposal.headline.get("label", ""))
    return Finding(
        run=run,
        kind=difference.kind,
        object_name=key.object_name,
        record_id=key.record_id,
        label=label[:LABEL_SPACE],
        field=difference.field,
        expected=difference.expected,
        actual=difference.actual,
        reverted_by_hand=difference.reverted,
        commit=commit,
        proposal_id=commit.proposal_id,
        workflow_id=commit.proposal.workflow_id,
        modified_by=difference.touch.by[:USER_SPACE],
        modified_at=difference.touch.at,
    )
