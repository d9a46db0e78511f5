"""From what an agent sent to what the domain takes."""

import datetime as dt
from decimal import Decimal
from typing import Any

from approvals.content import Draft, DraftChange
from orchestrator.gateway.schemas import ChangeIn, ContentIn, EvidenceIn, ProposalIn


def draft_of_proposal(sent: ProposalIn) -> Draft:
    """Return the draft of a submission."""
    timeout = None if sent.timeout is None else dt.timedelta(seconds=sent.timeout)
    return _draft(
        sent, workflow=sent.workflow, action=sent.action, run=sent.run or "", timeout=timeout
    )


def draft_of_revision(sent: ContentIn, *, workflow: str, action: str, run: str) -> Draft:
    """Return the draft of a revision: it stays in its workflow, action and run."""
    return _draft(sent, workflow=workflow, action=action, run=run, timeout=None)


def _draft(
    sent: ContentIn, *, workflow: str, action: str, run: str, timeout: dt.timedelta | None
) -> Draft:
    return Draft(
        workflow=workflow,
        action=action,
        reason_code=sent.reason.code,
        reason_text=sent.reason.text,
        changes=[_change(change) for change in sent.changes],
        title=sent.title or "",
        confidence=None if sent.confidence is None else Decimal(repr(sent.confidence)),
        timeout=timeout,
        run=run,
        evidence=[_evidence(item) for item in sent.evidence],
    )


def _change(change: ChangeIn) -> DraftChange:
    return DraftChange(
        operation=change.op,
        object_name=change.object,
        record_id=change.id or "",
        external_id=change.external_id or "",
        fields=change.fields,
        expect=change.expect or {},
        depends_on=change.depends_on,
    )


def _evidence(item: EvidenceIn) -> dict[str, Any]:
    """Return the evidence with every key present, so that readers need no cases."""
    return {
        "kind": item.kind,
        "title": item.title,
        "href": item.href or "",
        "captured_at": item.captured_at.isoformat() if item.captured_at else "",
        "sha256": (item.sha256 or "").removeprefix("sha256:"),
        "quote": item.quote or "",
        "supports": list(item.supports),
    }
