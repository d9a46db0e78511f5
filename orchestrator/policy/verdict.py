"""The values of judgement: what is asked, what is known, what was found, what follows. Pure."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orchestrator.kernel.choices import Choices


class Outcome(Choices):
    """What a finding asks for, from least to most restrictive."""

    AUTOMATIC = "automatic"
    REVIEW = "review"
    OBSERVE = "observe"
    REFUSE = "refuse"


STRICTNESS = {outcome: rank for rank, outcome in enumerate(Outcome)}


@dataclass(frozen=True, slots=True)
class RequestedChange:
    """One change of the revision, with what we read (none before preparation, or for a create)."""

    operation: str
    object_name: str
    record_id: str
    fields: Mapping[str, Any]
    expect: Mapping[str, Any] = field(default_factory=dict)
    base: Mapping[str, Any] | None = None
    # None: not read yet. False: read, and the record is not there.
    exists: bool | None = None
    # Fields that the org itself says cannot be written, by name, with the reason.
    unwritable: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for, in the words policy knows."""

    action: str
    reason_code: str
    reason_text: str
    confidence: float | None
    evidence: Sequence[Mapping[str, Any]]
    changes: Sequence[RequestedChange]


@dataclass(frozen=True, slots=True)
class GrantFact:
    """One grant of the agent in this workflow that holds at the moment of judgement."""

    object_name: str
    fields: frozenset[str]
    operations: frozenset[str]
    record_filter: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now, fetched once."""

    at: dt.datetime
    mode: str
    agent_slug: str
    # None: the requester is a person with the right to ask; grants are an agent's matter.
    grants: Sequence[GrantFact] | None
    # True when the same content already failed a comparison: it must go to people.
    record_moved: bool = False
    # True when a person asked the requester a question: people judge the answer.
    question_asked: bool = False
    # Whoever approved it took that back.
    approval_undone: bool = False
    # True when a person edited it after it had failed: other people decide, whatever the action.
    corrected: bool = False
    # True when whoever decides left a part out or edited values: people decide on what is left.
    altered: bool = False
    # True once the base has been read: conditions that cannot be judged then fail closed.
    prepared: bool = True
    # True when it takes back what was written before: people decide, whatever the mode.
    rollback: bool = False
    # Writes counted in the window of each of the definition's limits, in order; None: not measured.
    writes_used: Sequence[int | None] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found: the answer to "why this route?"."""

    rule: str
    outcome: Outcome
    code: str
    text: str
    # passed | note | failed, for the list of checks on the review page
    check: str = "passed"


@dataclass(frozen=True, slots=True)
class StageNeed:
    """One stage that must decide: which role, how many, and the rule that asked."""

    role: str
    quorum: str  # "1", "2", … or "all"
    why: str
    # The stage's own time to decide; empty: that of the workflow.
    decide_within: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The one answer: outcome, every finding, the stages in order, the risk with its reasons."""

    outcome: Outcome
    findings: Sequence[Finding]
    stages: Sequence[StageNeed]
    risk: str
    risk_reasons: Sequence[str]
    # True for human-only actions: an approval then needs words of its own.
    approve_needs_text: bool = False
    provisional: bool = False

    def refusals(self) -> list[Finding]:
        """Return what refuses, first found first."""
        return [finding for finding in self.findings if finding.outcome == Outcome.REFUSE]

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as it is frozen into a revision."""
        return {
            "outcome": self.outcome.value,
            "findings": [
                {
                    "rule": f.rule,
                    "outcome": f.outcome.value,
                    "code": f.code,
                    "text": f.text,
                    "check": f.check,
                }
                for f in self.findings
            ],
            "stages": [{"role": s.role, "quorum": s.quorum, "why": s.why} for s in self.stages],
            "risk": self.risk,
            "risk_reasons": list(self.risk_reasons),
            "approve_needs_text": self.approve_needs_text,
            "provisional": self.provisional,
        }
