"""Cases for the policy tests: one readable function for each part."""

import datetime as dt
from typing import Any

from orchestrator.policy.evaluate import evaluate
from orchestrator.policy.verdict import Facts, GrantFact, Request, RequestedChange, Verdict
from orchestrator.workflows.definition import WorkflowDefinition

AT = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
WHOLE = GrantFact(
    object_name="Opportunity",
    fields=frozenset({"StageName", "Amount", "CloseDate"}),
    operations=frozenset({"update", "create", "delete"}),
)


def definition(**action: Any) -> WorkflowDefinition:
    """Return a workflow with one action, `change`, on opportunities."""
    top = {
        name: action.pop(name) for name in ("limits", "windows", "fields_owned") if name in action
    }
    return WorkflowDefinition.model_validate(
        {
            "workflow": "deals",
            "title": "Deals",
            "org": "crm",
            "owner": "ops-owner",
            "fields": top.pop("fields_owned", {}),
            **top,
            "actions": {
                "change": {
                    "object": "Opportunity",
                    "operations": ["update", "create", "delete"],
                    "fields": {"StageName": {}, "Amount": {}, "CloseDate": {}},
                    "policy": "automatic",
                    **action,
                }
            },
        }
    )


def change(**values: Any) -> RequestedChange:
    """Return an update of one opportunity as we read it."""
    given: dict[str, Any] = {
        "operation": "update",
        "object_name": "Opportunity",
        "record_id": "006000000000001AAA",
        "fields": {"StageName": "Proposal"},
        "base": {"StageName": "Qualification", "Amount": 1000.0, "CloseDate": "2026-12-01"},
        "exists": True,
    }
    return RequestedChange(**{**given, **values})


def request(*changes: RequestedChange, **values: Any) -> Request:
    """Return a request for the one action."""
    given: dict[str, Any] = {
        "action": "change",
        "reason_code": "asked",
        "reason_text": "The buyer asked for it.",
        "confidence": 0.9,
        "evidence": [{"kind": "quote", "title": "Mail"}],
        "changes": list(changes) or [change()],
    }
    return Request(**{**given, **values})


def facts(**values: Any) -> Facts:
    """Return facts under which everything is allowed and automatic."""
    given: dict[str, Any] = {
        "at": AT,
        "mode": "execute",
        "agent_slug": "hygiene",
        "grants": [WHOLE],
    }
    return Facts(**{**given, **values})


def judged(asked: Request | None = None, known: Facts | None = None, **action: Any) -> Verdict:
    """Return the verdict on a case that differs from an automatic one in what is given."""
    return evaluate(
        request=asked or request(), facts=known or facts(), definition=definition(**action)
    )


def codes(verdict: Verdict) -> set[str]:
    """Return the codes of every finding."""
    return {finding.code for finding in verdict.findings}
