"""What a requester asks for, and the canonical content that a digest binds."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orchestrator.kernel.canonical import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftChange:
    """One operation on one record, as it is asked for."""

    operation: str
    object_name: str
    record_id: str = ""
    external_id: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    expect: Mapping[str, Any] = field(default_factory=dict)
    depends_on: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the change in the words of the API."""
        return {
            "op": self.operation,
            "object": self.object_name,
            "id": self.record_id,
            "external_id": self.external_id,
            "fields": dict(self.fields),
            "expect": dict(self.expect),
            "depends_on": list(self.depends_on),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A whole change set, as it is asked for: checked for shape, not yet for meaning."""

    workflow: str
    action: str
    reason_code: str
    reason_text: str
    changes: Sequence[DraftChange]
    title: str = ""
    confidence: Decimal | None = None
    timeout: dt.timedelta | None = None
    run: str = ""
    # Each a mapping with `kind` and `title`; further `href`, `captured_at`, `sha256`, `quote`,
    # `supports`, all of them text or lists of text.
    evidence: Sequence[Mapping[str, Any]] = ()
    # For a rollback: the proposals whose commits it takes back. No door for agents sets it.
    reverts: Sequence[str] = ()
    # Those of its values ("Opportunity/006…/Amount") that overwrite what somebody wrote since.
    newer: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return everything that people decide on."""
        taken_back = {"reverts": list(self.reverts), "newer": list(self.newer)}
        return {
            **(taken_back if self.reverts else {}),
            "workflow": self.workflow,
            "action": self.action,
            "title": self.title,
            "reason": {"code": self.reason_code, "text": self.reason_text},
            "confidence": None if self.confidence is None else float(self.confidence),
            "run": self.run,
            "evidence": [dict(item) for item in self.evidence],
            "changes": [change.as_json() for change in self.changes],
        }


def request_digest(draft: Draft) -> str:
    """
    Return the digest that tells a repeated request from another one with the same key.

    :raises NotCanonical: if a value has no exact form
    """
    seconds = None if draft.timeout is None else draft.timeout.total_seconds()
    return digest({**draft.as_json(), "timeout": seconds})


def content_of(
    draft: Draft, *, proposal_id: str, revision: int, version: int, answer: str = ""
) -> dict[str, Any]:
    """Return what the digest of a revision covers: the draft, and exactly which revision it is."""
    return {
        **draft.as_json(),
        "proposal": proposal_id,
        "revision": revision,
        "version": version,
        "answer": answer,
    }


def same_request(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Say whether two contents ask for the same, whatever their revision."""
    own = {"revision", "answer"}
    return {k: v for k, v in left.items() if k not in own} == {
        k: v for k, v in right.items() if k not in own
    }


def draft_of(content: Mapping[str, Any]) -> Draft:
    """Return the draft that a stored content came from."""
    confidence = content["confidence"]
    return Draft(
        workflow=content["workflow"],
        action=content["action"],
        reason_code=content["reason"]["code"],
        reason_text=content["reason"]["text"],
        changes=[change_of(change) for change in content["changes"]],
        title=content["title"],
        confidence=None if confidence is None else Decimal(str(confidence)),
        run=content["run"],
        evidence=content["evidence"],
        reverts=content.get("reverts", ()),
        newer=content.get("newer", ()),
    )


def change_of(change: Mapping[str, Any]) -> DraftChange:
    """Return the change that a stored content came from."""
    return DraftChange(
        operation=change["op"],
        object_name=change["object"],
        record_id=change["id"],
        external_id=change["external_id"],
        fields=change["fields"],
        expect=change["expect"],
        depends_on=change["depends_on"],
    )
