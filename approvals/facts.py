"""The facts that policy judges by, asked once for a whole batch."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection
from django.db.models import Count, F

from approvals.bases import Reading
from approvals.content import Draft
from approvals.coverage import Coverage
from approvals.models import Change
from approvals.states import Purpose
from orchestrator.agents.models import Agent
from orchestrator.policy.verdict import Facts, GrantFact, Request, RequestedChange
from orchestrator.workflows import durations
from orchestrator.workflows.definition import WorkflowDefinition


def request_of(draft: Draft, readings: Sequence[Reading] | None = None) -> Request:
    """Return the draft in the words of policy, with what was read for each change if it was."""
    return Request(
        action=draft.action,
        reason_code=draft.reason_code,
        reason_text=draft.reason_text,
        confidence=None if draft.confidence is None else float(draft.confidence),
        evidence=draft.evidence,
        changes=[
            RequestedChange(
                operation=change.operation,
                object_name=change.object_name,
                record_id=change.record_id,
                fields=change.fields,
                expect=change.expect,
                base=readings[number].values if readings else None,
                exists=readings[number].exists if readings else None,
                unwritable=readings[number].unwritable if readings else {},
            )
            for number, change in enumerate(draft.changes)
        ],
    )


def as_facts(
    *,
    at: dt.datetime,
    mode: str,
    agent: Agent | None,
    grants: Iterable[Coverage] | None,
    prepared: bool,
    record_moved: bool = False,
    question_asked: bool = False,
    approval_undone: bool = False,
    corrected: bool = False,
    altered: bool = False,
    rollback: bool = False,
    writes_used: Sequence[int | None] = (),
) -> Facts:
    """Return the facts; without an agent a person asks, and grants do not matter."""
    return Facts(
        at=at,
        mode=mode,
        agent_slug=agent.slug if agent else "",
        grants=None if grants is None else [_grant_fact(grant) for grant in grants],
        record_moved=record_moved,
        question_asked=question_asked,
        approval_undone=approval_undone,
        corrected=corrected,
        altered=altered,
        prepared=prepared,
        rollback=rollback,
        writes_used=writes_used,
    )


def _grant_fact(grant: Coverage) -> GrantFact:
    return GrantFact(
        object_name=grant.object_name,
        fields=frozenset(grant.fields),
        operations=frozenset(grant.operations),
        record_filter=grant.record_filter,
    )


# The first half of the advisory lock that stands for the limits of a workflow.
LIMITS_LOCK = 0x4C494D54


def lock_limits(workflow_ids: Iterable[int]) -> None:
    """Let one transaction at a time count against the limits of these workflows, then approve."""
    if wanted := sorted(set(workflow_ids)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, id) FROM unnest(%s::int[]) AS workflow(id)",
                [LIMITS_LOCK, wanted],
            )


class Usage:
    """How much of each limit is used: counted once per window, then kept while a batch adds."""

    def __init__(self, at: dt.datetime) -> None:
        """Count up to this moment."""
        self.at = at
        self._counted: dict[tuple[int, dt.timedelta], dict[str | None, int]] = {}

    def of(
        self, definition: WorkflowDefinition, *, workflow_id: int, agent_id: str | None
    ) -> list[int | None]:
        """Return the changes approved in the window of each limit, in the definition's order."""
        return [
            None
            if limit.writes is None
            else self._used(limit.per, durations.span(limit.window), workflow_id, agent_id)
            for limit in definition.limits
        ]

    def add(self, *, workflow_id: int, agent_id: str | None, changes: int) -> None:
        """Count changes that this batch has just approved."""
        for (workflow, _), counts in self._counted.items():
            if workflow == workflow_id:
                counts[agent_id] = counts.get(agent_id, 0) + changes

    def _used(self, per: str, window: dt.timedelta, workflow_id: int, agent_id: str | None) -> int:
        key = (workflow_id, window)
        if key not in self._counted:
            self._counted[key] = self._count(workflow_id, window)
        counts = self._counted[key]
        return counts.get(agent_id, 0) if per == "agent" else sum(counts.values())

    def _count(self, workflow_id: int, window: dt.timedelta) -> dict[str | None, int]:
        rows = (
            Change.objects.filter(
                revision__proposal__workflow=workflow_id,
                # Taking writes back must not use up what agents may write.
                revision__proposal__purpose=Purpose.CHANGE,
                revision__proposal__approved_at__gt=self.at - window,
                revision__number=F("revision__proposal__revision_number"),
            )
            .order_by()
            .values_list("revision__proposal__agent")
            .annotate(Count("pk"))
        )
        return dict(rows)
