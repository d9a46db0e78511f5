"""What would happen to a draft: accepted, read and judged as if, and nothing stored."""

import datetime as dt
from typing import Any

from approvals import bases
from approvals.acceptance import accept, grants_of
from approvals.bases import Reading
from approvals.content import Draft, DraftChange
from approvals.facts import Usage, as_facts, request_of
from approvals.requesters import Requester
from approvals.submission import exactly
from orchestrator.connectors.registry import connector_for
from orchestrator.policy.evaluate import evaluate


def preflight(*, draft: Draft, requester: Requester, at: dt.datetime) -> dict[str, Any]:
    """
    Return the verdict that a draft would get now, with the values that we read.

    :raises InvalidProposal: if it makes no sense in its workflow
    :raises NotGranted: if the agent's grants do not cover it
    :raises ConnectorError: if the org cannot be asked
    """
    accepted = accept(draft=exactly(draft), requester=requester, at=at)
    draft, workflow, agent = accepted.draft, accepted.workflow, requester.agent
    grants = grants_of(agent, workflow, at)
    connector = connector_for(workflow.org)
    readings = bases.plan(
        draft,
        action=accepted.definition.actions[draft.action],
        grants=grants,
        connector=connector,
    )
    records = bases.wanted(readings)
    bases.keep(readings, connector.read(records) if records else {})
    used = Usage(at).of(
        accepted.definition, workflow_id=workflow.pk, agent_id=agent.pk if agent else None
    )
    facts = as_facts(
        at=at, mode=workflow.mode, agent=agent, grants=grants, prepared=True, writes_used=used
    )
    verdict = evaluate(
        request=request_of(draft, readings), facts=facts, definition=accepted.definition
    )
    found = verdict.as_json()
    # A record outside the agent's grants is none of its business: say so, show nothing of it.
    outside = any(finding.code == "not_granted" for finding in verdict.findings)
    return {
        "outcome": found["outcome"],
        "findings": found["findings"],
        "stages": found["stages"],
        "risk": {"level": found["risk"], "reasons": found["risk_reasons"]},
        "changes": [
            _shown(change, None if outside else reading)
            for change, reading in zip(draft.changes, readings, strict=True)
        ],
    }


def _shown(change: DraftChange, reading: Reading | None) -> dict[str, Any]:
    """Return what would change, in the fields that the agent asked about and no others."""
    values = (reading.values if reading else None) or {}
    return {
        "op": change.operation,
        "object": change.object_name,
        "id": change.record_id,
        "found": reading.exists if reading else None,
        "label": reading.snapshot.label if reading and reading.snapshot else "",
        "fields": {
            name: {"old": values.get(name), "new": value} for name, value in change.fields.items()
        },
    }
